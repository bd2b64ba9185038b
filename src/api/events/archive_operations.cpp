#include <boost/json.hpp>

#include "api/events/operations.h"
#include "api/events/reply.h"
#include "model/arn.h"

namespace tocsin::api::eventbridge {
namespace {

using events::Archive;
using events::Replay;

std::string source_of(const Archive& archive) { return make_arn("events", archive.scope, "event-bus/" + archive.bus); }

Object made(const Archive& archive) {
  return {{"ArchiveArn", archive.arn()}, {"State", "ENABLED"}, {"CreationTime", to_ns(archive.created_at)}};
}

Object shown(const Archive& archive) {
  return {{"ArchiveName", archive.name},
          {"EventSourceArn", source_of(archive)},
          {"State", "ENABLED"},
          {"RetentionDays", archive.retention_days},
          {"SizeBytes", archive.size_bytes},
          {"EventCount", archive.event_count},
          {"CreationTime", to_ns(archive.created_at)}};
}

Object shown(const Replay& replay) {
  Object out{{"ReplayName", replay.name},
             {"EventSourceArn", make_arn("events", replay.scope, "archive/" + replay.archive)},
             {"State", std::string(to_text(replay.state))},
             {"EventStartTime", to_ns(replay.from)},
             {"EventEndTime", to_ns(replay.to)},
             {"ReplayStartTime", to_ns(replay.started_at)}};
  if (!replay.reason.empty()) out["StateReason"] = replay.reason;
  if (replay.last_replayed) out["EventLastReplayedTime"] = to_ns(*replay.last_replayed);
  if (replay.ended_at) out["ReplayEndTime"] = to_ns(*replay.ended_at);
  return out;
}

std::expected<events::ListFilter, ServiceError> filter_of(const ListTokens& tokens, const Call& call) {
  const auto after = opened_token(call, tokens);
  if (!after) return std::unexpected(after.error());
  events::ListFilter filter{text_or(call.input, "NamePrefix"), text_or(call.input, "EventSourceArn"), text_or(call.input, "State"), *after,
                            page_size(call)};
  const int given = (filter.prefix.empty() ? 0 : 1) + (filter.source_arn.empty() ? 0 : 1) + (filter.state.empty() ? 0 : 1);
  if (given > 1)
    return api::refuse("ValidationException",
                       "At most one filter is allowed for " + call.operation + ". Use either : State, EventSourceArn, or NamePrefix.");
  return filter;
}

template <typename Found>
Reply page(const char* member, const Found& found, const events::ListFilter& filter, const ListTokens& tokens, const Call& call) {
  if (!found) return refuse(found.error());
  Array listed;
  for (const auto& one : *found) listed.emplace_back(shown(one));
  Object out{{member, std::move(listed)}};
  if (static_cast<int>(found->size()) == filter.count_max) out["NextToken"] = tokens.seal(call, found->back().name);
  return out;
}

}  // namespace

Reply create_archive(Archives& archives, const Call& call) {
  const auto archive = archives.create({.scope = call.scope,
                                        .name = text_or(call.input, "ArchiveName"),
                                        .bus = {},
                                        .description = text_or(call.input, "Description"),
                                        .pattern = text_or(call.input, "EventPattern"),
                                        .key_identifier = text_or(call.input, "KmsKeyIdentifier"),
                                        .retention_days = integer_or(call.input, "RetentionDays", 0),
                                        .created_at = {}},
                                       text_or(call.input, "EventSourceArn"));
  if (!archive) return refuse(archive.error());
  return made(*archive);
}

Reply describe_archive(Archives& archives, const Call& call) {
  const auto archive = archives.find(call.scope, text_or(call.input, "ArchiveName"));
  if (!archive) return refuse(archive.error());
  Object out = shown(*archive);
  out["ArchiveArn"] = archive->arn();
  if (!archive->description.empty()) out["Description"] = archive->description;
  if (!archive->pattern.empty()) out["EventPattern"] = archive->pattern;
  if (!archive->key_identifier.empty()) out["KmsKeyIdentifier"] = archive->key_identifier;
  return out;
}

Reply list_archives(Archives& archives, const ListTokens& tokens, const Call& call) {
  const auto filter = filter_of(tokens, call);
  if (!filter) return std::unexpected(filter.error());
  return page("Archives", archives.list(call.scope, *filter), *filter, tokens, call);
}

Reply update_archive(Archives& archives, const Call& call) {
  const auto archive = archives.update(call.scope, text_or(call.input, "ArchiveName"),
                                       {.description = text_at(call.input, "Description"),
                                        .pattern = text_at(call.input, "EventPattern"),
                                        .key_identifier = text_at(call.input, "KmsKeyIdentifier"),
                                        .retention_days = integer_at(call.input, "RetentionDays")});
  if (!archive) return refuse(archive.error());
  return made(*archive);
}

Reply delete_archive(Archives& archives, const Call& call) {
  return empty_or(archives.remove(call.scope, text_or(call.input, "ArchiveName")));
}

Reply start_replay(Archives& archives, const Call& call) {
  Replay wanted{.scope = call.scope,
                .name = text_or(call.input, "ReplayName"),
                .archive = {},
                .description = text_or(call.input, "Description"),
                .destination = *find(call.input, "Destination"),
                .from = instant_from_ns(integer_or(call.input, "EventStartTime", 0)),
                .to = instant_from_ns(integer_or(call.input, "EventEndTime", 0)),
                .reason = {},
                .started_at = {},
                .ended_at = {},
                .last_replayed = {}};
  const auto replay = archives.start_replay(std::move(wanted), text_or(call.input, "EventSourceArn"));
  if (!replay) return refuse(replay.error());
  return Object{
      {"ReplayArn", replay->arn()}, {"State", std::string(to_text(replay->state))}, {"ReplayStartTime", to_ns(replay->started_at)}};
}

Reply describe_replay(Archives& archives, const Call& call) {
  const auto replay = archives.find_replay(call.scope, text_or(call.input, "ReplayName"));
  if (!replay) return refuse(replay.error());
  Object out = shown(*replay);
  out["ReplayArn"] = replay->arn();
  out["Destination"] = replay->destination;
  if (!replay->description.empty()) out["Description"] = replay->description;
  return out;
}

Reply list_replays(Archives& archives, const ListTokens& tokens, const Call& call) {
  const auto filter = filter_of(tokens, call);
  if (!filter) return std::unexpected(filter.error());
  return page("Replays", archives.list_replays(call.scope, *filter), *filter, tokens, call);
}

Reply cancel_replay(Archives& archives, const Call& call) {
  const auto replay = archives.cancel_replay(call.scope, text_or(call.input, "ReplayName"));
  if (!replay) return refuse(replay.error());
  return Object{{"ReplayArn", replay->arn()}, {"State", std::string(to_text(replay->state))}};
}

}  // namespace tocsin::api::eventbridge
