#include "api/health/service.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>
#include <map>
#include <set>

#include "api/health/event_filter.h"

namespace tocsin::api {
namespace health {
namespace {

using detect::HealthEntity;
using detect::HealthEvent;

Object to_document(const HealthEvent& event, Instant now) {
  Object out{{"arn", event.arn},
             {"service", event.service},
             {"eventTypeCode", event.type_code},
             {"eventTypeCategory", to_text(event.category)},
             {"region", event.scope.region},
             {"startTime", to_ns(event.starts_at)}};
  if (event.ends_at) out["endTime"] = to_ns(*event.ends_at);
  out["lastUpdatedTime"] = to_ns(event.updated_at);
  out["statusCode"] = to_text(event.status(now));
  out["eventScopeCode"] = "ACCOUNT_SPECIFIC";
  out["actionability"] = event.actionability;
  Array personas;
  for (const std::string& persona : event.personas) personas.emplace_back(persona);
  out["personas"] = std::move(personas);
  return out;
}

Object to_document(const HealthEvent& event, const HealthEntity& entity) {
  return {{"entityArn", event.entity_arn(entity)},
          {"eventArn", event.arn},
          {"entityValue", entity.value},
          {"awsAccountId", event.scope.account},
          {"lastUpdatedTime", to_ns(entity.updated_at)},
          {"statusCode", to_text(entity.status)}};
}

const Document& filter_of(const Call& call) {
  static const Document none = Object{};
  const Document* filter = find(call.input, "filter");
  return filter ? *filter : none;
}

/// The texts are English alone.
std::expected<void, ServiceError> check_locale(const Call& call) {
  const std::string locale = text_or(call.input, "locale", "en");
  if (locale == "en" || locale.starts_with("en_") || locale.starts_with("en-")) return {};
  return refuse("UnsupportedLocale", fmt::format("The specified locale is not supported: {}", locale));
}

/// A page of what was found; the token holds where the next one begins.
Reply paged(const ListTokens& tokens, const Call& call, const char* member, Array all) {
  std::size_t from = 0;
  if (const auto token = text_at(call.input, "nextToken"); token && !token->empty()) {
    const auto opened = tokens.open(call, *token);
    if (!opened || std::from_chars(opened->data(), opened->data() + opened->size(), from).ec != std::errc())
      return refuse("InvalidPaginationToken", fmt::format("The specified pagination token is not valid: {}", *token));
  }
  const auto count_max = static_cast<std::size_t>(integer_or(call.input, "maxResults", 100));
  const std::size_t end = std::min(all.size(), from + count_max);
  Array page;
  for (std::size_t n = from; n < end; ++n) page.push_back(std::move(all[n]));
  Object out{{member, std::move(page)}};
  if (end < all.size()) out["nextToken"] = tokens.seal(call, std::to_string(end));
  return out;
}

Reply describe_events(detect::Health& room, const ListTokens& tokens, const Call& call) {
  if (const auto checked = check_locale(call); !checked) return std::unexpected(checked.error());
  Array found;
  for (const HealthEvent& event : room.events_of(call.scope.account))
    if (passes(filter_of(call), event, call.now)) found.emplace_back(to_document(event, call.now));
  return paged(tokens, call, "events", std::move(found));
}

Reply describe_event_details(detect::Health& room, const Call& call) {
  if (const auto checked = check_locale(call); !checked) return std::unexpected(checked.error());
  Array successful, failed;
  for (const Document& each : array_at(call.input, "eventArns")) {
    const std::string arn(each.as_string());
    const auto event = room.find(call.scope.account, arn);
    if (!event) {
      failed.emplace_back(
          Object{{"eventArn", arn}, {"errorName", "InvalidEventArn"}, {"errorMessage", "The specified event ARN was not found."}});
      continue;
    }
    Object details{{"event", to_document(*event, call.now)}, {"eventDescription", Object{{"latestDescription", event->description}}}};
    Object metadata;
    for (const auto& [name, value] : event->metadata) metadata[name] = value;
    if (!metadata.empty()) details["eventMetadata"] = std::move(metadata);
    successful.emplace_back(std::move(details));
  }
  return Object{{"successfulSet", std::move(successful)}, {"failedSet", std::move(failed)}};
}

Reply describe_affected_entities(detect::Health& room, const ListTokens& tokens, const Call& call) {
  if (const auto checked = check_locale(call); !checked) return std::unexpected(checked.error());
  Array found;
  for (const Document& arn : array_at(filter_of(call), "eventArns")) {
    const auto event = room.find(call.scope.account, std::string(arn.as_string()));
    if (!event) continue;
    for (const HealthEntity& entity : event->entities)
      if (passes(filter_of(call), *event, entity)) found.emplace_back(to_document(*event, entity));
  }
  return paged(tokens, call, "entities", std::move(found));
}

Reply describe_entity_aggregates(detect::Health& room, const Call& call) {
  const Array& wanted = array_at(call.input, "eventArns");
  Array aggregates;
  const auto add = [&](const HealthEvent& event) {
    std::map<std::string_view, std::int64_t> statuses;
    for (const HealthEntity& entity : event.entities) ++statuses[to_text(entity.status)];
    Object counts;
    for (const auto& [status, count] : statuses) counts[status] = count;
    aggregates.emplace_back(Object{{"eventArn", event.arn}, {"count", static_cast<std::int64_t>(event.entities.size())}, {"statuses", std::move(counts)}});
  };
  for (const Document& arn : wanted) {
    if (const auto event = room.find(call.scope.account, std::string(arn.as_string())))
      add(*event);
    else
      aggregates.emplace_back(Object{{"eventArn", arn.as_string()}, {"count", 0}});
  }
  if (wanted.empty())
    for (const HealthEvent& event : room.events_of(call.scope.account)) add(event);
  return Object{{"entityAggregates", std::move(aggregates)}};
}

Reply describe_event_aggregates(detect::Health& room, const ListTokens& tokens, const Call& call) {
  std::map<std::string_view, std::int64_t> categories = {{"issue", 0}, {"scheduledChange", 0}, {"accountNotification", 0}};
  for (const HealthEvent& event : room.events_of(call.scope.account))
    if (passes(filter_of(call), event, call.now)) ++categories[to_text(event.category)];
  Array aggregates;
  for (const auto& [category, count] : categories) aggregates.emplace_back(Object{{"aggregateValue", category}, {"count", count}});
  return paged(tokens, call, "eventAggregates", std::move(aggregates));
}

bool wants(const Document& filter, std::string_view member, std::string_view value) {
  const Array& list = array_at(filter, member);
  if (list.empty()) return true;
  for (const Document& each : list)
    if (each.as_string() == value) return true;
  return false;
}

/// The types of which there are events.
Reply describe_event_types(detect::Health& room, const ListTokens& tokens, const Call& call) {
  if (const auto checked = check_locale(call); !checked) return std::unexpected(checked.error());
  const Document& filter = filter_of(call);
  std::map<std::pair<std::string, std::string>, Object> types;
  for (const HealthEvent& event : room.events_of(call.scope.account)) {
    bool persona = array_at(filter, "personas").empty();
    for (const std::string& each : event.personas) persona = persona || wants(filter, "personas", each);
    if (!persona || !wants(filter, "eventTypeCodes", event.type_code) || !wants(filter, "services", event.service) ||
        !wants(filter, "eventTypeCategories", to_text(event.category)) || !wants(filter, "actionabilities", event.actionability))
      continue;
    Array personas;
    for (const std::string& each : event.personas) personas.emplace_back(each);
    types.emplace(std::pair(event.service, event.type_code), Object{{"service", event.service},
                                                                    {"code", event.type_code},
                                                                    {"category", to_text(event.category)},
                                                                    {"actionability", event.actionability},
                                                                    {"personas", std::move(personas)}});
  }
  Array found;
  for (auto& [name, type] : types) found.emplace_back(std::move(type));
  return paged(tokens, call, "eventTypes", std::move(found));
}

}  // namespace
}  // namespace health

Service make_health_service(detect::Health& room, ListTokens tokens) {
  const auto plain = [&room](Reply (*operation)(detect::Health&, const Call&)) -> Handle {
    return [&room, operation](const Call& call) { return operation(room, call); };
  };
  const auto listing = [&room, tokens](Reply (*operation)(detect::Health&, const ListTokens&, const Call&)) -> Handle {
    return [&room, tokens, operation](const Call& call) { return operation(room, tokens, call); };
  };
  return {"health",
          {{"DescribeEvents", listing(health::describe_events)},
           {"DescribeEventDetails", plain(health::describe_event_details)},
           {"DescribeAffectedEntities", listing(health::describe_affected_entities)},
           {"DescribeEntityAggregates", plain(health::describe_entity_aggregates)},
           {"DescribeEventAggregates", listing(health::describe_event_aggregates)},
           {"DescribeEventTypes", listing(health::describe_event_types)},
           {"DescribeHealthServiceStatusForOrganization", Handle([](const Call&) -> Reply {
              return Object{{"healthServiceAccessStatusForOrganization", "DISABLED"}};
            })}}};
}

}  // namespace tocsin::api
