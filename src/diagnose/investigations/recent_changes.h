// Evidence: what was changed in the hour before, as the audit trail recorded it, the likeliest cause first.
#pragma once

#include <map>
#include <vector>

#include "incidents/incidents.h"
#include "storage/state_executor.h"
#include "telemetry/audit/audit_trail.h"

namespace tocsin::diagnose {

/// The title of the related item that names what the likeliest change changed.
inline constexpr std::string_view recent_change_title = "Recent change";
/// Sessions of roles that runbooks run under are named so: what a runbook changes is a repair, not a cause.
inline constexpr std::string_view runbook_session_prefix = "Automation-";

/// How likely a change is to have broken something: overwriting a setting above making something new; what only watches (alarms, rules, incidents, pages) or repairs
/// (a runbook) not at all. Pure.
enum class ChangeWeight { none, creation, change, setting };
ChangeWeight weigh(const telemetry::AuditRecord& record);

/// Those with any weight, heaviest first, then newest first. Pure.
std::vector<telemetry::AuditRecord> rank_changes(std::vector<telemetry::AuditRecord> records);

/// Threads: as EvidenceSource; on the StateExecutor.
class RecentChanges final : public incidents::EvidenceSource {
 public:
  RecentChanges(storage::StateExecutor& state, telemetry::AuditTrail& trail, incidents::Incidents& incidents) : state_(state), trail_(trail), incidents_(incidents) {}
  std::string name() const override { return "changes"; }
  void gather(const Request& request, Done done) override;

 private:
  /// What is known of a scope: everything of weight between two moments. Many incidents that open at once ask for nearly the same hour.
  struct Known {
    Instant from, to;
    std::vector<telemetry::AuditRecord> records;
  };
  std::vector<incidents::Evidence> look(const Request& request);
  std::vector<telemetry::AuditRecord> ranked(const Request& request);

  storage::StateExecutor& state_;
  telemetry::AuditTrail& trail_;
  incidents::Incidents& incidents_;
  std::map<Scope, Known> known_;
};

}  // namespace tocsin::diagnose
