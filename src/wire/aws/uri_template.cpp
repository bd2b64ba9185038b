#include "wire/aws/uri_template.h"

#include <algorithm>

#include "base/encoding.h"

namespace tocsin::wire {

std::vector<std::string_view> path_segments(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  }
  return segments;
}

std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view field = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (field.empty()) continue;
    const std::size_t equals = field.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view{} : field.substr(equals + 1);
    fields.emplace_back(percent_decode(field.substr(0, equals), true), percent_decode(value, true));
  }
  return fields;
}

UriTemplate::UriTemplate(std::string_view text) {
  const std::size_t question = text.find('?');
  if (question != std::string_view::npos)
    for (auto& [name, value] : parse_form(text.substr(question + 1))) constants_.push_back(value.empty() ? name : name + "=" + value);
  for (std::string_view segment : path_segments(text.substr(0, question))) {
    if (segment.starts_with('{') && segment.ends_with("+}"))
      segments_.push_back({Kind::greedy, std::string(segment.substr(1, segment.size() - 3))});
    else if (segment.starts_with('{') && segment.ends_with('}'))
      segments_.push_back({Kind::label, std::string(segment.substr(1, segment.size() - 2))});
    else
      segments_.push_back({Kind::literal, std::string(segment)});
  }
}

namespace {
bool has_constants(const std::vector<std::string>& constants, std::string_view query) {
  if (constants.empty()) return true;
  std::vector<std::string> present;
  for (auto& [name, value] : parse_form(query)) present.push_back(value.empty() ? name : name + "=" + value);
  return std::ranges::all_of(constants, [&](const std::string& constant) { return std::ranges::find(present, constant) != present.end(); });
}

std::string join(std::vector<std::string_view>::const_iterator from, std::vector<std::string_view>::const_iterator to) {
  std::string joined;
  for (auto it = from; it != to; ++it) {
    if (it != from) joined += '/';
    joined += *it;
  }
  return joined;
}
}  // namespace

std::optional<PathLabels> UriTemplate::match(std::string_view path, std::string_view query) const {
  const std::vector<std::string_view> pieces = path_segments(path);
  PathLabels labels;
  std::size_t at = 0;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const Segment& segment = segments_[i];
    const std::size_t after = segments_.size() - i - 1;
    if (at >= pieces.size()) return std::nullopt;
    if (segment.kind == Kind::greedy) {
      if (pieces.size() < at + 1 + after) return std::nullopt;
      const std::size_t end = pieces.size() - after;
      labels.emplace_back(segment.text, percent_decode(join(pieces.begin() + static_cast<std::ptrdiff_t>(at),
                                                            pieces.begin() + static_cast<std::ptrdiff_t>(end))));
      // a slash at the end is the label's own
      if (after == 0 && path.ends_with('/')) labels.back().second += '/';
      at = end;
      continue;
    }
    const std::string piece = percent_decode(pieces[at]);
    if (segment.kind == Kind::literal && piece != segment.text) return std::nullopt;
    if (segment.kind == Kind::label) labels.emplace_back(segment.text, piece);
    ++at;
  }
  if (at != pieces.size() || !has_constants(constants_, query)) return std::nullopt;
  return labels;
}

std::string UriTemplate::rank() const {
  std::string rank;
  for (const Segment& segment : segments_)
    rank += segment.kind == Kind::literal ? "a" + segment.text : segment.kind == Kind::label ? "b" : "c";
  // a template with constants asks for more, so it is tried before its equal without
  return rank + (constants_.empty() ? "~~" : "~");
}

}  // namespace tocsin::wire
