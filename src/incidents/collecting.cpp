// How an incident collects what happens: the consumer of the journal.
#include <boost/json.hpp>

#include "base/ids.h"
#include "incidents/event_reading.h"
#include "incidents/incidents.h"

namespace tocsin::incidents {

Result<void> Incidents::on_event(const EventEnvelope& event) {
  const auto reading = read_event(event);
  if (!reading) return {};
  for (const Incident& incident : store_.open_linked(event.scope, reading->links)) {
    if (auto done = attach_and_signal(incident, event); !done) return done;
  }
  return {};
}

void Incidents::attach(const Incident& i, const EventEnvelope& event) {
  const auto reading = read_event(event);
  if (!reading) return;
  Object evidence{{"eventId", event.id}};
  if (!reading->command.empty()) evidence["command"] = reading->command;
  if (!event.subject_arn.empty()) evidence["arn"] = event.subject_arn;
  TimelineEvent entry{
      .id = make_uuid_v4(random_), .event_time = event.event_time, .recorded_time = state_.now(), .updated_time = state_.now()};
  entry.type = reading->type;
  entry.data = to_json(Object{{"summary", reading->summary.substr(0, 4000)}, {"kind", event.type}, {"evidence", std::move(evidence)}});
  for (const std::string& arn : event.resources) entry.references.push_back(Object{{"resource", arn}});
  entry.event_id = event.id;
  store_.add_event(i, entry);
}

Result<void> Incidents::attach_and_signal(const Incident& i, const EventEnvelope& event) {
  attach(i, event);
  const auto reading = read_event(event);
  if (!reading->alarm_arn.empty()) {
    store_.link(i, reading->alarm_arn);
    store_.set_link_state(i, reading->alarm_arn, reading->alarm_state);
  }
  // a command that a step of ours sent is ours too
  if (const auto command = text_at(object_at(event.detail, "Outputs"), "CommandId")) store_.link(i, *command);
  if (const auto command = text_at(event.detail, "CommandId")) store_.link(i, *command);
  if (!reading->signal) return {};
  // one alarm that is well again says nothing while another one rings
  if (reading->signal == CustomerSignal::mitigated && store_.any_link_in(i, "ALARM")) return {};
  return signal(i.scope, i.arn, *reading->signal, reading->summary, event.id);
}

}  // namespace tocsin::incidents
