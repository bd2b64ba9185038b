#include "detect/reports/reports.h"

#include <boost/json.hpp>

#include "base/text_time.h"
#include "model/arn.h"

namespace tocsin::detect {
namespace {

constexpr const char* until_timer = "reports.until";

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE reports_open (
  account TEXT NOT NULL, region TEXT NOT NULL, source TEXT NOT NULL, alert_key TEXT NOT NULL, event_id TEXT NOT NULL, alert TEXT NOT NULL,
  last_at INTEGER NOT NULL, until INTEGER NOT NULL, occurrences INTEGER NOT NULL,
  PRIMARY KEY (account, region, source, alert_key));
)"},
};

Object to_object(const LabelMap& map) {
  Object out;
  for (const auto& [name, value] : map) out[name] = value;
  return out;
}

LabelMap to_labels(const Object& object) {
  LabelMap out;
  for (const auto& [name, value] : object) out.emplace(name, value.as_string());
  return out;
}

Object to_document(const ReportedAlert& alert) {
  return {{"name", alert.name},
          {"severity", alert.severity},
          {"summary", alert.summary},
          {"description", alert.description},
          {"labels", to_object(alert.labels)},
          {"annotations", to_object(alert.annotations)},
          {"starts_ns", to_ns(alert.starts_at)},
          {"link", alert.link}};
}

ReportedAlert read_alert(const std::string& source, const std::string& key, const Document& document) {
  return {.source = source,
          .key = key,
          .name = text_or(document, "name"),
          .severity = text_or(document, "severity"),
          .summary = text_or(document, "summary"),
          .description = text_or(document, "description"),
          .labels = to_labels(object_at(document, "labels")),
          .annotations = to_labels(object_at(document, "annotations")),
          .starts_at = instant_from_ns(integer_or(document, "starts_ns", 0)),
          .link = text_or(document, "link")};
}

void add_text(Object& out, const char* name, const std::string& text) {
  if (!text.empty()) out[name] = text;
}

std::string timer_key(const Scope& scope, const ReportedAlert& alert) {
  return scope.account + "/" + scope.region + "/" + alert.source + "/" + alert.key;
}

}  // namespace

Result<void> Reports::migrate() { return state_.database().migrate("reports", migrations); }

void Reports::start() {
  timers_.handle(until_timer, [this](const std::string&, Instant, const Document& payload) { return expire(payload); });
}

Reported Reports::take(const Scope& scope, const ReportedAlert& reported) {
  ReportedAlert alert = reported;
  const auto row = state_.database().query_one(
      "SELECT event_id, alert, occurrences FROM reports_open WHERE account = ? AND region = ? AND source = ? AND alert_key = ?",
      {scope.account, scope.region, alert.source, alert.key});
  if (!alert.firing) {
    if (!row) return Reported::unknown;
    const ReportedAlert first = read_alert(alert.source, alert.key, row->document(1));
    alert.starts_at = first.starts_at;
    if (!alert.ends_at) alert.ends_at = state_.now();
    if (alert.summary.empty()) alert.summary = first.summary;
    if (alert.severity.empty()) alert.severity = first.severity;
    tell(scope, alert, row->integer(2), row->text(0));
    state_.database().execute("DELETE FROM reports_open WHERE account = ? AND region = ? AND source = ? AND alert_key = ?",
                              {scope.account, scope.region, alert.source, alert.key});
    timers_.cancel(until_timer, timer_key(scope, alert));
    return Reported::resolved;
  }
  if (alert.starts_at == Instant{}) alert.starts_at = state_.now();
  keep_until(scope, alert);
  const Instant until = alert.firing_until.value_or(Instant{});
  if (row) {
    // when it began is what the first report said
    alert.starts_at = read_alert(alert.source, alert.key, row->document(1)).starts_at;
    state_.database().execute(
        "UPDATE reports_open SET alert = ?, last_at = ?, until = ?, occurrences = occurrences + 1 WHERE account = ? AND region = ? AND "
        "source = ? "
        "AND alert_key = ?",
        {to_document(alert), state_.now(), until, scope.account, scope.region, alert.source, alert.key});
    return Reported::repeated;
  }
  const std::string event_id = tell(scope, alert, 1, {});
  state_.database().execute(
      "INSERT INTO reports_open (account, region, source, alert_key, event_id, alert, last_at, until, occurrences) VALUES "
      "(?,?,?,?,?,?,?,?,1)",
      {scope.account, scope.region, alert.source, alert.key, event_id, to_document(alert), state_.now(), until});
  return Reported::opened;
}

std::string Reports::tell(const Scope& scope, const ReportedAlert& alert, std::int64_t occurrences, const std::string& firing_event_id) {
  Object detail{{"status", alert.firing ? "firing" : "resolved"}, {"alertKey", alert.key}, {"alertName", alert.name}};
  add_text(detail, "severity", alert.severity);
  add_text(detail, "summary", alert.summary);
  add_text(detail, "description", alert.description);
  detail["labels"] = to_object(alert.labels);
  detail["annotations"] = to_object(alert.annotations);
  detail["startsAt"] = to_rfc3339_ms(alert.starts_at);
  if (alert.ends_at) detail["endsAt"] = to_rfc3339_ms(*alert.ends_at);
  add_text(detail, "generatorURL", alert.link);
  detail["occurrences"] = occurrences;
  add_text(detail, "firingEventId", firing_event_id);
  const std::string arn = make_arn("tocsin", scope, "alert/" + alert.source + "/" + alert.key);
  return journal_.append({.scope = scope,
                          .event_time = alert.firing ? alert.starts_at : alert.ends_at.value_or(state_.now()),
                          .source = "tocsin." + alert.source,
                          .type = reported_alert_type,
                          .subject_arn = arn,
                          .resources = {arn},
                          .detail = std::move(detail),
                          .causation_id = firing_event_id});
}

void Reports::keep_until(const Scope& scope, const ReportedAlert& alert) {
  if (!alert.firing_until) return timers_.cancel(until_timer, timer_key(scope, alert));
  timers_.set(until_timer, timer_key(scope, alert), *alert.firing_until,
              Object{{"account", scope.account}, {"region", scope.region}, {"source", alert.source}, {"key", alert.key}});
}

/// Nobody reported it again.
Result<void> Reports::expire(const Document& payload) {
  const Scope scope{text_or(payload, "account"), text_or(payload, "region")};
  const auto row =
      state_.database().query_one("SELECT alert, until FROM reports_open WHERE account = ? AND region = ? AND source = ? AND alert_key = ?",
                                  {scope.account, scope.region, text_or(payload, "source"), text_or(payload, "key")});
  if (!row || row->integer(1) == 0 || row->instant(1) > state_.now()) return {};
  ReportedAlert alert = read_alert(text_or(payload, "source"), text_or(payload, "key"), row->document(0));
  alert.firing = false;
  alert.ends_at = row->instant(1);
  take(scope, alert);
  return {};
}

std::vector<OpenAlert> Reports::open(const Scope& scope, const std::string& source, int count_max) {
  std::vector<OpenAlert> out;
  for (const auto& row : state_.database().query("SELECT source, alert_key, event_id, alert, last_at, until, occurrences FROM reports_open "
                                                 "WHERE account = ? AND region = ? AND (source = ? "
                                                 "OR ? = '') ORDER BY source, alert_key LIMIT ?",
                                                 {scope.account, scope.region, source, source, count_max})) {
    OpenAlert open{read_alert(row.text(0), row.text(1), row.document(3)), row.text(2), row.instant(4), row.integer(6)};
    if (row.integer(5) != 0) open.alert.firing_until = row.instant(5);
    out.push_back(std::move(open));
  }
  return out;
}

}  // namespace tocsin::detect
