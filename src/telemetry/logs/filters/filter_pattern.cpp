#include "telemetry/logs/filters/filter_pattern.h"

#include "telemetry/logs/filters/json_selector.h"
#include "telemetry/logs/filters/matchers.h"

namespace tocsin::telemetry {
namespace {
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}
}  // namespace

Result<FilterPattern> FilterPattern::parse(std::string_view text) {
  text = trimmed(text);
  const PatternKind kind = text.starts_with('{') ? PatternKind::json : text.starts_with('[') ? PatternKind::delimited : PatternKind::text;
  if (kind == PatternKind::json && !text.ends_with('}'))
    return fail(ErrorKind::invalid, "If a filter pattern starts with '{' it must end with '}'");
  if (kind == PatternKind::delimited && !text.ends_with(']'))
    return fail(ErrorKind::invalid, "If a filter pattern starts with '[' it must end with ']'");
  auto matcher = kind == PatternKind::json        ? filters::parse_json_pattern(text)
                 : kind == PatternKind::delimited ? filters::parse_delimited_pattern(text)
                                                  : filters::parse_text_pattern(text);
  if (!matcher) return std::unexpected(matcher.error());
  return FilterPattern(kind, *matcher);
}

bool FilterPattern::matches(const MessageView& message) const { return matcher_->matches(message); }
std::map<std::string, std::string> FilterPattern::extract(const MessageView& message) const { return matcher_->extract(message); }
int FilterPattern::regex_count() const { return matcher_->regex_count; }
const std::vector<std::string>& FilterPattern::literals() const { return matcher_->literals; }

Result<ValueSelector> ValueSelector::parse(std::string_view text, const FilterPattern& pattern) {
  if (text.starts_with("$.") || text.starts_with("$[")) {
    if (pattern.kind() != PatternKind::json) return filters::invalid_pattern("'" + std::string(text) + "' needs a JSON pattern");
    filters::PatternReader in(text);
    auto selector = filters::JsonSelector::read(in);
    if (!selector) return std::unexpected(selector.error());
    if (!in.at_end()) return filters::invalid_pattern("'" + std::string(text) + "' is no selector");
    return ValueSelector([selector = std::move(*selector)](const MessageView& message) -> std::optional<std::string> {
      if (!message.json()) return std::nullopt;
      for (const Document* value : selector.select(*message.json()))
        if (auto found = filters::scalar_text(*value)) return found;
      return std::nullopt;
    });
  }
  if (text.size() < 2 || text[0] != '$' || pattern.kind() != PatternKind::delimited)
    return filters::invalid_pattern("'" + std::string(text) + "' needs a space-delimited pattern");
  return ValueSelector([name = std::string(text), pattern](const MessageView& message) -> std::optional<std::string> {
    const auto values = pattern.extract(message);
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  });
}

std::optional<std::string> ValueSelector::value(const MessageView& message) const { return find_(message); }
std::optional<double> number_in(std::string_view text) { return filters::to_number(text); }

}  // namespace tocsin::telemetry
