// Destinations: what subscriptions, also of other accounts, send to by name.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDestination.html
#include <boost/json.hpp>

#include "access/policies/evaluation.h"
#include "access/policies/policy_parser.h"
#include "api/logs/answers.h"
#include "api/logs/setting_operations.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogSetting;
namespace log_setting = telemetry::log_setting;

Object to_document(const LogSetting& setting) {
  Object out = setting.body.get_object();
  out["destinationName"] = setting.name;
  out["arn"] = make_arn("logs", setting.scope, "destination:" + setting.name);
  return out;
}

auto no_destination() { return refuse("ResourceNotFoundException", "The specified destination does not exist."); }

}  // namespace

bool destination_allows(const Document& destination, const Principal& principal, const std::string& arn) {
  const auto policy = access::parse_policy(text_or(destination, "accessPolicy"), access::PolicyKind::resource);
  if (!policy) return false;
  const access::Verdict verdict =
      access::evaluate(*policy, {.action = "logs:PutSubscriptionFilter",
                                 .resource = arn,
                                 .principal = {.account = principal.account, .arn = principal.arn, .role_arn = {}},
                                 .context = {}});
  return verdict.allowed && !verdict.denied;
}

Reply put_destination(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "destinationName"), target = text_or(call.input, "targetArn");
  if (auto fits = rooms.targets.check_target(target); !fits) return invalid_parameter(fits.error().message);
  const auto before = rooms.settings.get(log_setting::destination, call.scope, "", name);
  Object body{{"targetArn", target},
              {"roleArn", text_or(call.input, "roleArn")},
              {"creationTime", before ? integer_or(*before, "creationTime", 0) : to_ms(call.now)}};
  if (before && text_at(*before, "accessPolicy")) body["accessPolicy"] = text_or(*before, "accessPolicy");
  const LogSetting setting{call.scope, "", name, std::move(body)};
  rooms.settings.put(log_setting::destination, setting);
  Object out = to_document(setting);
  if (!object_at(call.input, "tags").empty()) put_tags(rooms.settings, call.scope, text_or(out, "arn"), object_at(call.input, "tags"));
  return Object{{"destination", std::move(out)}};
}

Reply put_destination_policy(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "destinationName"), policy = text_or(call.input, "accessPolicy");
  auto destination = rooms.settings.get(log_setting::destination, call.scope, "", name);
  if (!destination) return no_destination();
  if (auto parsed = access::parse_policy(policy, access::PolicyKind::resource); !parsed)
    return invalid_parameter("The access policy is not valid: " + parsed.error().message);
  destination->as_object()["accessPolicy"] = policy;
  rooms.settings.put(log_setting::destination, {call.scope, "", name, *destination});
  return Object{};
}

Reply describe_destinations(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  return list_settings(
      rooms.settings, tokens, call,
      {.kind = log_setting::destination, .owner = "", .prefix = text_or(call.input, "DestinationNamePrefix"), .member = "destinations"},
      to_document);
}

Reply delete_destination(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "destinationName");
  if (!rooms.settings.remove(log_setting::destination, call.scope, "", name)) return no_destination();
  remove_tags(rooms.settings, call.scope, make_arn("logs", call.scope, "destination:" + name));
  return Object{};
}

}  // namespace tocsin::api::logs
