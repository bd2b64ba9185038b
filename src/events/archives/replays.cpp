#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text_time.h"
#include "events/archives/archive_rows.h"
#include "model/arn.h"

namespace tocsin::events {
namespace {

/// Of a minute that has more, the rest is replayed in later units.
constexpr int events_a_unit = 200;

struct StateName {
  ReplayState state;
  std::string_view text;
};
constexpr StateName state_names[] = {{ReplayState::starting, "STARTING"},     {ReplayState::running, "RUNNING"},
                                     {ReplayState::cancelling, "CANCELLING"}, {ReplayState::completed, "COMPLETED"},
                                     {ReplayState::cancelled, "CANCELLED"},   {ReplayState::failed, "FAILED"}};

ReplayState parse_state(std::string_view text) {
  for (const StateName& name : state_names)
    if (name.text == text) return name.state;
  return ReplayState::failed;
}

std::unexpected<Error> invalid(std::string words) { return fail(ErrorKind::invalid, std::move(words), "ValidationException"); }

/// The event that an archive kept, as far as rules and targets see it.
EventEnvelope kept_event(const Document& document, const Scope& scope, const std::string& bus) {
  EventEnvelope event{.id = text_or(document, "id"),
                      .scope = scope,
                      .source = text_or(document, "source"),
                      .type = text_or(document, "detail-type"),
                      .bus = bus};
  event.event_time = parse_rfc3339(text_or(document, "time")).value_or(Instant{});
  for (const Document& arn : array_at(document, "resources")) event.resources.emplace_back(arn.as_string());
  if (const Document* detail = tocsin::find(document, "detail")) event.detail = *detail;
  return event;
}

}  // namespace

std::string_view to_text(ReplayState state) {
  for (const StateName& name : state_names)
    if (name.state == state) return name.text;
  return "";
}

std::string Replay::arn() const { return make_arn("events", scope, "replay/" + name); }

Replay read_replay(const storage::Row& row) {
  Replay replay{{row.text(0), row.text(1)},
                row.text(2),
                row.text(3),
                row.text(4),
                row.document(5),
                row.instant(6),
                row.instant(7),
                parse_state(row.text(8)),
                row.text(9),
                row.instant(10),
                {},
                {}};
  if (!row.is_null(11)) replay.ended_at = row.instant(11);
  if (!row.is_null(12)) replay.last_replayed = row.instant(12);
  return replay;
}

Result<Replay> Archives::start_replay(Replay replay, const std::string& source_arn) {
  const auto source = parse_arn(source_arn);
  if (!source || source->service != "events" || !source->resource.starts_with("archive/"))
    return invalid("Parameter EventSourceArn is not valid. Reason: Must contain an archive ARN.");
  const auto destination = parse_arn(text_or(replay.destination, "Arn"));
  if (!destination || destination->service != "events" || !destination->resource.starts_with("event-bus/"))
    return invalid("Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.");
  if (const auto bus = rules_.find_bus(replay.scope, destination->text()); !bus) return std::unexpected(bus.error());
  if (find_replay(replay.scope, replay.name))
    return fail(ErrorKind::already_exists, fmt::format("Replay {} already exists.", replay.name), "ResourceAlreadyExistsException");
  replay.archive = source->resource.substr(8);
  const auto archive = find(replay.scope, replay.archive);
  if (!archive || archive->arn() != source_arn)
    return invalid(fmt::format("Parameter EventSourceArn is not valid. Reason: Archive {} does not exist.", replay.archive));
  if (destination->resource.substr(10) != archive->bus)
    return invalid("Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.");
  if (replay.from >= replay.to) return invalid("Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.");
  replay.started_at = state_.now();
  state_.database().execute(
      "INSERT INTO events_archives_replays (account, region, name, arn, archive, description, destination, from_time, to_time, state, "
      "reason, started_at, ended_at, "
      "last_replayed, next_time, next_id) VALUES (?,?,?,?,?,?,?,?,?,?,'',?,NULL,NULL,?,'')",
      {replay.scope.account, replay.scope.region, replay.name, replay.arn(), replay.archive, replay.description, replay.destination,
       replay.from, replay.to, to_text(replay.state), replay.started_at, replay.from});
  timers_.set("events.replay", replay.arn(), state_.now());
  return replay;
}

Result<Replay> Archives::find_replay(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one(std::string(replay_columns) + "WHERE account = ? AND region = ? AND name = ?",
                                               {scope.account, scope.region, name});
  if (!row) return fail(ErrorKind::not_found, fmt::format("Replay {} does not exist.", name), "ResourceNotFoundException");
  return read_replay(*row);
}

Result<Replay> Archives::cancel_replay(const Scope& scope, const std::string& name) {
  auto replay = find_replay(scope, name);
  if (!replay) return replay;
  if (replay->state != ReplayState::starting && replay->state != ReplayState::running)
    return fail(ErrorKind::conflict, fmt::format("Replay {} is not in a valid state for this operation.", name), "IllegalStatusException");
  replay->state = ReplayState::cancelling;
  store(*replay);
  timers_.set("events.replay", replay->arn(), state_.now());
  return replay;
}

Result<std::vector<Replay>> Archives::list_replays(const Scope& scope, const ListFilter& filter) {
  std::string archive;
  if (const auto source = parse_arn(filter.source_arn)) archive = source->resource.substr(source->resource.find('/') + 1);
  std::vector<Replay> out;
  for (const auto& row :
       state_.database().query(std::string(replay_columns) + "WHERE account = ? AND region = ? AND name > ? AND substr(name, 1, ?) = ? AND "
                                                             "(? = '' OR archive = ?) AND (? = '' OR state = ?) ORDER BY name LIMIT ?",
                               {scope.account, scope.region, filter.after, filter.prefix.size(), filter.prefix, archive, archive,
                                filter.state, filter.state, filter.count_max}))
    out.push_back(read_replay(row));
  return out;
}

void Archives::store(const Replay& replay) {
  state_.database().execute("UPDATE events_archives_replays SET state = ?, reason = ?, ended_at = ?, last_replayed = ? WHERE arn = ?",
                            {to_text(replay.state), replay.reason, replay.ended_at, replay.last_replayed, replay.arn()});
}

Result<void> Archives::replay_some(const std::string& replay_arn) {
  const auto row = state_.database().query_one(std::string(replay_columns) + "WHERE arn = ?", {replay_arn});
  if (!row) return {};
  Replay replay = read_replay(*row);
  const auto end = [&](ReplayState state) {
    replay.state = state;
    replay.ended_at = state_.now();
    store(replay);
    return Result<void>();
  };
  if (replay.state == ReplayState::cancelling) return end(ReplayState::cancelled);
  const auto archive = find(replay.scope, replay.archive);
  if (!archive) return replay.reason = "The archive was deleted.", end(ReplayState::failed);
  const auto cursor = state_.database().query_one("SELECT next_time, next_id FROM events_archives_replays WHERE arn = ?", {replay_arn});
  const auto events = state_.database().query(
      "SELECT event_time, id, event FROM events_archives_events WHERE account = ? AND region = ? AND archive = ? AND (event_time > ? OR "
      "(event_time = ? AND id > ?)) "
      "AND event_time < ? ORDER BY event_time, id LIMIT ?",
      {replay.scope.account, replay.scope.region, replay.archive, cursor->integer(0), cursor->integer(0), cursor->text(1), replay.to,
       events_a_unit});
  if (events.empty()) return end(ReplayState::completed);
  std::vector<std::string> rule_arns;
  for (const Document& arn : array_at(replay.destination, "FilterArns")) rule_arns.emplace_back(arn.as_string());
  const Instant minute_end = events.front().instant(0) + std::chrono::minutes(1);
  for (const auto& stored : events) {
    if (stored.instant(0) >= minute_end) break;
    rules_.replay(kept_event(stored.document(2), replay.scope, archive->bus), replay.name, rule_arns);
    replay.last_replayed = stored.instant(0);
    state_.database().execute("UPDATE events_archives_replays SET next_time = ?, next_id = ? WHERE arn = ?",
                              {stored.instant(0), stored.text(1), replay_arn});
  }
  replay.state = ReplayState::running;
  store(replay);
  timers_.set("events.replay", replay_arn, state_.now());
  return {};
}

}  // namespace tocsin::events
