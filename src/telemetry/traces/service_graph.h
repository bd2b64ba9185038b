// Which service calls which, and on which hosts each runs, as its spans tell.
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/state_executor.h"
#include "model/scope.h"
#include "wire/otlp/otlp.h"

namespace tocsin::telemetry {

class ServiceGraph {
 public:
  explicit ServiceGraph(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  void observe(const Scope& scope, const wire::otlp::ResourceSpans& spans);

  struct Service {
    std::string name;
    std::string environment;
    std::vector<std::string> hosts;    ///< host.name of its instances
    std::vector<std::string> callees;  ///< services that it calls, by their own names
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
  void see(const std::string& table_key, const char* sql, std::initializer_list<storage::Parameter> parameters);

  storage::StateExecutor& state_;
  std::unordered_map<std::string, Half> halves_;
  std::deque<std::string> halves_by_age_;
  std::map<std::string, Instant> written_;  // when a row was last written, so that most spans write nothing
};

}  // namespace tocsin::telemetry
