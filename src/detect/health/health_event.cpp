#include "detect/health/health_event.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/text_time.h"

namespace tocsin::detect {
namespace {

template <typename Value>
struct Name {
  Value value;
  std::string_view text;
};
constexpr Name<HealthCategory> category_names[] = {{HealthCategory::issue, "issue"},
                                                   {HealthCategory::account_notification, "accountNotification"},
                                                   {HealthCategory::scheduled_change, "scheduledChange"},
                                                   {HealthCategory::investigation, "investigation"}};
constexpr Name<HealthStatus> status_names[] = {
    {HealthStatus::open, "open"}, {HealthStatus::closed, "closed"}, {HealthStatus::upcoming, "upcoming"}};
constexpr Name<EntityStatus> entity_names[] = {{EntityStatus::impaired, "IMPAIRED"},
                                               {EntityStatus::unimpaired, "UNIMPAIRED"},
                                               {EntityStatus::unknown, "UNKNOWN"},
                                               {EntityStatus::pending, "PENDING"},
                                               {EntityStatus::resolved, "RESOLVED"}};

template <typename Value, std::size_t count>
std::string_view text_of(const Name<Value> (&names)[count], Value value) {
  for (const auto& name : names)
    if (name.value == value) return name.text;
  return {};
}

template <typename Value, std::size_t count>
std::optional<Value> value_of(const Name<Value> (&names)[count], std::string_view text) {
  for (const auto& name : names)
    if (name.text == text) return name.value;
  return std::nullopt;
}

constexpr std::size_t entities_per_page = 1000;  // a page stays far below 256 KB
constexpr std::size_t entities_max = 10'000;

std::unexpected<Error> bad(std::string words) { return fail(ErrorKind::invalid, std::move(words)); }

Result<std::optional<Instant>> read_time(const Document& document, const char* member) {
  const auto text = text_at(document, member);
  if (!text) return std::optional<Instant>();
  const auto time = parse_rfc3339(*text);
  if (!time) return bad(fmt::format("{} is no time such as 2026-11-24T12:00:00Z", member));
  return time;
}

Result<void> read_entities(const Document& document, HealthEvent& event, Instant now) {
  const EntityStatus usual = event.category == HealthCategory::scheduled_change ? EntityStatus::pending : EntityStatus::impaired;
  for (const Document& entry : array_at(document, "entities")) {
    HealthEntity entity{
        .value = entry.is_string() ? std::string(entry.get_string()) : text_or(entry, "value"), .status = usual, .updated_at = now};
    if (entity.value.empty() || entity.value.size() > 256) return bad("an entity has no value, or one of more than 256 characters");
    if (const auto text = entry.is_object() ? text_at(entry, "status") : std::nullopt) {
      const auto status = parse_entity_status(*text);
      if (!status) return bad(fmt::format("{} is no status of an entity", *text));
      entity.status = *status;
    }
    event.entities.push_back(std::move(entity));
    if (event.entities.size() > entities_max) return bad("there are too many entities");
  }
  return {};
}

}  // namespace

std::string_view to_text(HealthCategory category) { return text_of(category_names, category); }
std::string_view to_text(HealthStatus status) { return text_of(status_names, status); }
std::string_view to_text(EntityStatus status) { return text_of(entity_names, status); }
std::optional<HealthCategory> parse_health_category(std::string_view text) { return value_of(category_names, text); }
std::optional<EntityStatus> parse_entity_status(std::string_view text) { return value_of(entity_names, text); }

HealthStatus HealthEvent::status(Instant now) const {
  if (starts_at > now) return HealthStatus::upcoming;
  return ends_at && *ends_at <= now ? HealthStatus::closed : HealthStatus::open;
}

std::string HealthEvent::entity_arn(const HealthEntity& entity) const {
  return fmt::format("arn:aws:health:{}:{}:entity/{}", scope.region, scope.account,
                     to_hex(sha256(arn + "\n" + entity.value)).substr(0, 40));
}

std::string to_service_name(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : '_';
  return out.substr(0, 30);
}

std::string usual_type_code(const std::string& service, HealthCategory category) {
  switch (category) {
    case HealthCategory::issue:
    case HealthCategory::investigation:
      return fmt::format("AWS_{}_OPERATIONAL_ISSUE", service);
    case HealthCategory::account_notification:
      return fmt::format("AWS_{}_OPERATIONAL_NOTIFICATION", service);
    case HealthCategory::scheduled_change:
      return fmt::format("AWS_{}_MAINTENANCE_SCHEDULED", service);
  }
  return {};
}

Result<HealthEvent> read_declared(const Document& document, Instant now) {
  if (!document.is_object()) return bad("a JSON object is wanted");
  HealthEvent event{.service = to_service_name(text_or(document, "service")), .description = text_or(document, "description")};
  if (event.service.size() < 2 || event.description.empty()) return bad("service and description are wanted");
  if (const auto text = text_at(document, "category")) {
    const auto category = parse_health_category(*text);
    if (!category) return bad(fmt::format("{} is no category", *text));
    event.category = *category;
  }
  event.type_code = text_or(document, "eventTypeCode", usual_type_code(event.service, event.category));
  if (event.type_code.size() < 3 || event.type_code.size() > 100 ||
      event.type_code.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != std::string::npos)
    return bad("eventTypeCode is of 3 to 100 letters, digits, _ and -");
  const auto starts = read_time(document, "startTime"), ends = read_time(document, "endTime");
  if (!starts) return std::unexpected(starts.error());
  if (!ends) return std::unexpected(ends.error());
  event.starts_at = starts->value_or(now);
  event.ends_at = *ends;
  if (event.ends_at && *event.ends_at < event.starts_at) return bad("endTime is before startTime");
  if (const auto text = text_at(document, "actionability")) {
    if (*text != "ACTION_REQUIRED" && *text != "ACTION_MAY_BE_REQUIRED" && *text != "INFORMATIONAL") return bad("that is no actionability");
    event.actionability = *text;
  }
  if (const Array& personas = array_at(document, "personas"); !personas.empty()) {
    event.personas.clear();
    for (const Document& persona : personas) {
      const std::string text = persona.is_string() ? std::string(persona.get_string()) : "";
      if (text != "OPERATIONS" && text != "SECURITY" && text != "BILLING") return bad("that is no persona");
      event.personas.push_back(text);
    }
  }
  for (const auto& [name, value] : object_at(document, "metadata"))
    event.metadata.emplace(name, value.is_string() ? std::string(value.get_string()) : to_json(value));
  if (const auto read = read_entities(document, event, now); !read) return std::unexpected(read.error());
  return event;
}

std::vector<EventEnvelope> to_bus_events(const HealthEvent& event, Instant now) {
  const std::size_t pages = std::max<std::size_t>(1, (event.entities.size() + entities_per_page - 1) / entities_per_page);
  const std::string stem = to_hex(sha256(event.arn)).substr(0, 32);
  std::vector<EventEnvelope> out;
  for (std::size_t page = 0; page < pages; ++page) {
    Object detail{{"eventArn", event.arn},
                  {"service", event.service},
                  {"eventTypeCode", event.type_code},
                  {"eventTypeCategory", to_text(event.category)},
                  {"eventScopeCode", "ACCOUNT_SPECIFIC"},
                  {"communicationId", fmt::format("{}-{}", stem, page + 1)},
                  {"startTime", to_http_date(event.starts_at)}};
    if (event.ends_at) detail["endTime"] = to_http_date(*event.ends_at);
    detail["lastUpdatedTime"] = to_http_date(event.updated_at);
    detail["statusCode"] = to_text(event.status(now));
    detail["eventRegion"] = event.scope.region;
    detail["eventDescription"] = Array{Object{{"language", "en_US"}, {"latestDescription", event.description}}};
    Object metadata;
    for (const auto& [name, value] : event.metadata) metadata[name] = value;
    if (!metadata.empty()) detail["eventMetadata"] = std::move(metadata);
    Array entities;
    std::vector<std::string> resources;
    for (std::size_t n = page * entities_per_page; n < std::min(event.entities.size(), (page + 1) * entities_per_page); ++n) {
      const HealthEntity& entity = event.entities[n];
      entities.emplace_back(
          Object{{"entityValue", entity.value}, {"status", to_text(entity.status)}, {"lastUpdatedTime", to_http_date(entity.updated_at)}});
      resources.push_back(entity.value);
    }
    detail["affectedEntities"] = std::move(entities);
    detail["affectedAccount"] = event.scope.account;
    detail["page"] = std::to_string(page + 1);
    detail["totalPages"] = std::to_string(pages);
    detail["backupEvent"] = "false";
    detail["actionability"] = event.actionability;
    Array personas;
    for (const std::string& persona : event.personas) personas.emplace_back(persona);
    detail["personas"] = std::move(personas);
    out.push_back({.scope = event.scope,
                   .event_time = event.updated_at,
                   .source = "aws.health",
                   .type = "AWS Health Event",
                   .subject_arn = event.arn,
                   .resources = std::move(resources),
                   .detail = std::move(detail)});
  }
  return out;
}

Object to_document(const HealthEvent& event) {
  Array entities, personas;
  for (const HealthEntity& entity : event.entities)
    entities.emplace_back(Object{{"value", entity.value}, {"status", to_text(entity.status)}, {"updated_ns", to_ns(entity.updated_at)}});
  for (const std::string& persona : event.personas) personas.emplace_back(persona);
  Object metadata;
  for (const auto& [name, value] : event.metadata) metadata[name] = value;
  Object out{{"account", event.scope.account},
             {"region", event.scope.region},
             {"key", event.key},
             {"arn", event.arn},
             {"service", event.service},
             {"type_code", event.type_code},
             {"category", to_text(event.category)},
             {"starts_ns", to_ns(event.starts_at)},
             {"updated_ns", to_ns(event.updated_at)},
             {"description", event.description},
             {"actionability", event.actionability},
             {"personas", std::move(personas)},
             {"metadata", std::move(metadata)},
             {"entities", std::move(entities)}};
  if (event.ends_at) out["ends_ns"] = to_ns(*event.ends_at);
  return out;
}

HealthEvent health_event_from(const Document& document) {
  HealthEvent event{.scope = {text_or(document, "account"), text_or(document, "region")},
                    .key = text_or(document, "key"),
                    .arn = text_or(document, "arn"),
                    .service = text_or(document, "service"),
                    .type_code = text_or(document, "type_code"),
                    .category = parse_health_category(text_or(document, "category")).value_or(HealthCategory::issue),
                    .starts_at = instant_from_ns(integer_or(document, "starts_ns", 0)),
                    .updated_at = instant_from_ns(integer_or(document, "updated_ns", 0)),
                    .description = text_or(document, "description"),
                    .actionability = text_or(document, "actionability")};
  if (const auto ends = integer_at(document, "ends_ns")) event.ends_at = instant_from_ns(*ends);
  event.personas.clear();
  for (const Document& persona : array_at(document, "personas")) event.personas.emplace_back(persona.as_string());
  for (const auto& [name, value] : object_at(document, "metadata")) event.metadata.emplace(name, value.as_string());
  for (const Document& entity : array_at(document, "entities"))
    event.entities.push_back({text_or(entity, "value"), parse_entity_status(text_or(entity, "status")).value_or(EntityStatus::unknown),
                              instant_from_ns(integer_or(entity, "updated_ns", 0))});
  return event;
}

}  // namespace tocsin::detect
