#include <fmt/format.h>

#include "base/text_time.h"
#include "learn/reviews/blameless_lint.h"
#include "learn/reviews/review.h"

namespace tocsin::reviews {
namespace {

// one cell of a table: no line ends, no bars
std::string cell(std::string text) {
  std::string out;
  for (const char c : text) {
    if (c == '|')
      out += "\\|";
    else
      out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return out;
}

std::string evidence_words(const Pointer& pointer) {
  std::string out;
  const auto add = [&](const std::string& part) { out += (out.empty() ? "" : " · ") + part; };
  if (!pointer.words.empty()) add(pointer.words);
  if (!pointer.event_id.empty()) add("event `" + pointer.event_id + '`');
  if (!pointer.command.empty()) add('`' + pointer.command + '`');
  return cell(out);
}

std::string statements(const std::vector<Statement>& list, std::string_view prompt) {
  std::string out;
  for (const Statement& each : list) out += fmt::format("- {} ({})\n", cell(each.text), evidence_words(each.evidence));
  return out + fmt::format("- _{}_\n", prompt);
}

std::string metrics_table(const Review& review) {
  std::string out = "| Metric | Time | From | To |\n|---|---|---|---|\n";
  for (const ReviewMetric& m : review.metrics) {
    const auto moment = [](const std::string& name, const std::optional<Instant>& at, const Pointer& evidence) {
      return at ? fmt::format("{} {}: {}", name, to_rfc3339(*at), evidence_words(evidence)) : name + ": –";
    };
    out += fmt::format("| {} | {} | {} | {} |\n", m.name, m.length ? to_words(*m.length) : m.missing,
                       moment(m.from, m.from_at, m.from_evidence), moment(m.to, m.to_at, m.to_evidence));
  }
  return out;
}

std::string timeline_table(const Review& review) {
  std::string out = "| Time (UTC) | What happened | Evidence |\n|---|---|---|\n";
  for (const Line& line : review.timeline)
    out += fmt::format("| {} | {}: {} | {} |\n", to_rfc3339_ms(line.at), cell(line.type), cell(line.text), evidence_words(line.evidence));
  return out;
}

std::string actions_table(const Review& review) {
  std::string out = "| Action (specific, bounded) | Owner | Due |\n|---|---|---|\n";
  for (const ActionItem& item : review.actions) out += fmt::format("| {} | {} | {} |\n", cell(item.action), item.owner, item.due);
  return out + "| | | |\n";
}

std::string language_hints(const Review& review) {
  std::string out;
  for (const Line& line : review.timeline)
    for (const LintHint& hint : blameless_lint(line.text))
      out += fmt::format("- {}, \"{}\": {}\n", to_rfc3339(line.at), hint.words, hint.advice);
  return out.empty() ? out : "\n## Hints on language\n\n" + out;
}

}  // namespace

std::string review_markdown(const Review& r) {
  const auto& i = r.incident;
  std::string out =
      fmt::format("# Review: {}\n\nDraft, made from what the incident collected. Incident `{}`, plan {}, {} to {}.\n", i.title, i.arn,
                  i.plan_name, to_rfc3339(i.created), i.resolved ? to_rfc3339(*i.resolved) : "now (still open)");
  out += fmt::format("\n## Summary\n\n{}\n\n## Impact\n\n{}\n\n## Detection\n\n{}\n",
                     i.summary.empty() ? "_In two sentences: what customers saw, and what ended it._" : i.summary, r.impact, r.detection);
  out += "\n## Metrics\n\n" + metrics_table(r);
  out += "\n## Timeline\n\n" + timeline_table(r);
  out += "\n## Contributing factors\n\n" + statements(r.factors, "Which other conditions had to hold? There is seldom one alone.");
  out += "\n## Mitigation\n\n" + r.mitigation + '\n';
  out += "\n## What went well\n\n" + statements(r.went_well, "What helped, that we want to keep?");
  out += "\n## What went wrong\n\n" + statements(r.went_wrong, "What made it harder than it had to be?");
  out += "\n## Where we were lucky\n\n" + statements(r.lucky, "What happened to be so, and might not be next time?");
  out += "\n## Action items\n\n" + actions_table(r);
  return out + language_hints(r);
}

}  // namespace tocsin::reviews
