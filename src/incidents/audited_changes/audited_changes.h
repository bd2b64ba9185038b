// Changes from the audit trail as evidence of an incident.
#pragma once

#include "incidents/partners.h"
#include "storage/state_executor.h"
#include "telemetry/audit/audit_trail.h"

namespace tocsin::incidents {

/// Both must outlive it. `gather` may be called from any thread, outside a unit.
class AuditedChanges final : public EvidenceSource {
 public:
  AuditedChanges(storage::StateExecutor& state, telemetry::AuditTrail& trail) : state_(state), trail_(trail) {}
  std::string name() const override { return "changes"; }
  /// The newest changes first, at most twenty-five; those of the incident's own resources before all others.
  void gather(const Request& request, Done done) override;

 private:
  storage::StateExecutor& state_;
  telemetry::AuditTrail& trail_;
};

/// One change in words; `trigger_time` gives the distance.
Evidence evidence_of(const telemetry::AuditRecord& change, Instant trigger_time);

}  // namespace tocsin::incidents
