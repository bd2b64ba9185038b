// Accepted jobs, and replies that the server has not acknowledged, in DIR/jobs: one file each, written safely. Survives a kill. Thread-safe.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin::agent {

class JobSpool {
 public:
  JobSpool(std::filesystem::path directory, const Clock& clock) : directory_(std::move(directory)), clock_(clock) {}
  /// Reads what an earlier run left behind.
  Result<void> open();

  /// `already_exists` when this job was taken before (within two days); otherwise it is on disk when this returns.
  Result<void> accept(const std::string& job_id);
  /// Keeps the reply (the payload of an agent_job_reply) until it is acknowledged; a later one of the same job replaces it.
  Result<void> finish(const std::string& job_id, const std::string& reply);
  void acknowledged(const std::string& job_id);
  /// Replies to send, by job id.
  std::map<std::string, std::string> unacknowledged() const;
  /// Jobs that were accepted and neither finished nor are running: an earlier run of the agent ended in their middle.
  std::vector<std::string> interrupted() const;

 private:
  enum class State { running, finished, done };
  struct Entry {
    State state;
    std::string reply;
    Instant at;
  };
  Result<void> write(const std::string& job_id, const Entry& entry);
  void forget_old();

  const std::filesystem::path directory_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace tocsin::agent
