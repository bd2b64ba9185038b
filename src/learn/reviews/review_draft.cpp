#include <fmt/format.h>

#include "base/text_time.h"
#include "incidents/alarm_facts.h"
#include "incidents/event_names.h"
#include "incidents/evidence_command.h"
#include "learn/reviews/review.h"

namespace tocsin::reviews {
namespace {

using incidents::TimelineEvent;
using namespace std::chrono_literals;

constexpr Duration detection_slow = 5min;
constexpr Duration acknowledgement_fast = 5min;

Pointer pointer_of(const TimelineEvent& event) {
  return {event.event_id, event.command(), event.event_id.empty() ? "timeline entry " + event.id : ""};
}
Pointer pointer_of(const incidents::Evidence& evidence) {
  return {"", incidents::evidence_command(evidence.query), "evidence " + evidence.id};
}

std::vector<Line> lines_of(const ReviewInput& input) {
  std::vector<Line> out;
  for (const TimelineEvent& event : input.timeline) out.push_back({event.event_time, event.type, event.summary(), pointer_of(event)});
  return out;
}

std::string impact_of(const incidents::Incident& i) {
  std::string out = fmt::format("{} (impact {}).", incidents::severity_word(i.impact), i.impact);
  if (const auto component = i.setting("tocsin:component"); !component.empty())
    out += " Affected, as customers know it: " + component + '.';
  if (const auto facts = incidents::alarm_facts(i.trigger_raw); facts && facts->value)
    out +=
        fmt::format(" The alarm saw {} at {}.", facts->metric.empty() ? "its measure" : facts->metric, incidents::value_in_words(*facts));
  return out;
}

std::string detection_of(const incidents::Incident& i) {
  const auto facts = incidents::alarm_facts(i.trigger_raw);
  if (facts) return fmt::format("Alarm {} detected it: {}", facts->name, facts->reason);
  return fmt::format("It was opened by {} from {}.", i.created_by, i.source);
}

std::string mitigation_of(const ReviewInput& input) {
  std::string steps;
  for (const TimelineEvent& event : input.timeline)
    if (event.type == "SSM Automation Step" && event.summary().ends_with("Success")) steps += "\n- " + event.summary();
  const auto at = input.incident.entered(incidents::CustomerState::monitoring);
  std::string out = at ? "The measure was normal again at " + to_rfc3339(*at) + '.' : "No moment of mitigation was recorded.";
  return steps.empty() ? out : out + " Steps that the runbook did:" + steps;
}

std::string factor_words(const incidents::Evidence& e) {
  if (e.kind == "change")
    return fmt::format("A change came before it: {}. What made it sensible at the time, and what let it reach customers?", e.summary);
  if (e.kind == "logs") return fmt::format("{}: {}. What do these errors depend on?", e.title, e.summary);
  if (e.kind == "service_change" || e.kind == "service_changes")
    return fmt::format("{}: {}. How did the effect spread along the calls?", e.title, e.summary);
  return fmt::format("{}: {}", e.title, e.summary);
}

std::vector<Statement> factors_of(const ReviewInput& input) {
  std::vector<Statement> out;
  for (const auto& each : input.evidence) out.push_back({factor_words(each), pointer_of(each)});
  return out;
}

const TimelineEvent* first_of(const ReviewInput& input, std::string_view kind) {
  for (const TimelineEvent& event : input.timeline)
    if (event.kind() == kind) return &event;
  return nullptr;
}

int count_of(const ReviewInput& input, std::string_view kind) {
  int out = 0;
  for (const TimelineEvent& event : input.timeline) out += event.kind() == kind;
  return out;
}

void judge_detection(Review& review, const ReviewMetric& detect) {
  if (!detect.length) return;
  const std::string words = fmt::format("Detected {} after the first bad datapoint", to_words(*detect.length));
  if (*detect.length <= detection_slow)
    review.went_well.push_back({words + '.', detect.to_evidence});
  else
    review.went_wrong.push_back({words + ". What would have shown it earlier to us, before customers saw it?", detect.to_evidence});
}

void judge_paging(Review& review, const ReviewInput& input, const ReviewMetric& acknowledge) {
  if (acknowledge.length && *acknowledge.length <= acknowledgement_fast)
    review.went_well.push_back(
        {fmt::format("Somebody had it {} after the first page.", to_words(*acknowledge.length)), acknowledge.to_evidence});
  if (acknowledge.length && *acknowledge.length > acknowledgement_fast)
    review.went_wrong.push_back({fmt::format("{} passed from the first page to an answer. How did the page look, and where did it land?",
                                             to_words(*acknowledge.length)),
                                 acknowledge.to_evidence});
  if (const auto* failed = first_of(input, incidents::page_failed))
    review.went_wrong.push_back({"A page did not arrive: " + failed->summary() + '.', pointer_of(*failed)});
  if (const auto* nobody = first_of(input, incidents::engagement_exhausted))
    review.went_wrong.push_back({nobody->summary() + '.', pointer_of(*nobody)});
}

void judge_rest(Review& review, const ReviewInput& input) {
  if (const auto* overdue = first_of(input, incidents::update_overdue))
    review.went_wrong.push_back(
        {fmt::format("{} promised update(s) to customers came late.", count_of(input, incidents::update_overdue)), pointer_of(*overdue)});
  else if (const auto* told = first_of(input, incidents::update_posted))
    review.went_well.push_back({"Customers were told at every state, each time before the promised moment.", pointer_of(*told)});
  for (const TimelineEvent& event : input.timeline)
    if (event.type == "SSM Automation Step" && (event.summary().ends_with("Failed") || event.summary().ends_with("TimedOut")))
      review.went_wrong.push_back({"A step of the runbook did not do its work: " + event.summary() + '.', pointer_of(event)});
  for (const auto& each : input.evidence)
    if (each.kind == "change" && input.incident.entered(incidents::CustomerState::monitoring)) {
      review.lucky.push_back({"The newest change could be found and taken back. What if it could not have been?", pointer_of(each)});
      break;
    }
  if (input.incident.joined_count > 0)
    review.lucky.push_back(
        {fmt::format("{} further trigger(s) joined the same incident; nobody was paged for them.", input.incident.joined_count),
         {input.incident.opened_event_id, "", ""}});
}

}  // namespace

Review draft_review(const ReviewInput& input) {
  Review out{.incident = input.incident};
  out.impact = impact_of(input.incident);
  out.detection = detection_of(input.incident);
  out.mitigation = mitigation_of(input);
  out.metrics = review_metrics(input);
  out.timeline = lines_of(input);
  out.factors = factors_of(input);
  judge_detection(out, out.metrics[0]);
  judge_paging(out, input, out.metrics[2]);
  judge_rest(out, input);
  for (const Statement& wrong : out.went_wrong) out.actions.push_back({"So that it goes better next time: " + wrong.text, "", ""});
  return out;
}

}  // namespace tocsin::reviews
