// Which service calls which, and on which hosts each runs, as its spans tell.
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/scope.h"
#include "storage/state_executor.h"
#include "telemetry/traces/span_metrics.h"
#include "wire/otlp/otlp.h"

namespace tocsin::telemetry {

class ServiceGraph {
 public:
  explicit ServiceGraph(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  void observe(const Scope& scope, const wire::otlp::ResourceSpans& spans);

  struct Process {
    std::string host;
    std::int64_t id;
  };
  struct Service {
    std::string name;
    std::string environment;
    std::vector<std::string> hosts;    ///< host.name of its instances
    std::vector<std::string> callees;  ///< services that it calls, by their own names
    std::vector<Process> processes;    ///< the one that was seen last on each host, where it told its number
    std::vector<Dependency> dependencies;
  };
  /// Seen within the last hour, by name.
  std::vector<Service> services(const Scope& scope);

 private:
  // a client span waits here for the server span that names it as parent, or the other way round
  struct Half {
    std::string service;
    bool caller;
  };
  void join(const Scope& scope, const std::string& service, const wire::otlp::Span& span);
  void remember(const std::string& span_key, Half half);
  void see_process(const Scope& scope, const std::string& service, const std::string& host, std::int64_t id);
  void see_dependency(const Scope& scope, const std::string& service, const Dependency& dependency);
  void see(const std::string& table_key, const char* sql, std::initializer_list<storage::Parameter> parameters);

  storage::StateExecutor& state_;
  std::unordered_map<std::string, Half> halves_;
  std::deque<std::string> halves_by_age_;
  std::map<std::string, Instant> written_;  // when a row was last written, so that most spans write nothing
};

}  // namespace tocsin::telemetry
