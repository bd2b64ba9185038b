#include "wire/aws/scalars.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/encoding.h"
#include "base/text_time.h"

namespace tocsin::wire {
namespace {
// within what an Instant holds, with room for rounding
constexpr double seconds_max = 9'223'372'035.0;
constexpr std::int64_t ns_per_ms = 1'000'000;
}  // namespace

TimestampFormat timestamp_format(const Member& member, TimestampFormat otherwise) {
  if (member.timestamp_format != TimestampFormat::unset) return member.timestamp_format;
  return member.shape->timestamp_format != TimestampFormat::unset ? member.shape->timestamp_format : otherwise;
}

std::string format_timestamp(std::int64_t ns, TimestampFormat format) {
  const Instant at = instant_from_ns(ns);
  const std::int64_t ms = to_ms(at);
  const std::int64_t fraction = ((ms % 1000) + 1000) % 1000;
  switch (format) {
    case TimestampFormat::rfc822:
      return to_http_date(at);
    case TimestampFormat::unix_seconds: {
      if (fraction == 0) return std::to_string(to_seconds(at));
      std::string digits = std::to_string(std::abs(ms) % 1000 + 1000).substr(1);
      while (digits.back() == '0') digits.pop_back();
      return (ms < 0 ? "-" : "") + std::to_string(std::abs(ms) / 1000) + "." + digits;
    }
    case TimestampFormat::unset:
    case TimestampFormat::iso8601:
      break;
  }
  return fraction == 0 ? to_rfc3339(at) : to_rfc3339_ms(at);
}

std::optional<std::int64_t> ns_from_seconds(double seconds) {
  if (!(std::abs(seconds) < seconds_max)) return std::nullopt;
  return std::llround(seconds * 1e6) * 1000;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  if (const auto at = parse_rfc3339(text)) return to_ns(*at);
  if (const auto at = parse_http_date(text)) return to_ns(*at);
  if (const auto whole = parse_integer(text)) {
    if (std::abs(static_cast<double>(*whole)) >= seconds_max) return std::nullopt;
    return *whole * 1'000 * ns_per_ms;
  }
  if (const auto seconds = parse_double(text)) return ns_from_seconds(*seconds);
  return std::nullopt;
}

void append_double(std::string& out, double value) {
  char buffer[64];
  char* end = std::to_chars(buffer, buffer + sizeof buffer - 2, value).ptr;
  if (std::find_if(buffer, end, [](char c) { return c == '.' || c == 'e'; }) == end) {
    *end++ = '.';
    *end++ = '0';
  }
  out.append(buffer, end);
}

std::string format_double(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  std::string text;
  append_double(text, value);
  return text;
}

void append_unix_seconds(std::string& out, std::int64_t ns) {
  if (ns < 0 || ns % (1'000 * ns_per_ms) != 0) {
    out += format_timestamp(ns, TimestampFormat::unix_seconds);
    return;
  }
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, ns / (1'000 * ns_per_ms)).ptr);
}

std::optional<double> parse_double(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool fits(std::int64_t value, const Shape& shape) {
  return shape.type != ShapeType::integer ||
         (value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max());
}

namespace {
std::unexpected<WireError> not_a(std::string_view text, std::string_view path, std::string_view what) {
  return wire_fail("SerializationException",
                   "'" + std::string(text.substr(0, 200)) + "' at '" + std::string(path) + "' is not a valid " + std::string(what));
}
}  // namespace

Parsed<Document> scalar_from_text(std::string_view text, const Member& member, std::string_view path, TimestampFormat) {
  switch (member.shape->type) {
    case ShapeType::boolean:
      if (text == "true" || text == "True" || text == "TRUE" || text == "1") return Document(true);
      if (text == "false" || text == "False" || text == "FALSE" || text == "0") return Document(false);
      return not_a(text, path, "boolean");
    case ShapeType::integer:
    case ShapeType::long_integer: {
      const auto value = parse_integer(text);
      if (!value || !fits(*value, *member.shape)) return not_a(text, path, member.shape->type == ShapeType::integer ? "integer" : "long");
      return Document(*value);
    }
    case ShapeType::float_single:
    case ShapeType::float_double: {
      const auto value = parse_double(text);
      if (!value) return not_a(text, path, "double");
      return Document(*value);
    }
    case ShapeType::timestamp: {
      const auto value = parse_timestamp(text);
      if (!value) return not_a(text, path, "timestamp");
      return Document(*value);
    }
    case ShapeType::blob: {
      auto bytes = from_base64(text);
      if (!bytes) return not_a(text, path, "base64 text");
      return Document(boost::json::string(*bytes));
    }
    default:
      break;
  }
  if (!is_utf8(text)) return wire_fail("SerializationException", "The text at '" + std::string(path) + "' is not UTF-8");
  return Document(boost::json::string(text));
}

std::string scalar_to_text(const Document& value, const Member& member, TimestampFormat otherwise) {
  if (value.is_string()) {
    const std::string_view text = value.get_string();
    return member.shape->type == ShapeType::blob ? to_base64(text) : std::string(text);
  }
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  if (value.is_double()) return format_double(value.get_double());
  if (value.is_int64()) {
    if (member.shape->type == ShapeType::timestamp) return format_timestamp(value.get_int64(), timestamp_format(member, otherwise));
    if (member.shape->type >= ShapeType::float_single && member.shape->is_number())
      return format_double(static_cast<double>(value.get_int64()));
    return std::to_string(value.get_int64());
  }
  return value.is_null() ? std::string{} : to_json(value);
}

}  // namespace tocsin::wire
