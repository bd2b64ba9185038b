// The values of an incident: the record that is carried through all five stages.
// https://docs.aws.amazon.com/incident-manager/latest/APIReference/API_IncidentRecord.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/document.h"
#include "incidents/customer_state.h"
#include "model/scope.h"

namespace tocsin::incidents {

enum class IncidentStatus { open, resolved };
/// OPEN, RESOLVED.
std::string_view to_text(IncidentStatus status);

using Tags = std::map<std::string, std::string>;

/// What asks for an incident: an alarm's action, a rule's target, a person.
struct Trigger {
  std::string source;                  ///< "aws.cloudwatch", "aws.events", "aws.ssm-incidents" (a person)
  std::string arn;                     ///< the alarm, the rule; may be empty
  std::string raw_data;                ///< the event as JSON text, ≤ 10,000 characters; longer is cut
  std::string title;                   ///< instead of the plan's; may be empty
  std::vector<std::string> resources;  ///< involved ones, ARNs
  std::optional<Instant> at;           ///< when it was detected; now when absent
  std::string created_by;              ///< principal or service
  std::string invoked_by;              ///< the service that acted for it; may be empty
  std::optional<int> impact;           ///< instead of the plan's
  std::string dedupe;                  ///< instead of the plan's; may be empty
  Array related_items;                 ///< as StartIncident takes them
};

struct Incident {
  Scope scope;
  std::string arn;  ///< arn:aws:ssm-incidents::ACCOUNT:incident-record/PLAN/UUID
  std::string id;   ///< the UUID
  std::string plan_arn;
  std::string plan_name;
  std::string title;
  std::string summary;
  int impact = 3;  ///< 1 critical … 5 no impact
  IncidentStatus status = IncidentStatus::open;
  CustomerState state = CustomerState::investigating;
  std::string dedupe;
  Instant created;   ///< when the incident was opened
  Instant detected;  ///< when the trigger says that it began to be known
  std::optional<Instant> resolved;
  Instant modified;
  std::string created_by, modified_by, invoked_by;
  std::string source;  ///< of the trigger
  std::string trigger_arn;
  std::string trigger_raw;  ///< JSON text
  std::vector<std::string> resources;
  Document chat_channel;  ///< as the plan has it; null when none
  Array notification_targets;
  std::vector<std::string> executions;   ///< automation executions, ARNs
  std::vector<std::string> engagements;  ///< ARNs
  Tags settings;         ///< the plan's tags, overlaid by the template's incidentTags: how the other stages are told what to do with it
  int joined_count = 0;  ///< duplicates that joined
  std::string opened_event_id, correlation_id;
  std::vector<std::pair<CustomerState, Instant>> states;  ///< each entered, oldest first

  std::string setting(const std::string& key, std::string_view otherwise = {}) const;
  std::optional<Instant> entered(CustomerState wanted) const;  ///< the first time
};

/// "SEV2" of impact 2.
std::string severity_word(int impact);

Document to_document(const Incident& incident);
Incident incident_from(const Document& document);

enum class Origin { system, custom };

struct TimelineEvent {
  std::string id;
  Instant event_time;     ///< when it happened
  Instant recorded_time;  ///< when we learned it
  Instant updated_time;
  std::string type;
  std::string data;  ///< what people wrote; of a system event JSON text: {summary, evidence {eventId, arn, url, command}}
  Array references;  ///< as the API has them: {resource} or {relatedItemId}
  Origin origin = Origin::system;
  std::string event_id;  ///< the journal's event, the evidence; may be empty

  std::string summary() const;  ///< one line for people
  /// Of a system event: the type of the journal's event behind it ("Page Sent"); may be empty.
  std::string kind() const;
  /// Of a system event: the `aws` command that shows its evidence; may be empty.
  std::string command() const;
};

struct RelatedItem {
  std::string id;    ///< related-item/TYPE/32 hex digits, upper case
  std::string type;  ///< ANALYSIS INCIDENT METRIC PARENT ATTACHMENT OTHER AUTOMATION INVOLVED_RESOURCE TASK
  Document value;    ///< {arn} | {url} | {metricDefinition} | {pagerDutyIncidentDetail}
  std::string title;
};

/// What was gathered, kept with the question that found it.
struct Evidence {
  std::string id;
  std::string kind;     ///< "logs", "service_change", "change", "host", "metric" …
  std::string title;    ///< "Error logs of payment"
  std::string summary;  ///< one sentence, with its numbers
  Document query;       ///< {service, operation, parameters}, or {command}: how to see it again
  Document result;
  std::string resource;             ///< what it is about: ARN or name; may be empty
  std::optional<Instant> happened;  ///< of a change: when
  Instant gathered;
};

inline constexpr std::size_t related_items_max = 100;
inline constexpr std::size_t event_data_length_max = 12000;
inline constexpr std::size_t raw_data_length_max = 10000;

}  // namespace tocsin::incidents
