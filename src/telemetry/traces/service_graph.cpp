#include "telemetry/traces/service_graph.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;
constexpr std::size_t halves_max = 20'000;
constexpr std::size_t written_max = 10'000;
constexpr Duration rewrite_after = 60s;
constexpr Duration forgotten_after = 1h;

const std::vector<storage::Migration> migrations = {{1, R"(
  CREATE TABLE traces_services (account TEXT NOT NULL, region TEXT NOT NULL, service TEXT NOT NULL, environment TEXT NOT NULL, host TEXT NOT NULL, seen_at BIGINT NOT NULL,
    PRIMARY KEY (account, region, service, environment, host));
  CREATE TABLE traces_calls (account TEXT NOT NULL, region TEXT NOT NULL, caller TEXT NOT NULL, callee TEXT NOT NULL, seen_at BIGINT NOT NULL,
    PRIMARY KEY (account, region, caller, callee));
)"},
                                                    {2, R"(
  CREATE TABLE traces_processes (account TEXT NOT NULL, region TEXT NOT NULL, service TEXT NOT NULL, host TEXT NOT NULL, process_id BIGINT NOT NULL, seen_at BIGINT NOT NULL,
    PRIMARY KEY (account, region, service, host));
  CREATE TABLE traces_dependencies (account TEXT NOT NULL, region TEXT NOT NULL, service TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, seen_at BIGINT NOT NULL,
    PRIMARY KEY (account, region, service, name, address));
)"}};
}  // namespace

Result<void> ServiceGraph::migrate() { return state_.database().migrate("traces", migrations); }

void ServiceGraph::observe(const Scope& scope, const wire::otlp::ResourceSpans& spans) {
  const std::string service = service_of(spans.resource), environment = environment_of(spans.resource), host = host_of(spans.resource);
  see(scope.account + '\n' + scope.region + '\n' + service + '\n' + environment + '\n' + host,
      "INSERT INTO traces_services (account, region, service, environment, host, seen_at) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (account, region, service, environment, host) DO UPDATE SET seen_at = excluded.seen_at",
      {scope.account, scope.region, service, environment, host, state_.now()});
  if (const std::int64_t process = process_of(spans.resource); process != 0) see_process(scope, service, host, process);
  for (const wire::otlp::Span& span : spans.spans) {
    join(scope, service, span);
    if (const auto dependency = dependency_of(span)) see_dependency(scope, service, *dependency);
  }
}

void ServiceGraph::see_process(const Scope& scope, const std::string& service, const std::string& host, std::int64_t id) {
  see(scope.account + '\n' + scope.region + "\n#" + service + '\n' + host + '\n' + std::to_string(id),
      "INSERT INTO traces_processes (account, region, service, host, process_id, seen_at) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (account, region, service, host) DO UPDATE SET process_id = excluded.process_id, seen_at = excluded.seen_at",
      {scope.account, scope.region, service, host, id, state_.now()});
}

void ServiceGraph::see_dependency(const Scope& scope, const std::string& service, const Dependency& dependency) {
  see(scope.account + '\n' + scope.region + "\n<" + service + '\n' + dependency.name + '\n' + dependency.address,
      "INSERT INTO traces_dependencies (account, region, service, name, address, seen_at) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (account, region, service, name, address) DO UPDATE SET seen_at = excluded.seen_at",
      {scope.account, scope.region, service, dependency.name, dependency.address, state_.now()});
}

void ServiceGraph::join(const Scope& scope, const std::string& service, const wire::otlp::Span& span) {
  const bool caller = span.kind == wire::otlp::SpanKind::client || span.kind == wire::otlp::SpanKind::producer;
  const bool callee =
      (span.kind == wire::otlp::SpanKind::server || span.kind == wire::otlp::SpanKind::consumer) && !span.parent_span_id.empty();
  if (!caller && !callee) return;
  const std::string key = scope.account + scope.region + span.trace_id + (caller ? span.span_id : span.parent_span_id);
  const auto other = halves_.find(key);
  if (other == halves_.end()) return remember(key, {service, caller});
  if (other->second.caller == caller) return;
  const std::string& from = caller ? service : other->second.service;
  const std::string& to = caller ? other->second.service : service;
  see(scope.account + '\n' + scope.region + "\n>" + from + '\n' + to,
      "INSERT INTO traces_calls (account, region, caller, callee, seen_at) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (account, region, caller, callee) DO UPDATE SET seen_at = excluded.seen_at",
      {scope.account, scope.region, from, to, state_.now()});
}

void ServiceGraph::remember(const std::string& span_key, Half half) {
  halves_.emplace(span_key, std::move(half));
  halves_by_age_.push_back(span_key);
  if (halves_by_age_.size() <= halves_max) return;
  halves_.erase(halves_by_age_.front());
  halves_by_age_.pop_front();
}

void ServiceGraph::see(const std::string& table_key, const char* sql, std::initializer_list<storage::Parameter> parameters) {
  const Instant now = state_.now();
  const auto last = written_.find(table_key);
  if (last != written_.end() && now - last->second < rewrite_after) return;
  state_.database().execute(sql, parameters);
  state_.after_commit([this, table_key, now] {
    if (written_.size() >= written_max) written_.clear();
    written_[table_key] = now;
  });
}

std::vector<ServiceGraph::Service> ServiceGraph::services(const Scope& scope) {
  const Instant since = state_.now() - forgotten_after;
  std::map<std::string, Service> found;
  for (const storage::Row& row : state_.database().query("SELECT service, environment, host FROM traces_services WHERE account = ? AND "
                                                         "region = ? AND seen_at >= ? ORDER BY service, host",
                                                         {scope.account, scope.region, since})) {
    Service& service = found[row.text(0)];
    service.name = row.text(0);
    service.environment = row.text(1);
    if (!row.text(2).empty()) service.hosts.push_back(row.text(2));
  }
  for (const storage::Row& row : state_.database().query(
           "SELECT caller, callee FROM traces_calls WHERE account = ? AND region = ? AND seen_at >= ? ORDER BY caller, callee",
           {scope.account, scope.region, since})) {
    const auto caller = found.find(row.text(0));
    if (caller != found.end() && row.text(0) != row.text(1)) caller->second.callees.push_back(row.text(1));
  }
  for (const storage::Row& row : state_.database().query("SELECT service, host, process_id FROM traces_processes WHERE account = ? AND "
                                                         "region = ? AND seen_at >= ? ORDER BY service, host",
                                                         {scope.account, scope.region, since}))
    if (const auto service = found.find(row.text(0)); service != found.end())
      service->second.processes.push_back({row.text(1), row.integer(2)});
  for (const storage::Row& row : state_.database().query("SELECT service, name, address FROM traces_dependencies WHERE account = ? AND "
                                                         "region = ? AND seen_at >= ? ORDER BY service, name, address",
                                                         {scope.account, scope.region, since}))
    if (const auto service = found.find(row.text(0)); service != found.end())
      service->second.dependencies.push_back({row.text(1), row.text(2)});
  std::vector<Service> result;
  for (auto& [name, service] : found) result.push_back(std::move(service));
  return result;
}

}  // namespace tocsin::telemetry
