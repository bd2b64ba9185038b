#include "telemetry/logs/exports/log_exports.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>

#include "base/ids.h"
#include "base/text_time.h"
#include "telemetry/logs/data_protection/data_masks.h"
#include "wire/http/gzip.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t file_bytes_max = 8u << 20;

bool is_over(const Document& task) {
  const Document* status = find(task, "status");
  const std::string code = status ? text_or(*status, "code") : "";
  return code != "PENDING" && code != "RUNNING";
}

/// A stream's name as a folder's.
std::string folder_of(std::string name) {
  std::replace(name.begin(), name.end(), '/', '-');
  return name == "." || name == ".." ? "-" + name : name;
}

}  // namespace

struct LogExports::Running {
  LogSetting task;
  std::unique_ptr<LogScan> scan;
  DataMasks masks;
  struct File {
    std::string name, waiting;
    int next_part = 0;
  };
  std::map<LogStreamId, File> files;
  std::string folder;
  Result<void> written;
};

LogExports::LogExports(storage::StateExecutor& state, LogStore& store, LogSettings& settings, Random& random, WriteFile write)
    : state_(state), store_(store), settings_(settings), random_(random), write_(std::move(write)) {}
LogExports::~LogExports() = default;

void LogExports::start() {
  for (const LogSetting& task : settings_.all(log_setting::export_task))
    if (!is_over(task.body)) begin(task);
}

Result<std::string> LogExports::create(const Request& request) {
  for (const LogSetting& each : settings_.list(log_setting::export_task, request.scope, {.owner = ""}))
    if (!is_over(each.body)) return fail(ErrorKind::limit_exceeded, "Resource limit exceeded.");
  const std::string id = make_uuid_v4(random_);
  Object body{{"taskId", id},
              {"logGroupName", request.group},
              {"from", request.from_ms},
              {"to", request.to_ms},
              {"destination", request.bucket},
              {"destinationPrefix", request.prefix},
              {"status", Object{{"code", "PENDING"}, {"message", "Task is pending"}}},
              {"executionInfo", Object{{"creationTime", to_ms(state_.now())}}}};
  if (!request.name.empty()) body["taskName"] = request.name;
  if (!request.stream_prefix.empty()) body["logStreamNamePrefix"] = request.stream_prefix;
  const LogSetting task{request.scope, "", id, std::move(body)};
  settings_.put(log_setting::export_task, task);
  state_.after_commit([this, task, living = std::weak_ptr(alive_)] {
    if (living.lock()) begin(task);
  });
  return id;
}

Result<void> LogExports::cancel(const Scope& scope, const std::string& id) {
  const auto task = settings_.get(log_setting::export_task, scope, "", id);
  if (!task) return fail(ErrorKind::not_found, "The specified export task does not exist.");
  if (is_over(*task)) return fail(ErrorKind::conflict, "The specified export task has already finished.");
  keep(scope, id, "CANCELLED", "Cancelled by user");
  state_.after_commit([this, id, living = std::weak_ptr(alive_)] {
    if (living.lock()) running_.erase(id);
  });
  return {};
}

void LogExports::begin(const LogSetting& task) {
  const LogGroup* group = store_.find_group(task.scope, text_or(task.body, "logGroupName"));
  if (!group) return finish(task.scope, task.name, "FAILED", "The log group does not exist.");
  auto running = std::make_unique<Running>();
  running->task = task;
  running->masks = masks_of(settings_, *group);
  running->folder = text_or(task.body, "destination") + "/" + text_or(task.body, "destinationPrefix") + "/" + task.name + "/";
  LogScanPlan plan{.groups = {group->id}, .from_ms = integer_or(task.body, "from", 0), .to_ms = integer_or(task.body, "to", 0)};
  const auto prefix = text_at(task.body, "logStreamNamePrefix");
  for (const LogStream& stream : store_.streams(group->id)) {
    if (prefix && !stream.name.starts_with(*prefix)) continue;
    plan.streams.push_back(stream.id);
    running->files[stream.id].name = folder_of(stream.name);
  }
  // no stream at all has id 0
  if (plan.streams.empty()) plan.streams.push_back(0);
  running->scan = store_.scan(std::move(plan));
  running->written = write_(task.scope, text_or(task.body, "destination") + "/" + text_or(task.body, "destinationPrefix") + "/aws-logs-write-test",
                            "Permission Check Successful");
  running_[task.name] = std::move(running);
  state_.executor().post([this, id = task.name, living = std::weak_ptr(alive_)] {
    if (living.lock()) step(id);
  });
}

void LogExports::step(const std::string& id) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  Running& running = *found->second;
  std::vector<LogRow> rows;
  const bool more = running.scan->next(rows);
  for (const LogRow& row : rows) {
    Running::File& file = running.files[row.stream];
    file.waiting += to_rfc3339_ms(instant_from_ms(row.position.time_ms)) + " " +
                    (running.masks.empty() ? row.message : running.masks.masked(row.message, row.ingested_ms)) + "\n";
    if (file.waiting.size() > file_bytes_max) flush(running, row.stream);
  }
  if (more && running.written) {
    return state_.executor().post([this, id, living = std::weak_ptr(alive_)] {
      if (living.lock()) step(id);
    });
  }
  for (auto& [stream, file] : running.files)
    if (!file.waiting.empty()) flush(running, stream);
  if (running.written)
    finish(running.task.scope, id, "COMPLETED", "Completed successfully");
  else
    finish(running.task.scope, id, "FAILED", running.written.error().message);
}

void LogExports::flush(Running& running, LogStreamId stream) {
  Running::File& file = running.files[stream];
  char part[16];
  std::snprintf(part, sizeof part, "/%06d.gz", file.next_part++);
  if (running.written) running.written = write_(running.task.scope, running.folder + file.name + part, wire::gzip(file.waiting));
  file.waiting.clear();
}

void LogExports::finish(Scope scope, std::string id, std::string code, std::string message) {
  running_.erase(id);
  state_.submit([this, scope, id, code, message]() -> Result<void> {
    keep(scope, id, code, message);
    return {};
  });
}

void LogExports::keep(const Scope& scope, const std::string& id, const std::string& code, const std::string& message) {
  auto task = settings_.get(log_setting::export_task, scope, "", id);
  if (!task || is_over(*task)) return;
  Object& body = task->as_object();
  body["status"] = Object{{"code", code}, {"message", message}};
  body["executionInfo"].as_object()["completionTime"] = to_ms(state_.now());
  settings_.put(log_setting::export_task, {scope, "", id, *task});
}

}  // namespace tocsin::telemetry
