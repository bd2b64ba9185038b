#include "communicate/templates/template_text.h"

#include <algorithm>

namespace tocsin::templates {
namespace {

/// The next {{…}} at or after `at`.
struct Tag {
  std::size_t begin = std::string_view::npos, end = 0;
  char kind = 0;  ///< # ^ / or 0 for a value
  std::string_view name;
};

Tag next_tag(std::string_view text, std::size_t at) {
  Tag tag;
  tag.begin = text.find("{{", at);
  if (tag.begin == std::string_view::npos) return tag;
  const std::size_t close = text.find("}}", tag.begin);
  if (close == std::string_view::npos) return {};
  tag.end = close + 2;
  tag.name = text.substr(tag.begin + 2, close - tag.begin - 2);
  if (!tag.name.empty() && std::string_view("#^/").find(tag.name[0]) != std::string_view::npos) {
    tag.kind = tag.name[0];
    tag.name.remove_prefix(1);
  }
  return tag;
}

// where the section that was opened ends; sections of one name nest
Tag end_of_section(std::string_view text, const Tag& open) {
  int depth = 1;
  for (Tag tag = next_tag(text, open.end); tag.begin != std::string_view::npos; tag = next_tag(text, tag.end)) {
    if (tag.name != open.name) continue;
    if (tag.kind == '#' || tag.kind == '^') ++depth;
    if (tag.kind == '/' && --depth == 0) return tag;
  }
  return {};
}

std::string at_line(std::string_view text, std::size_t at) {
  return "line " + std::to_string(1 + std::ranges::count(text.substr(0, at), '\n')) + ": ";
}

}  // namespace

Result<void> check_template(std::string_view text, const std::vector<std::string>& known) {
  std::vector<std::string_view> open;
  for (Tag tag = next_tag(text, 0); tag.begin != std::string_view::npos; tag = next_tag(text, tag.end)) {
    if (std::ranges::find(known, tag.name) == known.end())
      return fail(ErrorKind::invalid, at_line(text, tag.begin) + "there is no value '" + std::string(tag.name) + "'");
    if (tag.kind == '#' || tag.kind == '^') open.push_back(tag.name);
    if (tag.kind != '/') continue;
    if (open.empty() || open.back() != tag.name)
      return fail(ErrorKind::invalid, at_line(text, tag.begin) + "{{/" + std::string(tag.name) + "}} closes nothing that is open");
    open.pop_back();
  }
  if (!open.empty()) return fail(ErrorKind::invalid, "{{#" + std::string(open.back()) + "}} is not closed");
  return {};
}

std::string render(std::string_view text, const Values& values) {
  std::string out;
  std::size_t at = 0;
  for (Tag tag = next_tag(text, 0); tag.begin != std::string_view::npos; tag = next_tag(text, at)) {
    out += text.substr(at, tag.begin - at);
    at = tag.end;
    const auto found = values.find(std::string(tag.name));
    const std::string value = found == values.end() ? "" : found->second;
    if (tag.kind == 0) out += value;
    if (tag.kind != '#' && tag.kind != '^') continue;
    const Tag end = end_of_section(text, tag);
    if (end.begin == std::string_view::npos) continue;
    if (value.empty() == (tag.kind == '^')) out += render(text.substr(at, end.begin - at), values);
    at = end.end;
  }
  return out + std::string(text.substr(at));
}

}  // namespace tocsin::templates
