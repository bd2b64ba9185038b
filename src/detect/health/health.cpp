#include "detect/health/health.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"

namespace tocsin::detect {
namespace {

constexpr const char* turn_timer = "health.turn";
constexpr auto kept_closed = std::chrono::days(90);
constexpr int events_max = 10'000;

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE health_events (
  account TEXT NOT NULL, region TEXT NOT NULL, arn TEXT NOT NULL PRIMARY KEY, event_key TEXT NOT NULL, closed INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, event TEXT NOT NULL);
CREATE INDEX health_events_account ON health_events (account, updated_at, arn);
CREATE INDEX health_events_key ON health_events (account, region, event_key) WHERE closed = 0;
)"},
};

}  // namespace

Result<void> Health::migrate() { return state_.database().migrate("health", migrations); }

void Health::start() {
  timers_.handle(turn_timer, [this](const std::string& arn, Instant, const Document&) { return turn(arn); });
}

std::optional<HealthEvent> Health::unclosed(const Scope& scope, const std::string& key) {
  const auto row =
      state_.database().query_one("SELECT event FROM health_events WHERE account = ? AND region = ? AND event_key = ? AND closed = 0",
                                  {scope.account, scope.region, key});
  if (!row) return std::nullopt;
  return health_event_from(row->document(0));
}

HealthEvent Health::put(HealthEvent event) {
  event.updated_at = state_.now();
  if (const auto existing = unclosed(event.scope, event.key); existing && existing->type_code == event.type_code) {
    event.arn = existing->arn;
    if (existing->starts_at < event.starts_at && existing->starts_at <= state_.now()) event.starts_at = existing->starts_at;
  } else {
    event.arn = fmt::format("arn:aws:health:{}::event/{}/{}/{}_{}", event.scope.region, event.service, event.type_code, event.type_code,
                            make_hex(random_, 32));
  }
  store(event);
  tell(event);
  watch_clock(event);
  return event;
}

void Health::close(const Scope& scope, const std::string& key) {
  auto event = unclosed(scope, key);
  if (!event) return;
  event->updated_at = state_.now();
  // what never began is over before it
  if (event->starts_at > state_.now()) event->starts_at = state_.now();
  event->ends_at = state_.now();
  for (HealthEntity& entity : event->entities) {
    entity.status = EntityStatus::resolved;
    entity.updated_at = state_.now();
  }
  store(*event);
  tell(*event);
  timers_.cancel(turn_timer, event->arn);
}

void Health::store(const HealthEvent& event) {
  const bool closed = event.status(state_.now()) == HealthStatus::closed;
  state_.database().execute(
      "INSERT INTO health_events (account, region, arn, event_key, closed, updated_at, event) VALUES (?,?,?,?,?,?,?) ON CONFLICT (arn) DO "
      "UPDATE "
      "SET closed = excluded.closed, updated_at = excluded.updated_at, event = excluded.event",
      {event.scope.account, event.scope.region, event.arn, event.key, closed, event.updated_at, to_document(event)});
  state_.database().execute("DELETE FROM health_events WHERE closed = 1 AND updated_at < ?", {state_.now() - kept_closed});
}

void Health::tell(const HealthEvent& event) {
  for (EventEnvelope& told : to_bus_events(event, state_.now())) journal_.append(std::move(told));
}

/// Upcoming becomes open, open becomes closed.
void Health::watch_clock(const HealthEvent& event) {
  switch (event.status(state_.now())) {
    case HealthStatus::upcoming:
      return timers_.set(turn_timer, event.arn, event.starts_at);
    case HealthStatus::open:
      if (event.ends_at) return timers_.set(turn_timer, event.arn, *event.ends_at);
      return timers_.cancel(turn_timer, event.arn);
    case HealthStatus::closed:
      return timers_.cancel(turn_timer, event.arn);
  }
}

Result<void> Health::turn(const std::string& arn) {
  const auto row = state_.database().query_one("SELECT event FROM health_events WHERE arn = ? AND closed = 0", {arn});
  if (!row) return {};
  HealthEvent event = health_event_from(row->document(0));
  event.updated_at = state_.now();
  const bool over = event.status(state_.now()) == HealthStatus::closed;
  for (HealthEntity& entity : event.entities) {
    if (!over) continue;
    entity.status = EntityStatus::resolved;
    entity.updated_at = state_.now();
  }
  store(event);
  tell(event);
  watch_clock(event);
  return {};
}

std::vector<HealthEvent> Health::events_of(const std::string& account) {
  std::vector<HealthEvent> out;
  for (const auto& row : state_.database().query("SELECT event FROM health_events WHERE account = ? ORDER BY updated_at DESC, arn LIMIT ?",
                                                 {account, events_max}))
    out.push_back(health_event_from(row.document(0)));
  return out;
}

std::optional<HealthEvent> Health::find(const std::string& account, const std::string& arn) {
  const auto row = state_.database().query_one("SELECT event FROM health_events WHERE account = ? AND arn = ?", {account, arn});
  if (!row) return std::nullopt;
  return health_event_from(row->document(0));
}

void Health::on_reported_alert(const EventEnvelope& alert) {
  if (alert.source != "tocsin.probes" && alert.source != "tocsin.heartbeats") return;
  const std::string key = alert.source.substr(7) + "/" + text_or(alert.detail, "alertKey");
  if (text_or(alert.detail, "status") == "resolved") return close(alert.scope, key);
  const Object& labels = object_at(alert.detail, "labels");
  HealthEvent event{.scope = alert.scope, .key = key, .starts_at = alert.event_time, .description = text_or(alert.detail, "summary")};
  event.service = to_service_name(text_or(labels, "service", alert.source.substr(7)));
  event.type_code = usual_type_code(event.service, HealthCategory::issue);
  const std::string entity = text_or(labels, "target", text_or(alert.detail, "alertName"));
  event.entities.push_back({entity.empty() ? key : entity, EntityStatus::impaired, alert.event_time});
  event.actionability = "ACTION_REQUIRED";
  put(std::move(event));
}

Result<void> Health::on_declaration(const Scope& scope, const std::string& name, const std::optional<std::string>& text) {
  const std::string key = "declared/" + name;
  if (!text) return close(scope, key), Result<void>();
  const auto document = parse_json(*text);
  if (!document) return fail(ErrorKind::invalid, "the parameter is no JSON: " + document.error().message);
  auto event = read_declared(*document, state_.now());
  if (!event) return std::unexpected(event.error());
  event->scope = scope;
  event->key = key;
  put(std::move(*event));
  return {};
}

}  // namespace tocsin::detect
