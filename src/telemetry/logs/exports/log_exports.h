// Export tasks. Threads: only on the StateExecutor; create and cancel inside a unit of work.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "base/random.h"
#include "storage/state_executor.h"
#include "telemetry/logs/log_store.h"
#include "telemetry/logs/settings/log_settings.h"

namespace tocsin::telemetry {

class LogExports {
 public:
  /// Keeps a file of that path, BUCKET/KEY, for the account.
  using WriteFile = std::function<Result<void>(const Scope& scope, const std::string& path, const std::string& content)>;
  LogExports(storage::StateExecutor& state, LogStore& store, LogSettings& settings, Random& random, WriteFile write);
  ~LogExports();
  /// Begins anew what a restart interrupted.
  void start();

  struct Request {
    Scope scope;
    std::string name, group, stream_prefix, bucket, prefix = "exportedlogs";
    std::int64_t from_ms = 0, to_ms = 0;
  };
  /// The task's id. `limit_exceeded` while another task of the account is not over.
  Result<std::string> create(const Request& request);
  /// `not_found`; `conflict` when it is over.
  Result<void> cancel(const Scope& scope, const std::string& task);

 private:
  struct Running;
  void begin(const LogSetting& task);
  void step(const std::string& id);
  void flush(Running& running, LogStreamId stream);
  void finish(Scope scope, std::string id, std::string code, std::string message);
  void keep(const Scope& scope, const std::string& id, const std::string& code, const std::string& message);

  storage::StateExecutor& state_;
  LogStore& store_;
  LogSettings& settings_;
  Random& random_;
  WriteFile write_;
  std::map<std::string, std::unique_ptr<Running>> running_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::telemetry
