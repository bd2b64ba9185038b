// The comparisons that JSON and space-delimited patterns share, and the reader that both are parsed with.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace tocsin::telemetry::filters {

/// Words for the caller: "Invalid filter pattern: " and what is wrong.
std::unexpected<Error> invalid_pattern(const std::string& what);

enum class Operator { equal, not_equal, less, less_equal, greater, greater_equal };

/// A text with '*' for any characters.
struct Glob {
  std::string text;
  bool operator()(std::string_view value) const;
};
using Regex = std::shared_ptr<const re2::RE2>;
using Value = std::variant<Glob, double, Regex>;

struct Comparison {
  Operator op = Operator::equal;
  Value value;
};

/// A text that is a number as a whole is compared as one with a number.
bool holds(const Comparison& comparison, std::string_view text);

/// Digits with sign, decimals, exponent.
std::optional<double> to_number(std::string_view text);
/// As numbers are written in messages: 0.5, 404.
std::string number_text(double number);
/// Of the characters and escapes that patterns allow. `invalid` otherwise.
Result<Regex> compile_regex(std::string_view text);

class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : rest_(text) {}
  void skip_blanks();
  std::string_view rest() const { return rest_; }
  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  char take();
  /// Skips blanks, then takes `word` when it comes next.
  bool accept(std::string_view word);
  bool comes(std::string_view word);
  /// The characters up to the first for which `part` does not hold.
  std::string_view take_while(bool (*part)(char));
  /// What stands up to the closing quote, after the opening one.
  Result<std::string> quoted();
  /// What stands up to the closing '%', after the opening one.
  Result<Regex> regex();
  std::optional<Operator> comparison_operator();
  /// A number, a bare word, a quoted text, a regular expression between '%' (also within quotes when `quoted_regex`).
  Result<Value> value(bool quoted_regex = false);
  int regex_count() const { return regexes_; }

 private:
  std::string_view rest_;
  int regexes_ = 0;
};

}  // namespace tocsin::telemetry::filters
