#include "api/health/event_filter.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::api::health {
namespace {

/// An absent or empty list lets everything pass.
bool names(const Document& filter, std::string_view member, std::string_view value) {
  const Array& wanted = array_at(filter, member);
  return wanted.empty() || std::ranges::any_of(wanted, [&](const Document& each) { return each.as_string() == value; });
}

template <typename Has>
bool names_any(const Document& filter, std::string_view member, Has has) {
  const Array& wanted = array_at(filter, member);
  return wanted.empty() || std::ranges::any_of(wanted, [&](const Document& each) { return has(std::string(each.as_string())); });
}

/// One of the ranges {from, to}, both ends included, holds the moment.
bool within(const Document& filter, std::string_view member, const std::optional<Instant>& at) {
  const Array& ranges = array_at(filter, member);
  return ranges.empty() || std::ranges::any_of(ranges, [&](const Document& range) {
           if (!at) return false;
           const auto from = integer_at(range, "from"), to = integer_at(range, "to");
           return (!from || to_ns(*at) >= *from) && (!to || to_ns(*at) <= *to);
         });
}

}  // namespace

bool passes(const Document& filter, const detect::HealthEvent& event, Instant now) {
  return names(filter, "eventArns", event.arn) && names(filter, "eventTypeCodes", event.type_code) &&
         names(filter, "services", event.service) && names(filter, "regions", event.scope.region) &&
         names(filter, "eventTypeCategories", to_text(event.category)) && names(filter, "eventStatusCodes", to_text(event.status(now))) &&
         names(filter, "actionabilities", event.actionability) &&
         names_any(filter, "personas",
                   [&](const std::string& persona) { return std::ranges::find(event.personas, persona) != event.personas.end(); }) &&
         names_any(filter, "entityValues",
                   [&](const std::string& value) {
                     return std::ranges::any_of(event.entities, [&](const auto& entity) { return entity.value == value; });
                   }) &&
         names_any(filter, "entityArns",
                   [&](const std::string& arn) {
                     return std::ranges::any_of(event.entities, [&](const auto& entity) { return event.entity_arn(entity) == arn; });
                   }) &&
         // nothing here has a zone or a tag
         array_at(filter, "availabilityZones").empty() && array_at(filter, "tags").empty() &&
         within(filter, "startTimes", event.starts_at) && within(filter, "endTimes", event.ends_at) &&
         within(filter, "lastUpdatedTimes", event.updated_at);
}

bool passes(const Document& filter, const detect::HealthEvent& event, const detect::HealthEntity& entity) {
  return names(filter, "entityArns", event.entity_arn(entity)) && names(filter, "entityValues", entity.value) &&
         names(filter, "statusCodes", to_text(entity.status)) && array_at(filter, "tags").empty() &&
         within(filter, "lastUpdatedTimes", entity.updated_at);
}

}  // namespace tocsin::api::health
