// Makes the record of a call, as CloudTrail does.
#pragma once

#include "api/dispatch/audit_recorder/postponed_records.h"
#include "api/dispatch/gate.h"
#include "base/random.h"
#include "events/journal/journal.h"
#include "telemetry/audit/audit_trail.h"

namespace tocsin::api {

/// Threads: only on the StateExecutor, inside a unit of work. What it is given must outlive it.
class AuditRecorder final : public Recorder {
 public:
  AuditRecorder(telemetry::AuditTrail& trail, events::Journal& journal, Random& random, storage::StateExecutor& state)
      : trail_(trail), journal_(journal), random_(random), postponed_(state, trail) {}
  void record(const Call& call, const Reply& reply) override;
  bool postpone(const Call& call, const Reply& reply) override;

 private:
  std::optional<telemetry::AuditRecord> record_of(const Call& call, const Reply& reply);

  telemetry::AuditTrail& trail_;
  events::Journal& journal_;
  Random& random_;
  PostponedRecords postponed_;
};

/// The source of the journal's event is "aws." and the record's eventSource without its domain.
inline constexpr std::string_view api_call_event_type = "AWS API Call via CloudTrail";

}  // namespace tocsin::api
