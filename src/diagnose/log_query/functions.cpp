// The functions of log queries. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
#include <algorithm>
#include <cmath>

#include "diagnose/log_query/evaluate.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {

// what one value may grow to
constexpr std::size_t text_bytes_max = 1u << 20;

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// The byte at which the code point `index` begins.
std::size_t byte_of(std::string_view text, double index) {
  std::size_t at = 0;
  while (at < text.size() && index >= 1) {
    ++at;
    while (at < text.size() && (text[at] & 0xC0) == 0x80) ++at;
    index -= 1;
  }
  return at;
}

std::string trimmed(std::string text, const std::string& characters, bool left, bool right) {
  if (left) text.erase(0, std::min(text.find_first_not_of(characters), text.size()));
  if (right) text.erase(text.find_last_not_of(characters) + 1);
  return text;
}

std::string replaced(const std::string& text, const std::string& from, const std::string& to) {
  if (from.empty()) return text;
  std::string out;
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string::npos && out.size() < text_bytes_max; found = text.find(from, at)) {
    out.append(text, at, found - at).append(to);
    at = found + from.size();
  }
  return out.append(text, at);
}

Value finite(double number) { return std::isfinite(number) ? Value(number) : Value(); }

Value numeric(Function function, double number) {
  switch (function) {
    case Function::abs:
      return std::abs(number);
    case Function::ceil:
      return std::ceil(number);
    case Function::floor:
      return std::floor(number);
    case Function::sqrt:
      return finite(std::sqrt(number));
    case Function::log:
      return finite(std::log(number));
    case Function::from_millis:
      return std::abs(number) < 9e15 ? Value(Moment{static_cast<std::int64_t>(number)}) : Value();
    default:
      return number;
  }
}

Value extreme(Function function, const std::vector<Value>& values) {
  std::optional<double> found;
  for (const Value& value : values) {
    const auto number = number_of(value);
    if (number && (!found || (function == Function::greatest ? *number > *found : *number < *found))) found = number;
  }
  return found ? Value(*found) : Value();
}

Value textual(Function function, const std::vector<Value>& values) {
  const std::string text = text_of(values[0]);
  const auto argument = [&](std::size_t i) { return values.size() > i ? text_of(values[i]) : std::string(" \t\r\n"); };
  switch (function) {
    case Function::strlen:
      return static_cast<double>(code_points(text));
    case Function::tolower:
      return lower_case(text);
    case Function::toupper: {
      std::string upper = text;
      for (char& c : upper)
        if (c >= 'a' && c <= 'z') c -= 32;
      return upper;
    }
    case Function::trim:
      return trimmed(text, argument(1), true, true);
    case Function::ltrim:
      return trimmed(text, argument(1), true, false);
    case Function::rtrim:
      return trimmed(text, argument(1), false, true);
    case Function::replace:
      return replaced(text, argument(1), argument(2));
    case Function::strcontains:
      return truth_value(text.find(argument(1)) != std::string::npos);
    case Function::startswith:
      return truth_value(text.starts_with(argument(1)));
    case Function::endswith:
      return truth_value(text.ends_with(argument(1)));
    case Function::substr: {
      const std::size_t begin = byte_of(text, number_of(values[1]).value_or(0));
      const std::string rest = text.substr(begin);
      return values.size() < 3 ? rest : rest.substr(0, byte_of(rest, number_of(values[2]).value_or(0)));
    }
    default:
      return {};
  }
}

Value concatenated(const std::vector<Value>& values) {
  std::string all;
  for (const Value& value : values)
    if (all.size() < text_bytes_max) all += text_of(value);
  return all;
}

Value dated(const Expression& call, std::optional<double> time_ms) {
  if (!time_ms || std::abs(*time_ms) > 9e12) return {};
  const auto exact_ms = static_cast<std::int64_t>(*time_ms);
  const std::int64_t floor_ms = floor_to_period(exact_ms, call.period);
  if (call.function == Function::dateceil && floor_ms < exact_ms) return Moment{next_period(floor_ms, call.period)};
  return Moment{floor_ms};
}

}  // namespace

Value call_function(const Expression& call, const Record& record, const Surroundings& around) {
  if (call.function == Function::now) return std::floor(static_cast<double>(around.now_ms) / 1000);
  if (call.function == Function::bin) return dated(call, number_of(record.field(around.store, "@timestamp")));
  std::vector<Value> values;
  for (const Expression& part : call.parts) values.push_back(evaluate(part, record, around));
  switch (call.function) {
    case Function::ispresent:
      return truth_value(!is_null(values[0]));
    case Function::isempty:
      return truth_value(text_of(values[0]).empty());
    case Function::isblank:
      return truth_value(trimmed(text_of(values[0]), " \t\r\n", true, true).empty());
    case Function::isnumeric:
      return truth_value(number_of(values[0]).has_value());
    case Function::coalesce: {
      const auto found = std::find_if(values.begin(), values.end(), [](const Value& value) { return !is_null(value); });
      return found == values.end() ? Value() : *found;
    }
    case Function::concat:
      return concatenated(values);
    case Function::greatest:
    case Function::least:
      return extreme(call.function, values);
    case Function::datefloor:
    case Function::dateceil:
      return dated(call, number_of(values[0]));
    default:
      break;
  }
  if (is_null(values[0])) return {};
  const bool takes_number =
      call.function <= Function::log || call.function == Function::from_millis || call.function == Function::to_millis;
  if (!takes_number) return textual(call.function, values);
  const auto number = number_of(values[0]);
  return number ? numeric(call.function, *number) : Value();
}

}  // namespace tocsin::diagnose
