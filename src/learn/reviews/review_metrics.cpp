#include "base/text_time.h"
#include "incidents/alarm_facts.h"
#include "incidents/event_names.h"
#include "learn/reviews/review.h"

namespace tocsin::reviews {
namespace {

using incidents::TimelineEvent;

struct Moment {
  std::string name;
  std::optional<Instant> at;
  Pointer evidence;
};

Pointer pointer_of(const TimelineEvent& event) { return {event.event_id, event.command(), ""}; }

template <typename Wanted>
Moment first_where(const ReviewInput& input, std::string name, Wanted wanted) {
  for (const TimelineEvent& event : input.timeline)
    if (wanted(event)) return {std::move(name), event.event_time, pointer_of(event)};
  return {std::move(name), std::nullopt, {}};
}

Moment first_of_kind(const ReviewInput& input, std::string name, std::string_view kind) {
  return first_where(input, std::move(name), [&](const TimelineEvent& event) { return event.kind() == kind; });
}

bool is_transition(const TimelineEvent& event, std::string_view to) {
  return event.kind() == "CloudWatch Alarm State Change" && event.summary().find(" to " + std::string(to) + ". ") != std::string::npos;
}

Moment alarm_moment(const ReviewInput& input) {
  Moment out = first_where(input, "the alarm", [](const TimelineEvent& event) { return is_transition(event, "ALARM"); });
  const auto facts = incidents::alarm_facts(input.incident.trigger_raw);
  if (!out.at && facts && facts->changed) out = {"the alarm", facts->changed, {input.incident.opened_event_id, "", facts->reason}};
  return out;
}

Moment first_bad(const ReviewInput& input) {
  const auto facts = incidents::alarm_facts(input.incident.trigger_raw);
  if (facts && facts->first_bad)
    return {"the first bad datapoint", facts->first_bad, {alarm_moment(input).evidence.event_id, "", facts->first_bad_text}};
  return {"the first bad datapoint", std::nullopt, {}};
}

// without an alarm's datapoints the trouble is known from the moment at which somebody told of it
Moment beginning(const ReviewInput& input) {
  const Moment bad = first_bad(input);
  if (bad.at) return bad;
  return {"the detection", input.incident.detected, {input.incident.opened_event_id, "", ""}};
}

Moment opened(const ReviewInput& input) {
  return {"the incident was opened",
          input.incident.created,
          {input.incident.opened_event_id, "aws ssm-incidents get-incident-record --arn " + input.incident.arn, ""}};
}

Moment mitigated(const ReviewInput& input) {
  const auto at = input.incident.entered(incidents::CustomerState::monitoring);
  if (!at) return {"mitigation", std::nullopt, {}};
  Moment out{"mitigation", at, {}};
  for (const TimelineEvent& event : input.timeline) {
    const bool says_so = is_transition(event, "OK") || event.summary().find(" to monitoring") != std::string::npos ||
                         event.type == incidents::note_mitigated;
    if (says_so && event.event_time <= *at && (out.evidence.event_id.empty() || is_transition(event, "OK")))
      out.evidence = pointer_of(event);
  }
  return out;
}

Moment resolved(const ReviewInput& input) {
  Moment out{"resolution", input.incident.resolved, {}};
  for (const TimelineEvent& event : input.timeline)
    if (event.summary().find(" to resolved") != std::string::npos) out.evidence = pointer_of(event);
  return out;
}

ReviewMetric span(std::string name, std::string key, const Moment& from, const Moment& to) {
  ReviewMetric out{std::move(name), std::move(key), std::nullopt, from.name, to.name, from.at, to.at, from.evidence, to.evidence, ""};
  if (!from.at)
    out.missing = from.name + " is not known";
  else if (!to.at)
    out.missing = to.name + " was not recorded";
  else
    out.length = std::max(Duration{0}, *to.at - *from.at);
  return out;
}

}  // namespace

std::vector<ReviewMetric> review_metrics(const ReviewInput& input) {
  const Moment alarm = alarm_moment(input), start = beginning(input);
  const Moment paged = first_of_kind(input, "the first page", incidents::page_sent);
  const Moment acknowledged = first_of_kind(input, "the acknowledgement", incidents::page_acknowledged);
  return {span("Time to detect", "timeToDetect", first_bad(input), alarm), span("Time to engage", "timeToEngage", opened(input), paged),
          span("Time to acknowledge", "timeToAcknowledge", paged, acknowledged),
          span("Time to mitigate", "timeToMitigate", start, mitigated(input)),
          span("Time to resolve", "timeToResolve", start, resolved(input))};
}

}  // namespace tocsin::reviews
