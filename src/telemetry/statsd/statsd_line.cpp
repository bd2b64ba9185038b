#include "telemetry/statsd/statsd_line.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace tocsin::telemetry {
namespace {

constexpr std::size_t name_max = 255, tags_max = 29, tag_value_max = 1024;
constexpr double magnitude_max = 0x1p360;

std::unexpected<Error> wrong(std::string_view what) { return fail(ErrorKind::invalid, "statsd: " + std::string(what)); }

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || !(std::fabs(value) <= magnitude_max)) return std::nullopt;
  return value;
}

std::optional<StatsdType> parse_type(std::string_view text) {
  if (text == "c") return StatsdType::counter;
  if (text == "g") return StatsdType::gauge;
  if (text == "ms") return StatsdType::timing;
  if (text == "h" || text == "d") return StatsdType::histogram;
  if (text == "s") return StatsdType::set;
  return std::nullopt;
}

std::string_view cut(std::string_view& text, char at) {
  const std::string_view part = text.substr(0, text.find(at));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

bool printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool read_tags(std::string_view text, Dimensions& tags) {
  while (!text.empty()) {
    std::string_view tag = cut(text, ',');
    const std::string_view name = cut(tag, ':');
    if (name.empty() || !printable(name) || !printable(tag) || name.size() > name_max) return false;
    const bool known = std::any_of(tags.begin(), tags.end(), [&](const auto& each) { return each.first == name; });
    if (!known && tags.size() < tags_max) tags.emplace_back(name, tag.empty() ? "true" : std::string(tag.substr(0, tag_value_max)));
  }
  std::sort(tags.begin(), tags.end());
  return true;
}

bool read_value(std::string_view text, StatsdSample& sample) {
  if (sample.type == StatsdType::set) {
    sample.member = text;
    return !text.empty();
  }
  const auto value = parse_number(text);
  if (!value) return false;
  sample.value = *value;
  sample.relative = sample.type == StatsdType::gauge && (text.starts_with('+') || text.starts_with('-'));
  return true;
}

}  // namespace

std::string_view to_text(StatsdType type) {
  switch (type) {
    case StatsdType::counter:
      return "counter";
    case StatsdType::gauge:
      return "gauge";
    case StatsdType::timing:
      return "timing";
    case StatsdType::histogram:
      return "histogram";
    case StatsdType::set:
      break;
  }
  return "set";
}

Result<StatsdSample> parse_statsd_line(std::string_view line) {
  StatsdSample sample;
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return wrong("the line has no name and value");
  sample.name = line.substr(0, colon);
  if (sample.name.size() > name_max || !printable(sample.name)) return wrong("the name is too long or holds control characters");
  line.remove_prefix(colon + 1);
  const std::string_view value = cut(line, '|');
  const auto type = parse_type(cut(line, '|'));
  if (!type) return wrong("the type is none of c, g, ms, h, s");
  sample.type = *type;
  if (!read_value(value, sample)) return wrong("the value is no number");
  while (!line.empty()) {
    const std::string_view part = cut(line, '|');
    const auto rate = part.starts_with('@') ? parse_number(part.substr(1)) : std::nullopt;
    if (rate && *rate > 0 && *rate <= 1)
      sample.rate = *rate;
    else if (part.starts_with('#') ? !read_tags(part.substr(1), sample.tags) : part.starts_with('@') || part.empty())
      return wrong("what follows the type is neither a rate nor tags");
  }
  return sample;
}

}  // namespace tocsin::telemetry
