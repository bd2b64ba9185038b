#include "telemetry/logs/filters/filter_pattern.h"

#include "telemetry/logs/filters/matchers.h"

namespace tocsin::telemetry {

Result<FilterPattern> FilterPattern::parse(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  text = first == std::string_view::npos ? std::string_view() : text.substr(first);
  auto matcher = text.starts_with('{')   ? filters::parse_json_pattern(text)
                 : text.starts_with('[') ? filters::parse_delimited_pattern(text)
                                         : filters::parse_text_pattern(text);
  if (!matcher) return std::unexpected(matcher.error());
  return FilterPattern(*matcher);
}

bool FilterPattern::matches(std::string_view message) const { return matcher_->matches(message); }
const std::vector<std::string>& FilterPattern::literals() const { return matcher_->literals; }

}  // namespace tocsin::telemetry
