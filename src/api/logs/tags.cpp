#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/operations.h"

namespace tocsin::api::logs {
namespace {

constexpr std::size_t tags_max = 50;

Checked<const telemetry::LogGroup*> tagged_group(LogStore& store, const Call& call) {
  const std::string arn = text_or(call.input, "resourceArn"), name = group_name_of(arn);
  if (name == arn) return invalid_parameter("Invalid resource ARN: " + arn);
  auto group = group_named(store, call.scope, name);
  if (!group) return refuse("ResourceNotFoundException", "The specified resource does not exist.");
  return group;
}

}  // namespace

Reply tag_resource(LogStore& store, const Call& call) {
  const auto group = tagged_group(store, call);
  if (!group) return std::unexpected(group.error());
  auto tags = (*group)->tags;
  for (const auto& [key, value] : object_at(call.input, "tags")) tags[key] = value.get_string();
  if (tags.size() > tags_max) return refuse("TooManyTagsException", "A resource can have no more than 50 tags.");
  if (auto done = store.set_tags((*group)->id, tags); !done) return to_service_error(done.error());
  return Object{};
}

Reply untag_resource(LogStore& store, const Call& call) {
  const auto group = tagged_group(store, call);
  if (!group) return std::unexpected(group.error());
  auto tags = (*group)->tags;
  for (const Document& key : array_at(call.input, "tagKeys")) tags.erase(std::string(key.get_string()));
  if (auto done = store.set_tags((*group)->id, tags); !done) return to_service_error(done.error());
  return Object{};
}

Reply list_tags_for_resource(LogStore& store, const Call& call) {
  const auto group = tagged_group(store, call);
  if (!group) return std::unexpected(group.error());
  Object tags;
  for (const auto& [key, value] : (*group)->tags) tags[key] = value;
  return Object{{"tags", std::move(tags)}};
}

}  // namespace tocsin::api::logs
