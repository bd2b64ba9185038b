// Sends the lines of one source to one log stream, each exactly once. Not thread-safe; blocks while it sends.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "agent/log_files/line_source.h"
#include "base/clock.h"
#include "base/document.h"
#include "base/result.h"

namespace tocsin::agent {

class LogShipper {
 public:
  /// An operation of CloudWatch Logs. The error's `reason` is the service's code; `unavailable`: it may have been carried out or not.
  using Call = std::function<Result<Document>(const std::string& operation, const Object& input)>;
  struct Target {
    std::string group, stream;
  };

  /// `state_file` is this shipper's own.
  LogShipper(std::unique_ptr<LineSource> source, Target target, std::filesystem::path state_file, Call call);
  /// Goes on where an earlier run was. `unavailable` when the state cannot be read.
  Result<void> open();
  /// Sends what there is, batch after batch; whether it may have been all. An error: the next round tries again.
  Result<bool> round(Instant now);
  /// Events that the server can never take (too old, say), since the start.
  std::size_t refused() const { return refused_; }

 private:
  struct Batch {
    std::int64_t time_ms = 0;
    std::vector<std::string> lines;
    std::string place_after;
    bool uncertain = false;  ///< it may have been sent already
  };
  Result<void> save() const;
  Result<void> read_batch(Instant now);
  Result<void> send();
  Result<bool> is_there() const;
  Result<void> taken();
  Result<Document> make_and(const std::string& operation, const Object& input) const;

  std::unique_ptr<LineSource> source_;
  const Target target_;
  const std::filesystem::path state_file_;
  Call call_;
  std::string place_;
  std::int64_t last_ms_ = 0;
  std::optional<Batch> underway_;
  std::size_t refused_ = 0;
};

}  // namespace tocsin::agent
