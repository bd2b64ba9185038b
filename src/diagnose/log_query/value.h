// A field's value in a log query: nothing, a number, a text or a moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace tocsin::diagnose {

struct Moment {
  std::int64_t ms = 0;
  bool operator==(const Moment&) const = default;
};
using Value = std::variant<std::monostate, double, std::string, Moment>;

inline bool is_null(const Value& value) { return std::holds_alternative<std::monostate>(value); }
/// A number, a moment in ms, or a text that is a number.
std::optional<double> number_of(const Value& value);
/// As results show it: moments as yyyy-MM-dd HH:mm:ss.SSS UTC, whole numbers without a point; "" for nothing.
std::string text_of(const Value& value);
std::string text_of(double number);
/// Tests give 1 or 0.
inline Value truth_value(bool truth) { return Value(truth ? 1.0 : 0.0); }
bool is_true(const Value& value);

/// Natural order: nothing first, then texts that are no numbers (runs of digits by length, then by value), then numbers. Negative, 0 or
/// positive. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Sort.html
int compare_natural(const Value& a, const Value& b);

}  // namespace tocsin::diagnose
