#include <boost/json.hpp>

#include "base/text_time.h"
#include "learn/reviews/blameless_lint.h"
#include "learn/reviews/review.h"

namespace tocsin::reviews {
namespace {

Object pointer(const Pointer& p) {
  Object out;
  if (!p.event_id.empty()) out["eventId"] = p.event_id;
  if (!p.command.empty()) out["command"] = p.command;
  if (!p.words.empty()) out["words"] = p.words;
  return out;
}

Object metric(const ReviewMetric& m) {
  Object out{{"name", m.name}, {"key", m.key}};
  if (m.length)
    out["seconds"] = std::chrono::duration<double>(*m.length).count();
  else
    out["missing"] = m.missing;
  Object from{{"what", m.from}, {"evidence", pointer(m.from_evidence)}}, to{{"what", m.to}, {"evidence", pointer(m.to_evidence)}};
  if (m.from_at) from["at"] = to_rfc3339_ms(*m.from_at);
  if (m.to_at) to["at"] = to_rfc3339_ms(*m.to_at);
  out["from"] = std::move(from);
  out["to"] = std::move(to);
  return out;
}

Array statements(const std::vector<Statement>& list) {
  Array out;
  for (const Statement& each : list) out.push_back(Object{{"text", each.text}, {"evidence", pointer(each.evidence)}});
  return out;
}

Array timeline(const Review& review) {
  Array out;
  for (const Line& line : review.timeline)
    out.push_back(Object{{"at", to_rfc3339_ms(line.at)}, {"type", line.type}, {"text", line.text}, {"evidence", pointer(line.evidence)}});
  return out;
}

Array hints(const Review& review) {
  Array out;
  for (const Line& line : review.timeline)
    for (const LintHint& hint : blameless_lint(line.text))
      out.push_back(Object{{"at", to_rfc3339_ms(line.at)}, {"words", hint.words}, {"advice", hint.advice}});
  return out;
}

}  // namespace

Document review_json(const Review& r) {
  Array metrics, actions;
  for (const ReviewMetric& each : r.metrics) metrics.push_back(metric(each));
  for (const ActionItem& each : r.actions) actions.push_back(Object{{"action", each.action}, {"owner", each.owner}, {"due", each.due}});
  Object out{{"incidentRecordArn", r.incident.arn},
             {"title", r.incident.title},
             {"severity", incidents::severity_word(r.incident.impact)},
             {"status", incidents::to_text(r.incident.status)},
             {"openedAt", to_rfc3339_ms(r.incident.created)},
             {"summary", r.incident.summary},
             {"impact", r.impact},
             {"detection", r.detection},
             {"metrics", std::move(metrics)},
             {"timeline", timeline(r)},
             {"contributingFactors", statements(r.factors)},
             {"mitigation", r.mitigation},
             {"wentWell", statements(r.went_well)},
             {"wentWrong", statements(r.went_wrong)},
             {"lucky", statements(r.lucky)},
             {"actionItems", std::move(actions)},
             {"languageHints", hints(r)}};
  if (r.incident.resolved) out["resolvedAt"] = to_rfc3339_ms(*r.incident.resolved);
  return out;
}

}  // namespace tocsin::reviews
