// A field's value in a log query: nothing, a number, a text, a moment, or a map or list that jsonParse made.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/document.h"

namespace tocsin::diagnose {

struct Moment {
  std::int64_t ms = 0;
  bool operator==(const Moment&) const = default;
};
/// An object or an array.
using Structure = std::shared_ptr<const Document>;
using Value = std::variant<std::monostate, double, std::string, Moment, Structure>;

inline bool is_null(const Value& value) { return std::holds_alternative<std::monostate>(value); }
inline bool is_structure(const Value& value) { return std::holds_alternative<Structure>(value); }
/// A number, a moment in ms, or a text that is a number.
std::optional<double> number_of(const Value& value);
std::optional<double> number_in(std::string_view text);
/// As results show it: moments as yyyy-MM-dd HH:mm:ss.SSS UTC, numbers with at most four decimals (below 0.1 with four digits that count),
/// maps and lists as JSON; "" for nothing.
std::string text_of(const Value& value);
std::string text_of(double number);
/// All digits that the number has.
std::string exact_text_of(double number);
/// What tells values apart where the same ones are brought together: all digits of a number, else as shown.
std::string key_text_of(const Value& value);
/// Tests give 1 or 0.
inline Value truth_value(bool truth) { return Value(truth ? 1.0 : 0.0); }
bool is_true(const Value& value);
/// Of JSON: numbers that a double cannot hold stay texts, truths become the texts true and false, null becomes nothing.
Value value_of(const Document& document);
Document document_of(const Value& value);

/// Numbers by their value, also 1 and true, 0 and false; else by their texts. Nothing, maps and lists equal nothing.
bool equal_values(const Value& a, const Value& b);

/// Natural order: nothing first, then texts that are no numbers (runs of digits by length, then by value), then numbers. Negative, 0 or
/// positive. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Sort.html
int compare_natural(const Value& a, const Value& b);
/// The same, and of equal ones (1000 and "1e3") by their texts: the same whichever came first.
bool sorts_before(const Value& a, const Value& b);

/// What it takes in memory beyond itself.
std::size_t bytes_of(const Value& value);

}  // namespace tocsin::diagnose
