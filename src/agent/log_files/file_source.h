// A file that another program writes to, followed over rotation and truncation. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>

#include "agent/log_files/line_source.h"

namespace tocsin::agent {

class FileSource final : public LineSource {
 public:
  explicit FileSource(std::filesystem::path path) : path_(std::move(path)) {}
  ~FileSource() override;
  FileSource(const FileSource&) = delete;

  void go_to(const std::string& place) override;
  /// A renamed file is read to its end before the new one. A last line without its end waits for it, unless its file was left. Lines longer
  /// than 250,000 bytes come in pieces.
  std::vector<std::string> read(std::size_t lines_max, std::size_t bytes_max) override;
  std::string place() const override;

 private:
  bool open();
  bool open_file(const std::filesystem::path& file, bool only_known);
  void close();
  bool was_left() const;
  void look_for_truncation();
  std::string head_of(std::size_t bytes) const;

  const std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t device_ = 0, inode_ = 0;  ///< of what is read; 0: none yet
  std::int64_t offset_ = 0;
  std::string head_;  ///< its first bytes, at most 128, in hex: tells another file in the same place
};

}  // namespace tocsin::agent
