#include "diagnose/log_query/value.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string_view>

#include "base/text_time.h"

namespace tocsin::diagnose {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int sign(auto a, auto b) { return a < b ? -1 : a > b ? 1 : 0; }

std::string_view digit_run(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_digit(text[size])) ++size;
  return text.substr(0, size);
}

int compare_texts(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a[0]) && is_digit(b[0])) {
      const std::string_view run_a = digit_run(a), run_b = digit_run(b);
      if (run_a.size() != run_b.size()) return sign(run_a.size(), run_b.size());
      if (run_a != run_b) return run_a < run_b ? -1 : 1;
      a.remove_prefix(run_a.size());
      b.remove_prefix(run_b.size());
    } else {
      if (a[0] != b[0]) return sign(static_cast<unsigned char>(a[0]), static_cast<unsigned char>(b[0]));
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return sign(a.size(), b.size());
}

std::optional<double> parsed(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

}  // namespace

std::optional<double> number_of(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* moment = std::get_if<Moment>(&value)) return static_cast<double>(moment->ms);
  if (const auto* text = std::get_if<std::string>(&value)) return parsed(*text);
  return std::nullopt;
}

std::string text_of(double number) {
  if (std::abs(number) < 1e15 && number == std::floor(number)) return fmt::format("{}", static_cast<std::int64_t>(number));
  return fmt::format("{}", number);
}

std::string text_of(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return text_of(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* moment = std::get_if<Moment>(&value)) {
    // beyond the years that a moment can name, the number is shown
    if (std::abs(moment->ms) > 9'000'000'000'000) return std::to_string(moment->ms);
    std::string text = to_rfc3339_ms(instant_from_ms(moment->ms));
    text[10] = ' ';
    text.pop_back();
    return text;
  }
  return {};
}

bool is_true(const Value& value) {
  const auto number = number_of(value);
  return number ? *number != 0 : text_of(value) == "true";
}

int compare_natural(const Value& a, const Value& b) {
  if (is_null(a) || is_null(b)) return sign(!is_null(a), !is_null(b));
  const auto number_a = number_of(a), number_b = number_of(b);
  if (number_a && number_b) return sign(*number_a, *number_b);
  if (number_a || number_b) return number_a ? 1 : -1;
  return compare_texts(std::get<std::string>(a), std::get<std::string>(b));
}

}  // namespace tocsin::diagnose
