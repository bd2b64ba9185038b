// Events of the Health service: what is wrong, planned or to be known with something that one depends on.
// https://docs.aws.amazon.com/health/latest/APIReference/API_Event.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/document.h"
#include "base/result.h"
#include "model/event_envelope.h"

namespace tocsin::detect {

enum class HealthCategory { issue, account_notification, scheduled_change, investigation };
enum class HealthStatus { open, closed, upcoming };
enum class EntityStatus { impaired, unimpaired, unknown, pending, resolved };

std::string_view to_text(HealthCategory category);
std::string_view to_text(HealthStatus status);
std::string_view to_text(EntityStatus status);
std::optional<HealthCategory> parse_health_category(std::string_view text);
std::optional<EntityStatus> parse_entity_status(std::string_view text);

struct HealthEntity {
  std::string value;  ///< an ARN, a host, an address
  EntityStatus status = EntityStatus::unknown;
  Instant updated_at{};
};

struct HealthEvent {
  Scope scope;
  std::string key;  ///< who made it and what for: "probes/shop"; one open event a key
  std::string arn;
  std::string service;  ///< upper case
  std::string type_code;
  HealthCategory category = HealthCategory::issue;
  Instant starts_at{};
  std::optional<Instant> ends_at;
  Instant updated_at{};
  std::string description;
  std::string actionability = "ACTION_MAY_BE_REQUIRED";
  std::vector<std::string> personas = {"OPERATIONS"};
  std::map<std::string, std::string> metadata;
  std::vector<HealthEntity> entities;

  HealthStatus status(Instant now) const;
  /// Deterministic: of the event's ARN and the entity.
  std::string entity_arn(const HealthEntity& entity) const;
};

/// Letters, digits and underscores in upper case: of "shop-web" SHOP_WEB.
std::string to_service_name(std::string_view text);
/// AWS_SERVICE_OPERATIONAL_ISSUE and its like, for an event that names no type.
std::string usual_type_code(const std::string& service, HealthCategory category);

/// What an operator writes into the parameter /tocsin/health/NAME: {"service", "description" (wanted), "eventTypeCode", "category",
/// "startTime", "endTime", "entities": [value, …] or [{"value", "status"}, …], "metadata": {…}, "actionability", "personas"}. `invalid`
/// says what is wrong.
Result<HealthEvent> read_declared(const Document& document, Instant now);

/// The event on the bus: one, or several pages when there are too many entities for one.
std::vector<EventEnvelope> to_bus_events(const HealthEvent& event, Instant now);

/// As JSON for the table.
Object to_document(const HealthEvent& event);
HealthEvent health_event_from(const Document& document);

}  // namespace tocsin::detect
