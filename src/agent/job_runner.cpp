#include "agent/job_runner.h"

#include <algorithm>
#include <boost/json.hpp>

#include "agent/command_document.h"
#include "agent/shell_step.h"
#include "base/encoding.h"
#include "base/text_time.h"

namespace tocsin::agent {
namespace {

std::string_view status_of(const ScriptOutcome& outcome) {
  switch (outcome.end) {
    case ScriptEnd::exited: return outcome.exit_code == 0 ? "Success" : "Failed";
    case ScriptEnd::timed_out: return "TimedOut";
    case ScriptEnd::cancelled: return "Cancelled";
    case ScriptEnd::not_started: return "Failed";
  }
  return "Failed";
}

Object step_status(const Step& step, std::string_view status, int code, const std::string& output, const std::string& error, Instant from, Instant to) {
  return {{"status", status}, {"code", code}, {"name", step.action}, {"stepName", step.name}, {"output", output.substr(0, 2500)}, {"standardOutput", output},
          {"standardError", error}, {"startDateTime", to_rfc3339_ms(from)}, {"endDateTime", to_rfc3339_ms(to)}};
}

// the document's status is that of its worst step
std::string_view worse(std::string_view a, std::string_view b) {
  constexpr std::string_view order[] = {"Success", "Skipped", "Failed", "TimedOut", "Cancelled"};
  const auto rank = [&](std::string_view status) { return std::find(std::begin(order), std::end(order), status) - std::begin(order); };
  const std::string_view later = rank(a) >= rank(b) ? a : b;
  return later == "Skipped" ? "Success" : later;
}

}  // namespace

std::string reply_payload(const std::string& job_id, std::string_view document_status, const Object& runtime_status) {
  const Object content{{"additionalInfo", Object{}}, {"documentStatus", document_status}, {"documentTraceOutput", ""}, {"runtimeStatus", runtime_status}};
  return to_json(Object{{"schemaVersion", 1}, {"jobId", job_id}, {"content", to_json(content)}, {"topic", "aws.ssm.sendCommand"}});
}

JobRunner::~JobRunner() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, job] : jobs_) job->cancelled = true;
  for (auto& [id, job] : jobs_) job->thread.join();
}

void JobRunner::join_finished() {
  std::erase_if(jobs_, [](auto& entry) {
    if (!entry.second->over) return false;
    entry.second->thread.join();
    return true;
  });
}

bool JobRunner::has_room() {
  const std::lock_guard lock(mutex_);
  join_finished();
  return jobs_.size() < jobs_max;
}

void JobRunner::start(const std::string& job_id, Document payload) {
  const std::lock_guard lock(mutex_);
  auto& slot = jobs_[job_id];
  slot = std::make_unique<Job>();
  Job& job = *slot;
  job.thread = std::thread([this, job_id, payload = std::move(payload), &job] {
    run(job_id, payload, job);
    job.over = true;
  });
}

void JobRunner::cancel(const std::string& job_id) {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(job_id);
  if (found != jobs_.end()) found->second->cancelled = true;
}

void JobRunner::run(const std::string& job_id, const Document& payload, Job& job) {
  Object statuses;
  std::string_view overall = "Success";
  const Instant begun = clock_.now();
  const auto steps = plan_steps(payload);
  if (!steps) {
    statuses["document"] = step_status({.name = "document"}, "Failed", 1, "", steps.error().message, begun, begun);
    return on_finished_(job_id, reply_payload(job_id, "Failed", statuses));
  }
  for (const Step& step : *steps) {
    const Instant from = clock_.now();
    if (!step.applies || !step.fault.empty() || job.cancelled) {
      const std::string_view status = job.cancelled ? "Cancelled" : step.applies ? "Failed" : "Skipped";
      statuses[step.name] = step_status(step, status, step.applies ? 1 : 0, "", step.applies ? step.fault : "", from, from);
      overall = worse(overall, status);
      continue;
    }
    const ScriptOutcome outcome = run_script(step.lines, step.working_directory, step.timeout, folder_ / percent_encode(job_id), job.cancelled);
    statuses[step.name] = step_status(step, status_of(outcome), outcome.exit_code, outcome.standard_output, outcome.standard_error, from, clock_.now());
    overall = worse(overall, status_of(outcome));
    if (step.exit_on_failure && outcome.exit_code != 0) break;
  }
  std::error_code error;
  std::filesystem::remove_all(folder_ / percent_encode(job_id), error);
  on_finished_(job_id, reply_payload(job_id, overall, statuses));
}

}  // namespace tocsin::agent
