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

/// Whether a double holds the whole number exactly.
constexpr double exact_max = 9'007'199'254'740'992.0;

bool is_long_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 15 && digit_run(text).size() == text.size();
}

/// true and false as the numbers that tests give.
std::optional<double> truth_number(std::string_view text) {
  if (text == "true") return 1;
  if (text == "false") return 0;
  return std::nullopt;
}

std::string without_trailing_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

std::optional<double> number_in(std::string_view text) {
  // most texts are no numbers
  if (text.empty() || text.size() > 400 || !(is_digit(text[0]) || text[0] == '-' || text[0] == '.')) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<double> number_of(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* moment = std::get_if<Moment>(&value)) return static_cast<double>(moment->ms);
  if (const auto* text = std::get_if<std::string>(&value)) return number_in(*text);
  return std::nullopt;
}

std::string exact_text_of(double number) {
  if (std::abs(number) < 1e18 && number == std::floor(number)) return fmt::format("{}", static_cast<std::int64_t>(number));
  return fmt::format("{}", number);
}

std::string text_of(double number) {
  if (number == std::floor(number) || std::abs(number) >= 1e15) return exact_text_of(number);
  if (std::abs(number) < 0.1) return fmt::format("{:.4g}", number);
  return without_trailing_zeros(fmt::format("{:.4f}", number));
}

std::string text_of(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return text_of(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* structure = std::get_if<Structure>(&value)) return to_json(**structure);
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

std::string key_text_of(const Value& value) {
  const auto* number = std::get_if<double>(&value);
  return number ? exact_text_of(*number) : text_of(value);
}

bool is_true(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number != 0;
  const auto number = number_of(value);
  return number ? *number != 0 : text_of(value) == "true";
}

Value value_of(const Document& document) {
  if (document.is_string()) return std::string(document.get_string());
  if (document.is_bool()) return std::string(document.get_bool() ? "true" : "false");
  if (document.is_null()) return {};
  if (document.is_object() || document.is_array()) return std::make_shared<const Document>(document);
  if (document.is_int64() && std::abs(static_cast<double>(document.get_int64())) > exact_max) return std::to_string(document.get_int64());
  if (document.is_uint64() && static_cast<double>(document.get_uint64()) > exact_max) return std::to_string(document.get_uint64());
  const double number = *as_number(document);
  return number == std::floor(number) ? Value(number) : Value(exact_text_of(number));
}

Document document_of(const Value& value) {
  if (is_null(value)) return nullptr;
  if (const auto* structure = std::get_if<Structure>(&value)) return **structure;
  if (const auto* number = std::get_if<double>(&value)) {
    if (*number == std::floor(*number) && std::abs(*number) < exact_max) return static_cast<std::int64_t>(*number);
    return *number;
  }
  return Document(text_of(value));
}

bool equal_values(const Value& a, const Value& b) {
  if (is_null(a) || is_null(b) || is_structure(a) || is_structure(b)) return false;
  const auto* text_a = std::get_if<std::string>(&a);
  const auto* text_b = std::get_if<std::string>(&b);
  if (text_a && text_b && (*text_a == *text_b || is_long_integer(*text_a) || is_long_integer(*text_b))) return *text_a == *text_b;
  const auto number_a = number_of(a), number_b = number_of(b);
  if (number_a && number_b) return *number_a == *number_b;
  if (number_a && text_b) return truth_number(*text_b) == number_a;
  if (number_b && text_a) return truth_number(*text_a) == number_b;
  return text_of(a) == text_of(b);
}

int compare_natural(const Value& a, const Value& b) {
  if (is_null(a) || is_null(b)) return sign(!is_null(a), !is_null(b));
  const auto number_a = number_of(a), number_b = number_of(b);
  if (number_a && number_b) return sign(*number_a, *number_b);
  if (number_a || number_b) return number_a ? 1 : -1;
  return compare_texts(text_of(a), text_of(b));
}

bool sorts_before(const Value& a, const Value& b) {
  const int order = compare_natural(a, b);
  return order != 0 ? order < 0 : text_of(a) < text_of(b);
}

std::size_t bytes_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->capacity() > 15 ? text->capacity() : 0;
  // a guess: counting would walk it
  return is_structure(value) ? 512 : 0;
}

}  // namespace tocsin::diagnose
