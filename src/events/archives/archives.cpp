#include "events/archives/archives.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/plain_json.h"
#include "events/archives/archive_rows.h"
#include "events/patterns/pattern_set.h"
#include "model/arn.h"

namespace tocsin::events {
namespace {

using namespace std::chrono_literals;

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE events_archives_defined (
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, bus TEXT NOT NULL, description TEXT NOT NULL, pattern TEXT NOT NULL, key_identifier TEXT NOT NULL,
  retention_days INTEGER NOT NULL, created_at INTEGER NOT NULL, event_count INTEGER NOT NULL, size_bytes INTEGER NOT NULL,
  PRIMARY KEY (account, region, name));
CREATE TABLE events_archives_events (
  account TEXT NOT NULL, region TEXT NOT NULL, archive TEXT NOT NULL, event_time INTEGER NOT NULL, id TEXT NOT NULL, kept_at INTEGER NOT NULL, event TEXT NOT NULL,
  PRIMARY KEY (account, region, archive, event_time, id));
CREATE TABLE events_archives_replays (
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL UNIQUE, archive TEXT NOT NULL, description TEXT NOT NULL, destination TEXT NOT NULL,
  from_time INTEGER NOT NULL, to_time INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, last_replayed INTEGER,
  next_time INTEGER NOT NULL, next_id TEXT NOT NULL,
  PRIMARY KEY (account, region, name));
)"},
};

constexpr const char* retention_timer = "events.archive-retention";
constexpr auto retention_every = 1h;

std::string bus_key(const Scope& scope, const std::string& bus) { return scope.account + "/" + scope.region + "/" + bus; }

}  // namespace

struct Archives::Compiled {
  std::vector<std::string> names;  ///< by the pattern's id
  PatternSet patterns;
  std::vector<std::string> all;  ///< those without a pattern
};

std::string Archive::arn() const { return make_arn("events", scope, "archive/" + name); }

Archives::Archives(storage::StateExecutor& state, Journal& journal, delivery::Timers& timers, Rules& rules)
    : state_(state), journal_(journal), timers_(timers), rules_(rules), compiled_(std::make_unique<std::map<std::string, Compiled>>()) {}
Archives::~Archives() = default;

Result<void> Archives::migrate() { return state_.database().migrate("events_archives", migrations); }

void Archives::start() {
  journal_.subscribe("archives", [this](const EventEnvelope& event) { return keep(event); });
  timers_.handle("events.replay", [this](const std::string& arn, Instant, const Document&) { return replay_some(arn); });
  timers_.handle(retention_timer, [this](const std::string&, Instant, const Document&) { return end_of_retention(); });
}

// --- definitions

Result<void> Archives::check_pattern(const std::string& pattern) {
  if (pattern.empty()) return {};
  const auto compiled = compile_pattern(pattern);
  if (!compiled) return fail(ErrorKind::invalid, invalid_pattern_words(compiled.error()), "InvalidEventPatternException");
  return {};
}

Result<Archive> Archives::create(Archive archive, const std::string& source_arn) {
  const auto bus = rules_.find_bus(archive.scope, source_arn);
  if (!bus) return std::unexpected(bus.error());
  if (find(archive.scope, archive.name))
    return fail(ErrorKind::already_exists, fmt::format("Archive {} already exists.", archive.name), "ResourceAlreadyExistsException");
  if (const auto checked = check_pattern(archive.pattern); !checked) return std::unexpected(checked.error());
  archive.bus = bus->name;
  archive.created_at = state_.now();
  state_.database().execute(
      "INSERT INTO events_archives_defined (account, region, name, bus, description, pattern, key_identifier, retention_days, created_at, "
      "event_count, size_bytes) "
      "VALUES (?,?,?,?,?,?,?,?,?,0,0)",
      {archive.scope.account, archive.scope.region, archive.name, archive.bus, archive.description, archive.pattern, archive.key_identifier,
       archive.retention_days, archive.created_at});
  compiled_->clear();
  timers_.set(retention_timer, "all", state_.now() + retention_every);
  return archive;
}

Result<Archive> Archives::find(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one(std::string(archive_columns) + "WHERE account = ? AND region = ? AND name = ?",
                                               {scope.account, scope.region, name});
  if (!row) return fail(ErrorKind::not_found, fmt::format("Archive {} does not exist.", name), "ResourceNotFoundException");
  return read_archive(*row);
}

Result<Archive> Archives::update(const Scope& scope, const std::string& name, const Changes& changes) {
  auto archive = find(scope, name);
  if (!archive) return archive;
  if (changes.pattern) {
    if (const auto checked = check_pattern(*changes.pattern); !checked) return std::unexpected(checked.error());
    archive->pattern = *changes.pattern;
  }
  archive->description = changes.description.value_or(archive->description);
  archive->key_identifier = changes.key_identifier.value_or(archive->key_identifier);
  archive->retention_days = changes.retention_days.value_or(archive->retention_days);
  state_.database().execute(
      "UPDATE events_archives_defined SET description = ?, pattern = ?, key_identifier = ?, retention_days = ? WHERE account = ? AND "
      "region = ? AND name = ?",
      {archive->description, archive->pattern, archive->key_identifier, archive->retention_days, scope.account, scope.region, name});
  compiled_->clear();
  return archive;
}

Result<void> Archives::remove(const Scope& scope, const std::string& name) {
  if (const auto archive = find(scope, name); !archive) return std::unexpected(archive.error());
  state_.database().execute("DELETE FROM events_archives_events WHERE account = ? AND region = ? AND archive = ?",
                            {scope.account, scope.region, name});
  state_.database().execute("DELETE FROM events_archives_defined WHERE account = ? AND region = ? AND name = ?",
                            {scope.account, scope.region, name});
  compiled_->clear();
  return {};
}

Result<std::vector<Archive>> Archives::list(const Scope& scope, const ListFilter& filter) {
  std::string bus;
  if (!filter.source_arn.empty()) {
    const auto found = rules_.find_bus(scope, filter.source_arn);
    if (!found) return std::unexpected(found.error());
    bus = found->name;
  }
  std::vector<Archive> out;
  if (!filter.state.empty() && filter.state != "ENABLED") return out;
  for (const auto& row : state_.database().query(
           std::string(archive_columns) +
               "WHERE account = ? AND region = ? AND name > ? AND substr(name, 1, ?) = ? AND (? = '' OR bus = ?) ORDER BY name LIMIT ?",
           {scope.account, scope.region, filter.after, filter.prefix.size(), filter.prefix, bus, bus, filter.count_max}))
    out.push_back(read_archive(row));
  return out;
}

// --- events

Archives::Compiled& Archives::compiled(const Scope& scope, const std::string& bus) {
  const auto [found, is_new] = compiled_->try_emplace(bus_key(scope, bus));
  Compiled& out = found->second;
  if (!is_new) return out;
  for (const auto& row :
       state_.database().query("SELECT name, pattern FROM events_archives_defined WHERE account = ? AND region = ? AND bus = ?",
                               {scope.account, scope.region, bus})) {
    if (row.text(1).empty()) {
      out.all.push_back(row.text(0));
      continue;
    }
    if (const auto pattern = compile_pattern(row.text(1))) {
      out.patterns.add(static_cast<PatternSet::Id>(out.names.size()), *pattern);
      out.names.push_back(row.text(0));
    }
  }
  return out;
}

Result<void> Archives::keep(const EventEnvelope& event) {
  Compiled& archives = compiled(event.scope, event.bus);
  if (archives.all.empty() && archives.names.empty()) return {};
  const Document document = to_event_document(event);
  std::vector<std::string> wanted = archives.all;
  std::vector<PatternSet::Id> matched;
  archives.patterns.match(document, matched);
  for (const PatternSet::Id id : matched) wanted.push_back(archives.names[id]);
  const std::string text = to_plain_json(document);
  for (const std::string& name : wanted) {
    state_.database().execute(
        "INSERT INTO events_archives_events (account, region, archive, event_time, id, kept_at, event) VALUES (?,?,?,?,?,?,?) ON CONFLICT "
        "DO NOTHING",
        {event.scope.account, event.scope.region, name, event.event_time, event.id, state_.now(), text});
    state_.database().execute(
        "UPDATE events_archives_defined SET event_count = event_count + 1, size_bytes = size_bytes + ? WHERE account = ? AND region = ? "
        "AND name = ?",
        {text.size(), event.scope.account, event.scope.region, name});
  }
  return {};
}

Result<void> Archives::end_of_retention() {
  timers_.set(retention_timer, "all", state_.now() + retention_every);
  for (const auto& row : state_.database().query(std::string(archive_columns) + "WHERE retention_days > 0")) {
    const Archive archive = read_archive(row);
    const Instant before = state_.now() - std::chrono::days(archive.retention_days);
    const auto gone = state_.database().query_one(
        "SELECT COUNT(*), COALESCE(SUM(LENGTH(event)), 0) FROM events_archives_events WHERE account = ? AND region = ? AND archive = ? AND "
        "kept_at < ?",
        {archive.scope.account, archive.scope.region, archive.name, before});
    if (!gone || gone->integer(0) == 0) continue;
    state_.database().execute("DELETE FROM events_archives_events WHERE account = ? AND region = ? AND archive = ? AND kept_at < ?",
                              {archive.scope.account, archive.scope.region, archive.name, before});
    state_.database().execute(
        "UPDATE events_archives_defined SET event_count = event_count - ?, size_bytes = size_bytes - ? WHERE account = ? AND region = ? "
        "AND name = ?",
        {gone->integer(0), gone->integer(1), archive.scope.account, archive.scope.region, archive.name});
  }
  return {};
}

}  // namespace tocsin::events
