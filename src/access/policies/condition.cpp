#include "access/policies/condition.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/encoding.h"
#include "base/text_time.h"

namespace tocsin::access {
namespace {

using Match = bool (*)(std::string_view actual, const Wildcard& wanted);

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// a date as ISO 8601 or as seconds since 1970
std::optional<double> seconds_of(std::string_view text) {
  if (const auto number = number_of(text)) return number;
  const auto at = parse_rfc3339(text);
  if (!at) return std::nullopt;
  return static_cast<double>(to_ns(*at)) / 1e9;
}

using Read = std::optional<double> (*)(std::string_view);
template <Read read, typename Compare>
bool compare(std::string_view actual, const Wildcard& wanted) {
  const auto a = read(actual), b = read(wanted.literal());
  return a && b && Compare{}(*a, *b);
}

struct Address {
  int family = 0;
  std::array<unsigned char, 16> bytes{};
};

std::optional<Address> address_of(const std::string& text) {
  Address out;
  for (const int family : {AF_INET, AF_INET6}) {
    out.family = family;
    if (inet_pton(family, text.c_str(), out.bytes.data()) == 1) return out;
  }
  return std::nullopt;
}

bool same_prefix(const Address& a, const Address& b, int bits) {
  if (a.family != b.family) return false;
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (std::memcmp(a.bytes.data(), b.bytes.data(), whole) != 0) return false;
  if (bits % 8 == 0) return true;
  const int shift = 8 - bits % 8;
  return a.bytes[whole] >> shift == b.bytes[whole] >> shift;
}

bool in_network(std::string_view actual, const Wildcard& wanted) {
  const std::string network = wanted.literal();
  const auto slash = network.find('/');
  const auto address = address_of(std::string(actual)), base = address_of(network.substr(0, slash));
  if (!address || !base) return false;
  const int bits_max = base->family == AF_INET ? 32 : 128;
  int bits = bits_max;
  if (slash != std::string::npos) {
    const auto [end, error] = std::from_chars(network.data() + slash + 1, network.data() + network.size(), bits);
    if (error != std::errc() || end != network.data() + network.size() || bits < 0 || bits > bits_max) return false;
  }
  return same_prefix(*address, *base, bits);
}

bool equals(std::string_view actual, const Wildcard& wanted) { return wanted.literal() == actual; }
bool equals_ignoring_case(std::string_view actual, const Wildcard& wanted) { return lower_case(wanted.literal()) == lower_case(actual); }
bool like(std::string_view actual, const Wildcard& wanted) { return wanted.matches(actual); }
bool arn_like(std::string_view actual, const Wildcard& wanted) { return wanted.matches_arn(actual); }
bool same_bytes(std::string_view actual, const Wildcard& wanted) {
  const auto bytes = from_base64(wanted.literal());
  return bytes && *bytes == actual;
}

struct Operator {
  std::string_view name;
  Match match;
  bool negated;
};

constexpr std::array<Operator, 26> operators{{
    {"StringEquals", equals, false},
    {"StringNotEquals", equals, true},
    {"StringEqualsIgnoreCase", equals_ignoring_case, false},
    {"StringNotEqualsIgnoreCase", equals_ignoring_case, true},
    {"StringLike", like, false},
    {"StringNotLike", like, true},
    {"NumericEquals", compare<number_of, std::equal_to<>>, false},
    {"NumericNotEquals", compare<number_of, std::equal_to<>>, true},
    {"NumericLessThan", compare<number_of, std::less<>>, false},
    {"NumericLessThanEquals", compare<number_of, std::less_equal<>>, false},
    {"NumericGreaterThan", compare<number_of, std::greater<>>, false},
    {"NumericGreaterThanEquals", compare<number_of, std::greater_equal<>>, false},
    {"DateEquals", compare<seconds_of, std::equal_to<>>, false},
    {"DateNotEquals", compare<seconds_of, std::equal_to<>>, true},
    {"DateLessThan", compare<seconds_of, std::less<>>, false},
    {"DateLessThanEquals", compare<seconds_of, std::less_equal<>>, false},
    {"DateGreaterThan", compare<seconds_of, std::greater<>>, false},
    {"DateGreaterThanEquals", compare<seconds_of, std::greater_equal<>>, false},
    {"Bool", equals_ignoring_case, false},
    {"BinaryEquals", same_bytes, false},
    {"IpAddress", in_network, false},
    {"NotIpAddress", in_network, true},
    {"ArnEquals", arn_like, false},
    {"ArnLike", arn_like, false},
    {"ArnNotEquals", arn_like, true},
    {"ArnNotLike", arn_like, true},
}};

const Operator* find_operator(std::string_view name) {
  const auto found = std::find_if(operators.begin(), operators.end(), [&](const Operator& candidate) { return candidate.name == name; });
  return found == operators.end() ? nullptr : &*found;
}

std::vector<Wildcard> expand(const std::vector<std::string>& values, const ConditionContext& context, bool with_variables) {
  std::vector<Wildcard> out;
  for (const std::string& value : values) {
    if (!with_variables)
      out.emplace_back(value);
    else if (auto expanded = Wildcard::with_variables(value, context))
      out.push_back(std::move(*expanded));
  }
  return out;
}

bool null_holds(const Condition& condition, bool present) {
  return std::any_of(condition.values.begin(), condition.values.end(),
                     [&](const std::string& value) { return (lower_case(value) == "true") == !present; });
}

}  // namespace

std::optional<ConditionOperator> parse_operator(std::string_view text) {
  ConditionOperator out;
  if (text.starts_with("ForAnyValue:"))
    out.quantifier = Quantifier::any_value;
  else if (text.starts_with("ForAllValues:"))
    out.quantifier = Quantifier::all_values;
  if (out.quantifier != Quantifier::none) text.remove_prefix(text.find(':') + 1);
  if (text.ends_with("IfExists")) {
    out.if_exists = true;
    text.remove_suffix(std::string_view("IfExists").size());
  }
  if (!find_operator(text) && (text != "Null" || out.if_exists)) return std::nullopt;
  out.op = text;
  return out;
}

bool holds(const Condition& condition, const ConditionContext& context, bool with_variables) {
  const auto found = context.find(lower_case(condition.key));
  const bool present = found != context.end() && !found->second.empty();
  if (condition.op == "Null") return null_holds(condition, present);
  const Operator* op = find_operator(condition.op);
  if (!op) return false;
  if (!present) {
    if (condition.quantifier == Quantifier::all_values || condition.if_exists) return true;
    return condition.quantifier == Quantifier::none && op->negated;
  }
  const std::vector<Wildcard> wanted = expand(condition.values, context, with_variables);
  // a variable that nobody knows must not make a "not equals" true
  if (op->negated && wanted.size() != condition.values.size()) return false;
  const auto one = [&](const std::string& actual) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const Wildcard& value) { return op->match(actual, value); });
  };
  const std::vector<std::string>& actual = found->second;
  const auto fits = [&](const std::string& value) { return one(value) != op->negated; };
  if (condition.quantifier == Quantifier::all_values) return std::all_of(actual.begin(), actual.end(), fits);
  if (condition.quantifier == Quantifier::any_value) return std::any_of(actual.begin(), actual.end(), fits);
  return op->negated ? std::all_of(actual.begin(), actual.end(), fits) : std::any_of(actual.begin(), actual.end(), fits);
}

}  // namespace tocsin::access
