// The three kinds of patterns as matchers.
#pragma once

#include <map>
#include <memory>

#include "telemetry/logs/filters/condition.h"
#include "telemetry/logs/filters/filter_pattern.h"

namespace tocsin::telemetry {

struct FilterPattern::Matcher {
  virtual ~Matcher() = default;
  virtual bool matches(const MessageView& message) const = 0;
  virtual std::map<std::string, std::string> extract(const MessageView&) const { return {}; }
  std::vector<std::string> literals;
  int regex_count = 0;
};

namespace filters {
using Matching = Result<std::shared_ptr<const FilterPattern::Matcher>>;
Matching parse_text_pattern(std::string_view text);
/// `text` begins with '{'.
Matching parse_json_pattern(std::string_view text);
/// `text` begins with '['.
Matching parse_delimited_pattern(std::string_view text);
}  // namespace filters

}  // namespace tocsin::telemetry
