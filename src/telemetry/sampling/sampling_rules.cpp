#include "telemetry/sampling/sampling_rules.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

constexpr Duration client_forgotten_after = 30s;
constexpr Duration quota_holds = 20s;
constexpr Duration summaries_kept_for = 1h;

const std::vector<storage::Migration> migrations = {{1, R"(
  CREATE TABLE sampling_rules (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, priority BIGINT NOT NULL, definition TEXT NOT NULL,
    created_ns BIGINT NOT NULL, modified_ns BIGINT NOT NULL, PRIMARY KEY (account, region, name));
  CREATE TABLE sampling_changes (account TEXT NOT NULL, region TEXT NOT NULL, changed_ns BIGINT NOT NULL, PRIMARY KEY (account, region));
  CREATE TABLE sampling_clients (account TEXT NOT NULL, region TEXT NOT NULL, rule TEXT NOT NULL, client TEXT NOT NULL, seen_ns BIGINT NOT NULL,
    PRIMARY KEY (account, region, rule, client));
  CREATE TABLE sampling_summaries (account TEXT NOT NULL, region TEXT NOT NULL, rule TEXT NOT NULL, slot_ns BIGINT NOT NULL, requests BIGINT NOT NULL,
    sampled BIGINT NOT NULL, borrowed BIGINT NOT NULL, PRIMARY KEY (account, region, rule, slot_ns));
)"}};

SamplingRule make_default(const Scope& scope) {
  Object rule{{"RuleName", default_rule}, {"RuleARN", SamplingRules::arn(scope, default_rule)}};
  for (const char* key : {"ResourceARN", "ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath"}) rule[key] = "*";
  rule["Priority"] = 10000;
  rule["FixedRate"] = 0.05;
  rule["ReservoirSize"] = 1;
  rule["Version"] = 1;
  rule["Attributes"] = Object{};
  return {.name = default_rule, .definition = std::move(rule)};
}

SamplingRule read(const storage::Row& row) { return {row.text(0), row.document(1), row.instant(2), row.instant(3)}; }

}  // namespace

std::int64_t share_of(std::int64_t reservoir, std::size_t index, std::size_t count) {
  if (count == 0) return reservoir;
  const auto n = static_cast<std::int64_t>(count);
  return reservoir / n + (static_cast<std::int64_t>(index) < reservoir % n ? 1 : 0);
}

std::string SamplingRules::arn(const Scope& scope, const std::string& name) {
  return "arn:aws:xray:" + scope.region + ":" + scope.account + ":sampling-rule/" + name;
}

Result<void> SamplingRules::migrate() { return state_.database().migrate("sampling", migrations); }

std::vector<SamplingRule> SamplingRules::list(const Scope& scope) {
  std::vector<SamplingRule> out;
  for (const storage::Row& row : state_.database().query(
           "SELECT name, definition, created_ns, modified_ns FROM sampling_rules WHERE account = ? AND region = ? ORDER BY priority, name",
           {scope.account, scope.region}))
    out.push_back(read(row));
  if (std::ranges::find(out, default_rule, &SamplingRule::name) == out.end()) out.push_back(make_default(scope));
  return out;
}

std::optional<SamplingRule> SamplingRules::find(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one(
      "SELECT name, definition, created_ns, modified_ns FROM sampling_rules WHERE account = ? AND region = ? AND name = ?",
      {scope.account, scope.region, name});
  if (row) return read(*row);
  return name == default_rule ? std::optional(make_default(scope)) : std::nullopt;
}

SamplingRule SamplingRules::put(const Scope& scope, Document definition) {
  const std::string name = text_or(definition, "RuleName");
  const Instant now = state_.now();
  state_.database().execute(
      "INSERT INTO sampling_rules (account, region, name, priority, definition, created_ns, modified_ns) VALUES (?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (account, region, name) DO UPDATE SET priority = excluded.priority, definition = excluded.definition, modified_ns = "
      "excluded.modified_ns",
      {scope.account, scope.region, name, integer_or(definition, "Priority", 10000), definition, now, now});
  note_change(scope);
  auto kept = find(scope, name);
  return kept ? *kept : SamplingRule{name, std::move(definition), now, now};
}

void SamplingRules::remove(const Scope& scope, const std::string& name) {
  for (const char* sql : {"DELETE FROM sampling_rules WHERE account = ? AND region = ? AND name = ?",
                          "DELETE FROM sampling_clients WHERE account = ? AND region = ? AND rule = ?"})
    state_.database().execute(sql, {scope.account, scope.region, name});
  note_change(scope);
}

void SamplingRules::note_change(const Scope& scope) {
  state_.database().execute(
      "INSERT INTO sampling_changes (account, region, changed_ns) VALUES (?, ?, ?) ON CONFLICT (account, region) DO UPDATE SET changed_ns "
      "= excluded.changed_ns",
      {scope.account, scope.region, state_.now()});
}

Instant SamplingRules::last_modified(const Scope& scope) {
  const auto row = state_.database().query_one("SELECT changed_ns FROM sampling_changes WHERE account = ? AND region = ?",
                                               {scope.account, scope.region});
  return row ? row->instant(0) : Instant{};
}

std::optional<SamplingTarget> SamplingRules::report(const Scope& scope, const SamplingReport& report) {
  const auto rule = find(scope, report.rule);
  if (!rule) return std::nullopt;
  const Instant now = state_.now();
  storage::Database& database = state_.database();
  database.execute(
      "INSERT INTO sampling_clients (account, region, rule, client, seen_ns) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (account, region, rule, client) DO UPDATE SET seen_ns = excluded.seen_ns",
      {scope.account, scope.region, report.rule, report.client, now});
  database.execute("DELETE FROM sampling_clients WHERE account = ? AND region = ? AND seen_ns < ?",
                   {scope.account, scope.region, now - client_forgotten_after});
  const std::int64_t slot_ns = to_ns(now) / 10'000'000'000 * 10'000'000'000;
  database.execute(
      "INSERT INTO sampling_summaries (account, region, rule, slot_ns, requests, sampled, borrowed) VALUES (?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (account, region, rule, slot_ns) DO UPDATE SET requests = sampling_summaries.requests + excluded.requests, "
      "sampled = sampling_summaries.sampled + excluded.sampled, borrowed = sampling_summaries.borrowed + excluded.borrowed",
      {scope.account, scope.region, report.rule, slot_ns, report.requests, report.sampled, report.borrowed});
  database.execute("DELETE FROM sampling_summaries WHERE account = ? AND region = ? AND slot_ns < ?",
                   {scope.account, scope.region, now - summaries_kept_for});
  const auto clients = database.query("SELECT client FROM sampling_clients WHERE account = ? AND region = ? AND rule = ? ORDER BY client",
                                      {scope.account, scope.region, report.rule});
  const auto place = std::ranges::find(clients, report.client, [](const storage::Row& row) { return row.text(0); });
  const Document* rate = ::tocsin::find(rule->definition, "FixedRate");
  return SamplingTarget{.rule = report.rule,
                        .fixed_rate = rate ? as_number(*rate).value_or(0) : 0,
                        .quota = share_of(integer_or(rule->definition, "ReservoirSize", 0),
                                          static_cast<std::size_t>(place - clients.begin()), clients.size()),
                        .quota_until = now + quota_holds};
}

std::vector<SamplingSummary> SamplingRules::summaries(const Scope& scope) {
  std::vector<SamplingSummary> out;
  for (const storage::Row& row : state_.database().query("SELECT rule, slot_ns, requests, sampled, borrowed FROM sampling_summaries WHERE "
                                                         "account = ? AND region = ? ORDER BY slot_ns DESC, rule LIMIT 1000",
                                                         {scope.account, scope.region}))
    out.push_back({row.text(0), row.instant(1), row.integer(2), row.integer(3), row.integer(4)});
  return out;
}

}  // namespace tocsin::telemetry
