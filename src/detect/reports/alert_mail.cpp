#include "detect/reports/alert_mail.h"

#include <algorithm>

#include "base/letters.h"

namespace tocsin::detect {
namespace {

constexpr std::size_t text_bytes_max = 10'000;
constexpr std::string_view over_words[] = {"resolved", "recovery", "recovered", "ok", "up", "closed", "cleared", "normal", "fixed"};
constexpr std::string_view other_words[] = {"re",        "fwd",      "alert", "alerting", "alarm", "problem", "firing", "fire", "down",
                                            "triggered", "critical", "crit",  "warning",  "warn",  "error",   "info",   "page", "new"};

/// The next word of the subject with what surrounds it: brackets, colons, counts such as in [FIRING:1].
std::string_view first_token(std::string_view text) {
  if (text.starts_with('[')) return text.substr(0, text.find(']') == std::string_view::npos ? text.size() : text.find(']') + 1);
  return text.substr(0, text.find(' '));
}

std::string bare(std::string_view token) {
  std::string out;
  for (const char c : lower_case(token))
    if (c >= 'a' && c <= 'z') out += c;
  return out;
}

}  // namespace

std::optional<ReportedAlert> read_alert_mail(const std::string& from, const std::string& subject, const std::string& text) {
  ReportedAlert alert{.source = "mail", .summary = subject, .description = text.substr(0, text_bytes_max)};
  std::string_view rest = subject;
  while (!rest.empty()) {
    while (rest.starts_with(' ') || rest.starts_with('-') || rest.starts_with('*')) rest.remove_prefix(1);
    const std::string_view token = first_token(rest);
    const std::string word = bare(token);
    const bool marked =
        token.starts_with('[') || token.ends_with(':') || std::ranges::none_of(token, [](char c) { return c >= 'a' && c <= 'z'; });
    if (token.empty() || !marked) break;
    const bool over = std::ranges::find(over_words, std::string_view(word)) != std::end(over_words);
    if (!over && std::ranges::find(other_words, std::string_view(word)) == std::end(other_words)) break;
    if (over) alert.firing = false;
    if (word == "critical" || word == "crit" || word == "warning" || word == "warn")
      alert.severity = word.starts_with("crit") ? "critical" : "warning";
    rest.remove_prefix(token.size());
  }
  alert.name = std::string(rest.substr(0, 500));
  alert.key = lower_case(alert.name);
  if (alert.key.empty()) return std::nullopt;
  alert.labels = {{"from", from.substr(0, 500)}};
  return alert;
}

}  // namespace tocsin::detect
