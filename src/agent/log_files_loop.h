// Follows the files and the journal that the command line names, on a thread of its own, for as long as the object lives.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agent/registration.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

namespace tocsin::agent {

struct LogFilesOptions {
  std::vector<std::string> files;  ///< PATH=GROUP or PATH=GROUP:STREAM; the stream is the host's name when absent
  std::string journal_group;       ///< empty: the journal is not followed
};

class LogFilesLoop {
 public:
  /// `directory` is the agent's; where each file goes on is below it. `random` is used from another thread.
  LogFilesLoop(Registration registration, const std::filesystem::path& directory, const Clock& clock, Random& random);
  ~LogFilesLoop();
  /// `invalid` for a file without a group, `unavailable` when a state cannot be read.
  Result<void> start(const LogFilesOptions& options, Duration every = std::chrono::seconds(1));

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::agent
