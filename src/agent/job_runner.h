// Runs the steps of accepted jobs, a few jobs at a time, each on a thread of its own.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/document.h"

namespace tocsin::agent {

/// The payload of an agent_job_reply: `runtimeStatus` and `documentStatus` inside `content`.
std::string reply_payload(const std::string& job_id, std::string_view document_status, const Object& runtime_status);

class JobRunner {
 public:
  static constexpr std::size_t jobs_max = 5;
  /// Called on the job's thread, once, with its reply payload.
  using OnFinished = std::function<void(const std::string& job_id, const std::string& reply)>;

  JobRunner(std::filesystem::path folder, const Clock& clock, OnFinished on_finished)
      : folder_(std::move(folder)), clock_(clock), on_finished_(std::move(on_finished)) {}
  /// Cancels what runs and waits for it.
  ~JobRunner();

  bool has_room();
  /// `payload`: the Content of a sendCommand job.
  void start(const std::string& job_id, Document payload);
  /// No effect on a job that is not running.
  void cancel(const std::string& job_id);

 private:
  struct Job {
    std::atomic<bool> cancelled = false;
    std::atomic<bool> over = false;
    std::thread thread;
  };
  void run(const std::string& job_id, const Document& payload, Job& job);
  void join_finished();

  const std::filesystem::path folder_;
  const Clock& clock_;
  const OnFinished on_finished_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Job>> jobs_;
};

}  // namespace tocsin::agent
