// Deliveries of vended logs: sources, destinations and what joins them, kept and read back. What our own services write goes to log groups
// by itself. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateDelivery.html
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/group_setting_operations.h"
#include "api/logs/setting_operations.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "model/arn.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogSetting;
namespace log_setting = telemetry::log_setting;

auto invalid(std::string words) { return refuse("ValidationException", std::move(words)); }
auto not_found(std::string_view what, const std::string& name) {
  return refuse("ResourceNotFoundException", "The specified " + std::string(what) + " '" + name + "' does not exist.");
}

std::string arn_of(const Scope& scope, std::string_view kind, const std::string& name) {
  return make_arn("logs", scope, std::string(kind) + ":" + name);
}

Object with_tags(LogRooms& rooms, const LogSetting& setting) {
  Object out = setting.body.get_object();
  if (Object tags = tags_of(rooms.settings, setting.scope, text_or(out, "arn")); !tags.empty()) out["tags"] = std::move(tags);
  out.erase("policy");
  return out;
}

std::string destination_type(const Arn& arn) {
  return arn.service == "s3"         ? "S3"
         : arn.service == "logs"     ? "CWL"
         : arn.service == "firehose" ? "FH"
         : arn.service == "xray"     ? "XRAY"
                                     : "";
}

bool is_delivered(LogRooms& rooms, const Scope& scope, std::string_view member, const std::string& value) {
  for (const LogSetting& each : rooms.settings.list(log_setting::delivery, scope, {.owner = ""}))
    if (text_or(each.body, member) == value) return true;
  return false;
}

Reply get_named(LogRooms& rooms, const Call& call, std::string_view kind, const std::string& name, std::string_view what,
                std::string_view member) {
  const auto body = rooms.settings.get(kind, call.scope, "", name);
  if (!body) return not_found(what, name);
  return Object{{member, with_tags(rooms, {call.scope, "", name, *body})}};
}

Reply list_named(LogRooms& rooms, const ListTokens& tokens, const Call& call, std::string_view kind, std::string_view member,
                 const std::function<bool(const LogSetting&)>& wanted) {
  return list_settings(
      rooms.settings, tokens, call, {.kind = kind, .owner = "", .prefix = {}, .member = member},
      [&](const LogSetting& each) { return with_tags(rooms, each); }, wanted);
}

bool is_named(const Array& names, std::string_view name) {
  if (names.empty()) return true;
  for (const Document& each : names)
    if (each.get_string() == name) return true;
  return false;
}

}  // namespace

Reply put_delivery_source(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "name"), resource = text_or(call.input, "resourceArn");
  const auto arn = parse_arn(resource);
  if (!arn) return invalid("The resourceArn is not a valid ARN.");
  const auto before = rooms.settings.get(log_setting::delivery_source, call.scope, "", name);
  if (before && array_at(*before, "resourceArns")[0].get_string() != resource)
    return refuse("ConflictException", "A delivery source of that name exists for another resource.");
  LogSetting setting{call.scope, "", name,
                     Object{{"name", name},
                            {"arn", arn_of(call.scope, "delivery-source", name)},
                            {"resourceArns", Array{Document(resource)}},
                            {"service", arn->service},
                            {"logType", text_or(call.input, "logType")}}};
  rooms.settings.put(log_setting::delivery_source, setting);
  if (!object_at(call.input, "tags").empty())
    put_tags(rooms.settings, call.scope, text_or(setting.body, "arn"), object_at(call.input, "tags"));
  return Object{{"deliverySource", with_tags(rooms, setting)}};
}

Reply get_delivery_source(LogRooms& rooms, const Call& call) {
  return get_named(rooms, call, log_setting::delivery_source, text_or(call.input, "name"), "delivery source", "deliverySource");
}

Reply describe_delivery_sources(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  const Array& resources = array_at(call.input, "resourceArns");
  return list_named(rooms, tokens, call, log_setting::delivery_source, "deliverySources",
                    [&](const LogSetting& each) { return is_named(resources, array_at(each.body, "resourceArns")[0].get_string()); });
}

Reply delete_delivery_source(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "name");
  if (is_delivered(rooms, call.scope, "deliverySourceName", name))
    return refuse("ConflictException", "The delivery source is used by a delivery.");
  if (!rooms.settings.remove(log_setting::delivery_source, call.scope, "", name)) return not_found("delivery source", name);
  return Object{};
}

Reply put_delivery_destination(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "name");
  const Document* configuration = find(call.input, "deliveryDestinationConfiguration");
  const std::string resource = configuration ? text_or(*configuration, "destinationResourceArn") : "";
  const auto arn = parse_arn(resource);
  std::string type = text_or(call.input, "deliveryDestinationType");
  if (configuration && !arn) return invalid("The destinationResourceArn is not a valid ARN.");
  if (type.empty() && arn) type = destination_type(*arn);
  if (type.empty()) return invalid("deliveryDestinationConfiguration or deliveryDestinationType is required.");
  const auto before = rooms.settings.get(log_setting::delivery_destination, call.scope, "", name);
  LogSetting setting{call.scope, "", name,
                     Object{{"name", name}, {"arn", arn_of(call.scope, "delivery-destination", name)}, {"deliveryDestinationType", type}}};
  Object& body = setting.body.as_object();
  if (configuration) body["deliveryDestinationConfiguration"] = *configuration;
  for (const char* member : {"outputFormat", "roleArn"})
    if (const auto value = text_at(call.input, member)) body[member] = *value;
  if (before && text_at(*before, "policy")) body["policy"] = text_or(*before, "policy");
  rooms.settings.put(log_setting::delivery_destination, setting);
  if (!object_at(call.input, "tags").empty())
    put_tags(rooms.settings, call.scope, text_or(setting.body, "arn"), object_at(call.input, "tags"));
  return Object{{"deliveryDestination", with_tags(rooms, setting)}};
}

Reply get_delivery_destination(LogRooms& rooms, const Call& call) {
  return get_named(rooms, call, log_setting::delivery_destination, text_or(call.input, "name"), "delivery destination",
                   "deliveryDestination");
}

Reply describe_delivery_destinations(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  const Array& names = array_at(call.input, "names");
  return list_named(rooms, tokens, call, log_setting::delivery_destination, "deliveryDestinations",
                    [&](const LogSetting& each) { return is_named(names, each.name); });
}

Reply delete_delivery_destination(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "name");
  if (is_delivered(rooms, call.scope, "deliveryDestinationArn", arn_of(call.scope, "delivery-destination", name)))
    return refuse("ConflictException", "The delivery destination is used by a delivery.");
  if (!rooms.settings.remove(log_setting::delivery_destination, call.scope, "", name)) return not_found("delivery destination", name);
  return Object{};
}

Reply put_delivery_destination_policy(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "deliveryDestinationName"), policy = text_or(call.input, "deliveryDestinationPolicy");
  auto body = rooms.settings.get(log_setting::delivery_destination, call.scope, "", name);
  if (!body) return not_found("delivery destination", name);
  if (!parse_json(policy)) return invalid("The policy is not valid JSON.");
  body->as_object()["policy"] = policy;
  rooms.settings.put(log_setting::delivery_destination, {call.scope, "", name, *body});
  return Object{{"policy", Object{{"deliveryDestinationPolicy", policy}}}};
}

Reply get_delivery_destination_policy(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "deliveryDestinationName");
  const auto body = rooms.settings.get(log_setting::delivery_destination, call.scope, "", name);
  if (!body) return not_found("delivery destination", name);
  Object policy;
  if (const auto text = text_at(*body, "policy")) policy["deliveryDestinationPolicy"] = *text;
  return Object{{"policy", std::move(policy)}};
}

Reply delete_delivery_destination_policy(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "deliveryDestinationName");
  auto body = rooms.settings.get(log_setting::delivery_destination, call.scope, "", name);
  if (!body) return not_found("delivery destination", name);
  body->as_object().erase("policy");
  rooms.settings.put(log_setting::delivery_destination, {call.scope, "", name, *body});
  return Object{};
}

Reply create_delivery(LogRooms& rooms, const Call& call) {
  const std::string source = text_or(call.input, "deliverySourceName"), destination = text_or(call.input, "deliveryDestinationArn");
  if (!rooms.settings.get(log_setting::delivery_source, call.scope, "", source)) return not_found("delivery source", source);
  const std::string name = destination.substr(destination.rfind(':') + 1);
  const auto to = rooms.settings.get(log_setting::delivery_destination, call.scope, "", name);
  if (!to) return not_found("delivery destination", destination);
  const std::string id = to_hex(sha256(source + '\n' + destination)).substr(0, 16);
  if (rooms.settings.get(log_setting::delivery, call.scope, "", id))
    return refuse("ConflictException", "A delivery of this source to this destination exists.");
  LogSetting setting{call.scope, "", id,
                     Object{{"id", id},
                            {"arn", arn_of(call.scope, "delivery", id)},
                            {"deliverySourceName", source},
                            {"deliveryDestinationArn", destination},
                            {"deliveryDestinationType", text_or(*to, "deliveryDestinationType")}}};
  for (const char* member : {"recordFields", "fieldDelimiter", "s3DeliveryConfiguration"})
    if (const Document* value = find(call.input, member)) setting.body.as_object()[member] = *value;
  rooms.settings.put(log_setting::delivery, setting);
  if (!object_at(call.input, "tags").empty())
    put_tags(rooms.settings, call.scope, text_or(setting.body, "arn"), object_at(call.input, "tags"));
  return Object{{"delivery", with_tags(rooms, setting)}};
}

Reply get_delivery(LogRooms& rooms, const Call& call) {
  return get_named(rooms, call, log_setting::delivery, text_or(call.input, "id"), "delivery", "delivery");
}

Reply describe_deliveries(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  const Array& sources = array_at(call.input, "deliverySourceNames");
  return list_named(rooms, tokens, call, log_setting::delivery, "deliveries",
                    [&](const LogSetting& each) { return is_named(sources, text_or(each.body, "deliverySourceName")); });
}

Reply delete_delivery(LogRooms& rooms, const Call& call) {
  const std::string id = text_or(call.input, "id");
  if (!rooms.settings.remove(log_setting::delivery, call.scope, "", id)) return not_found("delivery", id);
  return Object{};
}

Reply update_delivery_configuration(LogRooms& rooms, const Call& call) {
  const std::string id = text_or(call.input, "id");
  auto body = rooms.settings.get(log_setting::delivery, call.scope, "", id);
  if (!body) return not_found("delivery", id);
  for (const char* member : {"recordFields", "fieldDelimiter", "s3DeliveryConfiguration"})
    if (const Document* value = find(call.input, member)) body->as_object()[member] = *value;
  rooms.settings.put(log_setting::delivery, {call.scope, "", id, *body});
  return Object{};
}

}  // namespace tocsin::api::logs
