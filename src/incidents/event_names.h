// The words under which incidents and on-call speak on the journal. Incident Manager itself sends only CloudTrail events, so the changes of
// an incident are ours.
#pragma once

#include <string_view>

namespace tocsin::incidents {

/// detail of all: incidentRecordArn, incidentId, responsePlanArn, title, impact, status, state; what changed beside them.
inline constexpr std::string_view incident_source = "tocsin.incidents";
inline constexpr std::string_view incident_opened = "Incident Opened";
inline constexpr std::string_view incident_joined = "Incident Joined";                ///< a duplicate trigger joined the open incident
inline constexpr std::string_view incident_updated = "Incident Updated";              ///< title, summary, impact, chat
inline constexpr std::string_view incident_state_changed = "Incident State Changed";  ///< detail: state, previousState, reason
inline constexpr std::string_view incident_resolved = "Incident Resolved";
inline constexpr std::string_view incident_evidence = "Incident Evidence Gathered";  ///< detail: evidenceId, kind, title, summary
/// A runbook or a tool may say so on the journal, with detail.incidentRecordArn and detail.reason.
inline constexpr std::string_view cause_identified = "Incident Cause Identified";

/// detail of all: incidentRecordArn (may be absent), engagementArn, contactArn, contact (its name), pageArn, stage.
inline constexpr std::string_view oncall_source = "tocsin.oncall";
inline constexpr std::string_view engagement_started = "Engagement Started";
inline constexpr std::string_view engagement_stopped = "Engagement Stopped";
inline constexpr std::string_view engagement_exhausted = "Engagement Exhausted";  ///< the plan's last stage ended and nobody acknowledged
inline constexpr std::string_view page_sent = "Page Sent";                        ///< the mail is on its way
inline constexpr std::string_view page_delivered = "Page Delivered";
inline constexpr std::string_view page_failed = "Page Failed";
inline constexpr std::string_view page_failed_over = "Page Failed Over";  ///< the person's next channel is asked instead
inline constexpr std::string_view page_folded = "Page Folded";            ///< told in a digest, with others
inline constexpr std::string_view page_acknowledged = "Page Acknowledged";
inline constexpr std::string_view page_unacknowledged = "Page Unacknowledged";

/// detail: incidentRecordArn, publicId, state, body, nextUpdateAt.
inline constexpr std::string_view updates_source = "tocsin.updates";
inline constexpr std::string_view update_posted = "Status Update Posted";
inline constexpr std::string_view update_overdue = "Status Update Overdue";

/// Timeline event types that people may write through CreateTimelineEvent and that move the customer state.
inline constexpr std::string_view note_cause_identified = "Cause Identified";
inline constexpr std::string_view note_mitigated = "Mitigated";

}  // namespace tocsin::incidents
