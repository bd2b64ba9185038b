// The three kinds of patterns as matchers.
#pragma once

#include <memory>

#include "telemetry/logs/filters/condition.h"
#include "telemetry/logs/filters/filter_pattern.h"

namespace tocsin::telemetry {

struct FilterPattern::Matcher {
  virtual ~Matcher() = default;
  virtual bool matches(std::string_view message) const = 0;
  std::vector<std::string> literals;
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
