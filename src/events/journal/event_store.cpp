#include "events/journal/event_store.h"

#include <boost/json.hpp>

namespace tocsin::events {
namespace {

// what is searched stands in columns, the rest of the envelope in one JSON text
const std::vector<storage::Migration> migrations = {
    {1,
     "CREATE TABLE events_journal (position INTEGER PRIMARY KEY, id TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, "
     "event_time_ns INTEGER NOT NULL,"
     " recorded_ns INTEGER NOT NULL, idempotency_key TEXT NOT NULL, envelope TEXT NOT NULL);"
     "CREATE UNIQUE INDEX events_journal_id ON events_journal (id);"
     "CREATE INDEX events_journal_time ON events_journal (account, region, event_time_ns, position);"
     "CREATE UNIQUE INDEX events_journal_key ON events_journal (account, region, idempotency_key) WHERE idempotency_key<>'';"
     "CREATE TABLE events_journal_consumers (name TEXT PRIMARY KEY, position INTEGER NOT NULL)"},
};

std::string write_envelope(const EventEnvelope& event) {
  Array resources;
  for (const std::string& arn : event.resources) resources.emplace_back(arn);
  Object head{{"v", event.schema_version},
              {"source", event.source},
              {"type", event.type},
              {"subject", event.subject_arn},
              {"resources", std::move(resources)},
              {"bus", event.bus},
              {"causation", event.causation_id},
              {"correlation", event.correlation_id},
              {"depth", event.depth}};
  if (!event.origin.account.empty()) head["origin"] = Array{Document(event.origin.account), Document(event.origin.region)};
  const std::string rest = to_json(head);
  // the detail is large, and need not be copied to be written
  const std::string detail = to_json(event.detail);
  std::string text;
  text.reserve(rest.size() + detail.size() + 12);
  text.append(rest, 0, rest.size() - 1).append(",\"detail\":").append(detail).append("}");
  return text;
}

EventEnvelope read_event(const storage::Row& row) {
  const Document rest = row.document(7);
  EventEnvelope event;
  event.id = row.text(1);
  event.scope = {row.text(2), row.text(3)};
  event.event_time = row.instant(4);
  event.recorded_time = row.instant(5);
  event.idempotency_key = row.text(6);
  event.schema_version = static_cast<int>(integer_or(rest, "v", 1));
  event.source = text_or(rest, "source");
  event.type = text_or(rest, "type");
  event.subject_arn = text_or(rest, "subject");
  for (const Document& arn : array_at(rest, "resources")) event.resources.emplace_back(arn.as_string());
  event.bus = text_or(rest, "bus");
  event.causation_id = text_or(rest, "causation");
  event.correlation_id = text_or(rest, "correlation");
  event.depth = static_cast<int>(integer_or(rest, "depth", 0));
  if (const Array& origin = array_at(rest, "origin"); origin.size() == 2)
    event.origin = {std::string(origin[0].as_string()), std::string(origin[1].as_string())};
  if (const Document* detail = tocsin::find(rest, "detail")) event.detail = *detail;
  return event;
}

}  // namespace

Result<void> EventStore::migrate() { return database_.migrate("events_journal", migrations); }

Position EventStore::last_position() {
  // consumers remember positions whose events are trimmed
  const auto event = database_.query_one("SELECT MAX(position) FROM events_journal");
  const auto consumer = database_.query_one("SELECT MAX(position) FROM events_journal_consumers");
  return std::max(event ? event->integer(0) : 0, consumer ? consumer->integer(0) : 0);
}

std::size_t EventStore::insert(Position position, const EventEnvelope& event) {
  std::string envelope = write_envelope(event);
  const std::size_t bytes = envelope.size();
  database_.execute(
      "INSERT INTO events_journal (position, id, account, region, event_time_ns, recorded_ns, idempotency_key, envelope) VALUES (?, ?, ?, "
      "?, ?, ?, ?, ?)",
      {position, event.id, event.scope.account, event.scope.region, event.event_time, event.recorded_time, event.idempotency_key,
       std::move(envelope)});
  return bytes;
}

std::optional<EventEnvelope> EventStore::find(const std::string& id) {
  const auto row = database_.query_one(
      "SELECT position, id, account, region, event_time_ns, recorded_ns, idempotency_key, envelope FROM events_journal WHERE id=?", {id});
  if (!row) return std::nullopt;
  return read_event(*row);
}

std::optional<std::string> EventStore::id_of_key(const Scope& scope, const std::string& idempotency_key) {
  const auto row =
      database_.query_one("SELECT id FROM events_journal WHERE account=? AND region=? AND idempotency_key=? AND idempotency_key<>''",
                          {scope.account, scope.region, idempotency_key});
  if (!row) return std::nullopt;
  return row->text(0);
}

std::vector<StoredEvent> EventStore::after(Position position, std::size_t count_max) {
  std::vector<StoredEvent> found;
  // large events are read in smaller parts: they are held as long as somebody is behind
  constexpr std::size_t bytes_max = std::size_t{4} << 20;
  std::size_t bytes = 0;
  for (const storage::Row& row : database_.query("SELECT position, id, account, region, event_time_ns, recorded_ns, idempotency_key, "
                                                 "envelope FROM events_journal WHERE position>? ORDER BY position LIMIT ?",
                                                 {position, count_max})) {
    found.push_back({row.integer(0), std::make_shared<const EventEnvelope>(read_event(row))});
    if ((bytes += row.text(7).size()) >= bytes_max) break;
  }
  return found;
}

std::vector<EventEnvelope> EventStore::between(const Scope& scope, Instant from, Instant to, std::size_t count_max) {
  std::vector<EventEnvelope> found;
  for (const storage::Row& row :
       database_.query("SELECT position, id, account, region, event_time_ns, recorded_ns, idempotency_key, envelope FROM events_journal"
                       " WHERE account=? AND region=? AND event_time_ns>=? AND event_time_ns<? ORDER BY event_time_ns, position LIMIT ?",
                       {scope.account, scope.region, from, to, count_max}))
    found.push_back(read_event(row));
  return found;
}

std::size_t EventStore::remove_oldest(Instant before, Position up_to, std::size_t count_max) {
  Position last = 0;
  std::size_t count = 0;
  for (const storage::Row& row : database_.query(
           "SELECT position, recorded_ns FROM events_journal WHERE position<=? ORDER BY position LIMIT ?", {up_to, count_max})) {
    if (row.instant(1) >= before) break;
    last = row.integer(0);
    ++count;
  }
  if (count > 0) database_.execute("DELETE FROM events_journal WHERE position<=?", {last});
  return count;
}

Position EventStore::load_consumer(const std::string& name, Position end) {
  database_.execute("INSERT INTO events_journal_consumers (name, position) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", {name, end});
  const auto row = database_.query_one("SELECT position FROM events_journal_consumers WHERE name=?", {name});
  return row ? row->integer(0) : end;
}

void EventStore::move_consumer(const std::string& name, Position to) {
  // the row is gone when the server was emptied while it ran
  database_.execute(
      "INSERT INTO events_journal_consumers (name, position) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position=excluded.position",
      {name, to});
}

}  // namespace tocsin::events
