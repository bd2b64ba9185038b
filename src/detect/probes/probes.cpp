#include "detect/probes/probes.h"

#include <fmt/format.h>

#include <atomic>
#include <boost/json.hpp>

#include "base/log.h"

namespace tocsin::detect {
namespace {

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE probes_specs (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL, PRIMARY KEY (account, region, name));
)"},
};

using Key = std::tuple<std::string, std::string, std::string>;

struct Watched {
  ProbeSpec spec;
  int failed = 0;
  std::uint64_t generation = 0;
};

}  // namespace

struct Probes::Parts : std::enable_shared_from_this<Parts> {
  Parts(storage::StateExecutor& state, Reports& reports, SelfMetrics* metrics, RunProbe run)
      : state(state), reports(reports), metrics(metrics), run(std::move(run)) {}

  void watch(const Key& key, ProbeSpec spec);
  void plan(const Key& key, std::uint64_t generation, Instant at);
  void attempt(const Key& key, std::uint64_t generation);
  void outcome(const Key& key, std::uint64_t generation, const ProbeResult& result);
  ReportedAlert alert_of(const ProbeSpec& spec, bool firing, const std::string& error);

  storage::StateExecutor& state;
  Reports& reports;
  SelfMetrics* metrics;
  RunProbe run;
  std::map<Key, Watched> watched;
  std::uint64_t last_generation = 0;
  bool started = false;
  std::atomic<bool> stopped = false;
};

void Probes::Parts::watch(const Key& key, ProbeSpec spec) {
  Watched& entry = watched[key];
  entry = {.spec = std::move(spec), .failed = 0, .generation = ++last_generation};
  if (started && run) plan(key, entry.generation, state.now());
}

void Probes::Parts::plan(const Key& key, std::uint64_t generation, Instant at) {
  state.executor().post_at(at, [self = weak_from_this(), key, generation] {
    if (const auto parts = self.lock()) parts->attempt(key, generation);
  });
}

void Probes::Parts::attempt(const Key& key, std::uint64_t generation) {
  const auto found = watched.find(key);
  if (stopped || found == watched.end() || found->second.generation != generation) return;
  const Instant next = state.now() + found->second.spec.every;
  run(found->second.spec, [self = weak_from_this(), key, generation, next](ProbeResult result) {
    const auto parts = self.lock();
    if (!parts || parts->stopped) return;
    const auto shared = std::make_shared<ProbeResult>(std::move(result));
    parts->state.submit(
        [parts, key, generation, shared]() -> Result<void> { return parts->outcome(key, generation, *shared), Result<void>(); },
        [parts, key, generation, next](Result<void>) {
          if (!parts->stopped) parts->plan(key, generation, std::max(next, parts->state.now()));
        });
  });
}

ReportedAlert Probes::Parts::alert_of(const ProbeSpec& spec, bool firing, const std::string& error) {
  ReportedAlert alert{.source = "probes", .key = spec.name, .name = spec.name, .firing = firing, .severity = spec.severity};
  alert.labels = {{"probe", spec.name}, {"type", std::string(to_text(spec.kind))}, {"target", spec.target}};
  if (!spec.service.empty()) alert.labels["service"] = spec.service;
  if (firing) alert.summary = fmt::format("{}: {}", spec.target, error);
  return alert;
}

void Probes::Parts::outcome(const Key& key, std::uint64_t generation, const ProbeResult& result) {
  const auto found = watched.find(key);
  if (found == watched.end() || found->second.generation != generation) return;
  Watched& entry = found->second;
  const Scope scope{std::get<0>(key), std::get<1>(key)};
  if (metrics) {
    const Dimensions dimensions = {{"Probe", entry.spec.name}};
    metrics->record(scope, "Tocsin/Probes", "Success", dimensions, result.ok ? 1 : 0, "Count");
    metrics->record(scope, "Tocsin/Probes", "Duration", dimensions, std::chrono::duration<double, std::milli>(result.took).count(),
                    "Milliseconds");
    if (result.certificate_days_left)
      metrics->record(scope, "Tocsin/Probes", "CertificateDaysLeft", dimensions, *result.certificate_days_left, "Count");
  }
  entry.failed = result.ok ? 0 : entry.failed + 1;
  if (result.ok)
    reports.take(scope, alert_of(entry.spec, false, ""));
  else if (entry.failed >= entry.spec.failures)
    reports.take(scope, alert_of(entry.spec, true, result.error));
}

Probes::Probes(storage::StateExecutor& state, Reports& reports, SelfMetrics* metrics, RunProbe run)
    : parts_(std::make_shared<Parts>(state, reports, metrics, std::move(run))) {}

Probes::~Probes() { parts_->stopped = true; }

Result<void> Probes::migrate() { return parts_->state.database().migrate("probes", migrations); }

void Probes::start() {
  parts_->started = true;
  parts_->state.submit([parts = parts_]() -> Result<void> {
    for (const auto& row :
         parts->state.database().query("SELECT account, region, name, spec FROM probes_specs ORDER BY account, region, name"))
      if (auto spec = read_probe(row.text(2), row.document(3))) parts->watch({row.text(0), row.text(1), row.text(2)}, std::move(*spec));
    return {};
  });
}

Result<void> Probes::on_setting(const Scope& scope, const std::string& name, const std::optional<std::string>& text) {
  const Key key{scope.account, scope.region, name};
  if (!text) {
    parts_->state.database().execute("DELETE FROM probes_specs WHERE account = ? AND region = ? AND name = ?",
                                     {scope.account, scope.region, name});
    parts_->reports.take(scope, {.source = "probes", .key = name, .name = name, .firing = false});
    parts_->state.after_commit([parts = parts_, key] { parts->watched.erase(key); });
    return {};
  }
  const auto document = parse_json(*text);
  if (!document) return fail(ErrorKind::invalid, "the parameter is no JSON: " + document.error().message);
  auto spec = read_probe(name, *document);
  if (!spec) return std::unexpected(spec.error());
  parts_->state.database().execute(
      "INSERT INTO probes_specs (account, region, name, spec) VALUES (?,?,?,?) ON CONFLICT (account, region, name) DO UPDATE SET spec = "
      "excluded.spec",
      {scope.account, scope.region, name, *document});
  parts_->state.after_commit([parts = parts_, key, spec = std::move(*spec)]() mutable { parts->watch(key, std::move(spec)); });
  return {};
}

}  // namespace tocsin::detect
