// Requests that the server has not taken yet: a file each, in order. Not thread-safe.
#pragma once

#include <deque>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace tocsin::agent {

class MetricSpool {
 public:
  MetricSpool(std::filesystem::path directory, std::uintmax_t bytes_max = 64u << 20)
      : directory_(std::move(directory)), bytes_max_(bytes_max) {}
  /// Reads what an earlier run left.
  Result<void> open();

  /// On disk when this returns. The oldest make room.
  Result<void> add(const std::string& request);
  bool empty() const { return files_.empty(); }
  /// The oldest; empty when it cannot be read.
  std::string front() const;
  void pop_front();
  /// Requests that made room without having been taken.
  std::size_t lost() const { return lost_; }

 private:
  struct File {
    std::uint64_t number;
    std::uintmax_t bytes;
  };
  std::filesystem::path path_of(std::uint64_t number) const;

  const std::filesystem::path directory_;
  const std::uintmax_t bytes_max_;
  std::deque<File> files_;
  std::uintmax_t bytes_ = 0;
  std::uint64_t next_ = 1;
  std::size_t lost_ = 0;
};

}  // namespace tocsin::agent
