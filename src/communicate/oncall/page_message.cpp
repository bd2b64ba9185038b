#include "communicate/oncall/page_message.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/encoding.h"
#include "base/text_time.h"

namespace tocsin::oncall {
namespace {

using Line = std::pair<std::string, std::string>;

// a subject is one line whatever a title holds
std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  return text;
}

std::vector<Line> lines_of(const PageFacts& f, const PageAddress& a) {
  std::vector<Line> out;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) out.emplace_back(name, value);
  };
  add("Flapping", a.flapping.starts_with("Flapping: ") ? a.flapping.substr(10) : a.flapping);
  add("What", f.what);
  add("Summary", one_line(f.summary));
  add("Value", f.value);
  if (f.since) add("Since", clock_words(*f.since) + " (" + to_rfc3339(*f.since) + ")");
  add("Impact", f.component.empty() ? f.impact : f.impact + " · " + f.component);
  add("Alarm", f.why_alarm);
  add("Why you", a.why_you);
  add("Last change", f.last_change);
  for (const std::string& finding : f.findings) add("Found", finding);
  add("Runbook", f.runbook);
  add("Evidence", f.evidence_command);
  add("Next", a.next);
  return out;
}

std::string text_body(const PageFacts& f, const PageAddress& a) {
  std::string out;
  for (const auto& [name, value] : lines_of(f, a)) out += fmt::format("{:<12} {}\n", name + ':', value);
  if (!f.content.empty()) out += '\n' + f.content + '\n';
  return out;
}

std::string html_rows(const PageFacts& f, const PageAddress& a) {
  std::string out;
  for (const auto& [name, value] : lines_of(f, a))
    out += fmt::format(
        "<tr><th align=\"left\" valign=\"top\" style=\"padding:4px 12px 4px 0;color:#555\">{}</th><td style=\"padding:4px "
        "0\">{}</td></tr>\n",
        escape_html(name), escape_html(value));
  return out;
}

std::string html_body(const PageFacts& f, const PageAddress& a) {
  const std::string url = escape_html(a.ack_url);
  std::string out =
      "<!doctype html><html lang=\"en\"><body style=\"font:16px/1.45 system-ui,sans-serif;max-width:40em;margin:0 auto;padding:12px\">\n";
  out += fmt::format("<h1 style=\"font-size:20px;margin:0 0 12px\">{}{}</h1>\n", f.severity.empty() ? "" : escape_html(f.severity) + " ",
                     escape_html(f.what));
  out += fmt::format(
      "<p><a href=\"{}\" style=\"display:inline-block;background:#0b5cad;color:#fff;padding:12px "
      "20px;border-radius:6px;text-decoration:none;"
      "font-weight:600\">See and acknowledge</a></p>\n",
      url);
  out += "<table style=\"border-collapse:collapse\">\n" + html_rows(f, a) + "</table>\n";
  if (!f.content.empty()) out += "<pre style=\"white-space:pre-wrap\">" + escape_html(f.content) + "</pre>\n";
  out += fmt::format(
      "<p style=\"color:#555\">Or with code {}: <code>aws ssm-contacts accept-page --page-id {} --accept-type READ --accept-code "
      "{}</code></p>\n",
      a.code, escape_html(a.page_arn), a.code);
  return out + "</body></html>\n";
}

}  // namespace

std::string clock_words(Instant at) { return to_rfc3339(at).substr(11, 5) + " UTC"; }

std::string ordinal_words(std::size_t number) {
  constexpr std::array<const char*, 10> words = {"first", "second",  "third",  "fourth", "fifth",
                                                 "sixth", "seventh", "eighth", "ninth",  "tenth"};
  if (number >= 1 && number <= words.size()) return words[number - 1];
  return std::to_string(number) + "th";
}

PageMail page_mail(const PageFacts& f, const PageAddress& a) {
  PageMail out;
  out.subject = f.severity.empty() ? f.what : fmt::format("[{}] {}", f.severity, f.what);
  if (!f.value.empty()) out.subject += ": " + f.value;
  if (f.since) out.subject += " since " + clock_words(*f.since);
  out.subject = one_line(out.subject);
  out.text = text_body(f, a) + "\nAcknowledge: " + a.ack_url + "\n" +
             fmt::format("Or with code {}: aws ssm-contacts accept-page --page-id {} --accept-type READ --accept-code {}\n", a.code,
                         a.page_arn, a.code);
  out.html = html_body(f, a);
  return out;
}

std::string page_content(const PageFacts& f, const PageAddress& a) { return text_body(f, a); }

}  // namespace tocsin::oncall
