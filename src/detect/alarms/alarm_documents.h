// What the world is told of an alarm: the event's detail, the notification, the history's data. Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
#pragma once

#include "detect/alarms/alarm_mutes.h"
#include "detect/alarms/alarm_store.h"

namespace tocsin::detect {

/// A state as it was before or is after a change.
struct StateView {
  AlarmState state;
  std::string reason;
  std::string reason_data;
  Instant since;
  SuppressedBy suppressed_by = SuppressedBy::nothing;
  std::string evaluation_state = {};
};

StateView view_of(const AlarmRecord& alarm);
/// "Actions suppressed by WaitPeriod"; "" when nothing suppresses.
std::string suppression_reason(SuppressedBy by);

Document event_detail(const AlarmRecord& alarm, const StateView& before, const StateView& after,
                      const std::optional<ActiveMute>& mute = {});
/// Of the event of one contributor.
Document contributor_event_detail(const AlarmRecord& alarm, const ContributorRecord& contributor, const std::optional<ActiveMute>& mute);
/// Of the event of a changed configuration; `operation` is create, update or delete, and `previous` is given with update.
Document configuration_event_detail(const AlarmRecord& alarm, std::string_view operation, const AlarmRecord* previous);
Document notification(const AlarmRecord& alarm, const StateView& before, const StateView& after);
/// The notification of one contributor's change. That of a PromQL alarm has no reason.
Document contributor_notification(const AlarmRecord& alarm, const ContributorRecord& contributor, AlarmState from);
std::string notification_subject(const AlarmRecord& alarm, AlarmState state);
/// HistoryData of a StateUpdate.
Document state_history(const StateView& before, const StateView& after);
/// HistoryData of a ConfigurationUpdate; `type` is Create, Update or Delete.
Document configuration_history(const AlarmRecord& alarm, std::string_view type);
Document contributor_history(const ContributorRecord& contributor, const StateView& before);
Document action_history(const std::string& action_arn, const Document& message, const Result<void>& outcome, Instant changed_at);
Document evidence_document(const std::vector<Datapoint>& range);

/// "EU (Ireland)"; an unknown region is called by its code.
std::string region_name(const std::string& region);

}  // namespace tocsin::detect
