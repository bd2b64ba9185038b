#include "communicate/oncall/page_facts.h"

#include <fmt/format.h>

#include "base/text_time.h"
#include "incidents/alarm_facts.h"

namespace tocsin::oncall {
namespace {

constexpr std::size_t findings_max = 6;

std::string newest_change(const std::vector<incidents::Evidence>& evidence) {
  const incidents::Evidence* newest = nullptr;
  for (const auto& each : evidence)
    if (each.kind == "change" && (!newest || each.happened > newest->happened)) newest = &each;
  if (!newest) return "none found in the hour before";
  const std::string at = newest->happened ? to_rfc3339(*newest->happened) : "";
  return at.empty() || newest->summary.find(at) != std::string::npos ? newest->summary : fmt::format("{} ({})", newest->summary, at);
}

std::string runbook_words(const std::vector<incidents::RelatedItem>& related) {
  for (const auto& item : related)
    if (item.type == "AUTOMATION")
      return fmt::format("{} is running: {}", item.title.empty() ? "An automation" : item.title, text_or(item.value, "arn"));
  return {};
}

}  // namespace

std::string impact_in_words(int impact) {
  switch (impact) {
    case 1:
      return "Critical: the application fails for most customers";
    case 2:
      return "High: a part fails for many customers";
    case 3:
      return "Medium: the service is reduced for customers";
    case 4:
      return "Low: customers may not notice yet";
    default:
      return "None yet: act before customers notice";
  }
}

PageFacts page_facts(const incidents::Incident& i, const std::vector<incidents::Evidence>& evidence,
                     const std::vector<incidents::RelatedItem>& related) {
  PageFacts out;
  out.severity = incidents::severity_word(i.impact);
  out.what = i.title;
  out.summary = i.summary;
  out.impact = impact_in_words(i.impact);
  out.component = i.setting("tocsin:component");
  out.since = i.detected;
  if (const auto facts = incidents::alarm_facts(i.trigger_raw)) {
    out.value = incidents::value_in_words(*facts);
    out.why_alarm = facts->reason;
    if (facts->first_bad) out.since = facts->first_bad;
  }
  out.last_change = newest_change(evidence);
  for (const auto& each : evidence)
    if (out.findings.size() < findings_max) out.findings.push_back(each.title + ": " + each.summary);
  out.runbook = runbook_words(related);
  out.evidence_command = "aws ssm-incidents list-timeline-events --incident-record-arn " + i.arn;
  return out;
}

}  // namespace tocsin::oncall
