// Everything that happens is an event in this envelope: a state change, a finding, a management call, a page, a step of a runbook.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/document.h"
#include "model/scope.h"

namespace tocsin {

struct EventEnvelope {
  std::string id;                      ///< UUIDv7; filled in by the journal when empty
  int schema_version = 1;
  Scope scope;
  Instant event_time;                  ///< when it happened
  Instant recorded_time;               ///< when we learned it; filled in by the journal
  std::string source;                  ///< EventBridge's `source`, such as "aws.cloudwatch" or "tocsin.oncall"
  std::string type;                    ///< EventBridge's `detail-type`, such as "CloudWatch Alarm State Change"
  std::string subject_arn;             ///< what it is about; may be empty
  std::vector<std::string> resources;  ///< EventBridge's `resources`
  Document detail;                     ///< an object
  std::string bus = "default";         ///< the EventBridge bus that carries it
  std::string causation_id;            ///< the event that led to this one; may be empty
  std::string correlation_id;          ///< the first of the chain; filled in by the journal
  std::string idempotency_key;         ///< a second event with the same key is not recorded; may be empty
  int depth = 0;                       ///< steps from the first of the chain; a chain stops at 10
  Scope origin = {};                   ///< who sent it, on a bus of another account or region; empty: `scope`

  /// The account and region that rules and targets are shown.
  const Scope& sender() const { return origin.account.empty() ? scope : origin; }
};

/// The event as EventBridge shows it to rules and targets: version, id, detail-type, source, account, time, region, resources, detail.
Document to_event_document(const EventEnvelope& event);

}  // namespace tocsin
