// TagResource, UntagResource, ListTagsForResource, of alarms.
#include <boost/json.hpp>

#include "api/cloudwatch/alarm_input.h"
#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/reply.h"
#include "model/arn.h"

namespace tocsin::api::cloudwatch {
namespace {

constexpr std::size_t tags_max = 50;

/// The ARN, when it names an alarm of the caller's.
Checked<std::string> alarm_arn(Alarms& alarms, const Call& call) {
  const std::string text = text_or(call.input, "ResourceARN");
  const auto arn = parse_arn(text);
  if (!arn || arn->service != "cloudwatch") return invalid_value("Invalid resource ARN: " + text);
  constexpr std::string_view mute_rule = "alarm-mute-rule:";
  const bool own = arn->account == call.scope.account && arn->region == call.scope.region;
  const bool is_mute_rule = arn->resource.starts_with(mute_rule);
  if (own && arn->resource.starts_with("alarm:") && alarms.store().find(call.scope, arn->resource.substr(6))) return text;
  if (own && is_mute_rule && alarms.mutes().find(call.scope, arn->resource.substr(mute_rule.size()))) return text;
  ServiceError missing{"ResourceNotFoundException", "Unknown resource: " + text, 0, {}};
  missing.members = {{"ResourceType", is_mute_rule ? "alarm-mute-rule" : "alarm"}, {"ResourceId", text}};
  return std::unexpected(std::move(missing));
}

}  // namespace

Reply tag_resource(Alarms& alarms, const Call& call) {
  const auto arn = alarm_arn(alarms, call);
  if (!arn) return std::unexpected(arn.error());
  const auto tags = read_tags(call.input);
  if (!tags) return std::unexpected(tags.error());
  alarms.store().put_tags(*arn, *tags);
  if (alarms.store().tags(*arn).size() > tags_max) return invalid_value("A resource can have at most 50 tags.");
  return Object{};
}

Reply untag_resource(Alarms& alarms, const Call& call) {
  const auto arn = alarm_arn(alarms, call);
  if (!arn) return std::unexpected(arn.error());
  alarms.store().remove_tags(*arn, texts_at(call.input, "TagKeys"));
  return Object{};
}

Reply list_tags_for_resource(Alarms& alarms, const Call& call) {
  const auto arn = alarm_arn(alarms, call);
  if (!arn) return std::unexpected(arn.error());
  return Object{{"Tags", to_pairs(alarms.store().tags(*arn), "Key")}};
}

}  // namespace tocsin::api::cloudwatch
