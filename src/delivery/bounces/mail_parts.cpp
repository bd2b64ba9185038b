#include "delivery/bounces/mail_parts.h"


#include "base/letters.h"

namespace tocsin::delivery {
namespace {

constexpr std::size_t parts_max = 50, depth_max = 4, fields_max = 500;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// the value of a parameter: boundary="…"
std::string parameter(std::string_view value, std::string_view name) {
  const std::string small = lower_case(value);
  const std::size_t at = small.find(std::string(name) + "=");
  if (at == std::string::npos) return {};
  std::string_view rest = value.substr(at + name.size() + 1);
  if (rest.starts_with('"')) {
    rest.remove_prefix(1);
    return std::string(rest.substr(0, rest.find('"')));
  }
  return std::string(rest.substr(0, rest.find_first_of("; \t")));
}

void collect(const MailPart& part, std::size_t depth, std::vector<MailPart>& into) {
  const std::string boundary = part.type.starts_with("multipart/") ? parameter(part.header.get("content-type"), "boundary") : "";
  if (boundary.empty() || depth >= depth_max) {
    if (into.size() < parts_max) into.push_back(part);
    return;
  }
  const std::string open = "--" + boundary, close = open + "--";
  std::string_view rest = part.body;
  const char* begin = nullptr;
  while (into.size() < parts_max) {
    const char* const line_begin = rest.data();
    const bool at_end = rest.empty();
    const std::string_view line = take_line(rest);
    const bool is_boundary = at_end || trimmed(line) == open || trimmed(line) == close;
    if (is_boundary && begin) collect(read_part(std::string_view(begin, static_cast<std::size_t>(line_begin - begin))), depth + 1, into);
    if (at_end || trimmed(line) == close) return;
    if (is_boundary) begin = rest.data();
  }
}

}  // namespace

std::string MailFields::get(std::string_view name) const {
  for (const auto& [field, value] : fields)
    if (field == name) return value;
  return {};
}

MailFields read_fields(std::string_view& text) {
  MailFields out;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) break;
    if ((line.front() == ' ' || line.front() == '\t') && !out.fields.empty()) {
      out.fields.back().second += ' ' + std::string(trimmed(line));
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || out.fields.size() >= fields_max) continue;
    out.fields.emplace_back(lower_case(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1)));
  }
  return out;
}

MailPart read_part(std::string_view text) {
  MailPart out;
  out.header = read_fields(text);
  out.body = text;
  const std::string type = out.header.get("content-type");
  out.type = type.empty() ? "text/plain" : lower_case(trimmed(std::string_view(type).substr(0, type.find(';'))));
  return out;
}

std::vector<MailPart> parts_of(const MailPart& whole) {
  std::vector<MailPart> out;
  collect(whole, 0, out);
  return out;
}

}  // namespace tocsin::delivery
