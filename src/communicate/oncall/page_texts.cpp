#include "communicate/oncall/page_texts.h"

#include <fmt/format.h>

#include "delivery/sms/gsm_text.h"

namespace tocsin::oncall {
namespace {

constexpr std::size_t sms_septets_max = 160;

std::string behind_colon(const std::string& text) {
  const std::size_t colon = text.find(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

std::string details_of(const PageFacts& facts, const PageAddress& address) { return page_content(facts, address); }

// a whole character less
void shorten(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

}  // namespace

std::string short_value(const std::string& value) {
  const std::size_t open = value.find(" ("), normal = value.find("normal ");
  if (open == std::string::npos) return value;
  if (normal == std::string::npos) return value.substr(0, open);
  return value.substr(0, open) + " (norm " + value.substr(normal + 7);
}

std::string short_next(const std::string& next) {
  if (next.starts_with("nobody")) return {};
  const std::size_t comma = next.rfind(", ");
  if (comma == std::string::npos) return next;
  return next.substr(0, comma) + ' ' + next.substr(comma + 2, 5);
}

templates::Values template_values(const PageFacts& f, const PageAddress& a) {
  templates::Values out{{"severity", f.severity}, {"what", f.what},           {"value", short_value(f.value)},
                        {"value_full", f.value},  {"component", f.component}, {"summary", f.summary}};
  if (f.severity.starts_with("SEV")) out["severity_number"] = f.severity.substr(3);
  if (f.since) out["time"] = clock_words(*f.since);
  out["impact"] = behind_colon(f.impact);
  out["why"] = a.why_you;
  out["next"] = short_next(a.next);
  out["url"] = a.ack_url;
  out["code"] = a.code;
  out["reply_code"] = a.reply_code;
  out["page"] = a.page_arn;
  out["contact"] = a.contact_name;
  out["details"] = details_of(f, a);
  out["flapping"] = a.flapping;
  return out;
}

std::string page_sms(const templates::MessageTemplates& templates, const templates::Values& given, std::string_view name) {
  templates::Values values = given;
  for (auto& [key, value] : values) value = delivery::to_gsm_characters(value);
  const auto text = [&] { return delivery::to_gsm_characters(templates.render(name, values)); };
  const auto fits = [&] { return delivery::gsm_length(text()) <= sms_septets_max; };
  for (const char* least : {"impact", "next", "value"}) {
    if (fits()) break;
    values[least].clear();
  }
  while (!fits() && !values["what"].empty()) shorten(values["what"]);
  return text();
}

std::string digest_lines(const std::vector<std::string>& lines, std::size_t shown_max) {
  std::string out;
  for (std::size_t i = 0; i < lines.size() && i < shown_max; ++i) out += lines[i] + "\n";
  if (lines.size() > shown_max) out += fmt::format("and {} more\n", lines.size() - shown_max);
  return out;
}

}  // namespace tocsin::oncall
