#include "telemetry/logs/filters/condition.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace tocsin::telemetry::filters {
namespace {

// what stands up to a blank or a sign of the pattern's own
bool is_value_part(char c) { return std::string_view(" \t\r\n,]})(&|\"").find(c) == std::string_view::npos; }
// a bare word: letters, digits, '_', the wildcard; '.' for addresses
bool is_bare_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '*' || c == '.' || (c & 0x80); }

bool compare(Operator op, double a, double b) {
  switch (op) {
    case Operator::equal:
      return a == b;
    case Operator::not_equal:
      return a != b;
    case Operator::less:
      return a < b;
    case Operator::less_equal:
      return a <= b;
    case Operator::greater:
      return a > b;
    case Operator::greater_equal:
      return a >= b;
  }
  return false;
}

}  // namespace

bool Glob::operator()(std::string_view value) const {
  std::size_t at = 0, in = 0, star = std::string::npos, resume = 0;
  while (at < value.size()) {
    if (in < text.size() && text[in] == '*') {
      star = in++;
      resume = at;
    } else if (in < text.size() && text[in] == value[at]) {
      ++in, ++at;
    } else if (star != std::string::npos) {
      in = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (in < text.size() && text[in] == '*') ++in;
  return in == text.size();
}

std::unexpected<Error> invalid_pattern(const std::string& what) { return fail(ErrorKind::invalid, "Invalid filter pattern: " + what); }

bool holds(const Comparison& comparison, std::string_view text) {
  if (const double* wanted = std::get_if<double>(&comparison.value)) {
    if (const auto number = to_number(text)) return compare(comparison.op, *number, *wanted);
    return comparison.op == Operator::not_equal;
  }
  const bool equal = std::holds_alternative<Glob>(comparison.value)
                         ? std::get<Glob>(comparison.value)(text)
                         : re2::RE2::PartialMatch({text.data(), text.size()}, *std::get<Regex>(comparison.value));
  return comparison.op == Operator::equal ? equal : comparison.op == Operator::not_equal && !equal;
}

std::optional<double> to_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::size_t digits = text.starts_with('-') ? 1 : 0;
  if (text.size() <= digits || (!std::isdigit(static_cast<unsigned char>(text[digits])) && text[digits] != '.')) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::string number_text(double number) { return fmt::format("{}", number); }

namespace {

bool is_regex_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || std::string_view(":_#=@/;,-^$?[]{}|\\*+. ").find(c) != std::string_view::npos;
}

/// "{m, n}" and "{,n}" as RE2 has them; `at` stands behind the brace.
std::string repetition(std::string_view text, std::size_t& at) {
  const std::size_t end = text.find('}', at);
  if (end == std::string_view::npos) return "{";
  std::string inside;
  for (const char c : text.substr(at, end - at))
    if (c != ' ') inside += c;
  if (inside.find_first_not_of("0123456789,") != std::string::npos) return "{";
  at = end + 1;
  return (inside.starts_with(',') ? "{0" : "{") + inside + '}';
}

/// The expression for RE2, or nullopt when it has what patterns do not allow.
std::optional<std::string> translate(std::string_view text) {
  std::string out;
  bool in_class = false;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (c != '\\' && !is_regex_part(c)) return std::nullopt;
    if (c == '\\') {
      if (at == text.size()) return std::nullopt;
      const char escaped = text[at++];
      if (std::isalnum(static_cast<unsigned char>(escaped)) && std::string_view("dDsSwWx").find(escaped) == std::string_view::npos)
        return std::nullopt;
      if (escaped & 0x80) return std::nullopt;
      out += c;
      out += escaped;
    } else if (c == '{' && !in_class) {
      out += repetition(text, at);
    } else {
      if (c == '[') in_class = true;
      if (c == ']') in_class = false;
      out += c;
    }
  }
  return out;
}

}  // namespace

Result<Regex> compile_regex(std::string_view text) {
  const auto translated = translate(text);
  if (!translated || text.empty()) return invalid_pattern("Invalid character(s) in the regular expression '%" + std::string(text) + "%'");
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto regex = std::make_shared<const re2::RE2>(*translated, options);
  if (!regex->ok()) return invalid_pattern("Invalid regular expression '%" + std::string(text) + "%': " + regex->error());
  return regex;
}

void PatternReader::skip_blanks() {
  while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\n' || rest_.front() == '\r'))
    rest_.remove_prefix(1);
}

char PatternReader::take() {
  if (rest_.empty()) return '\0';
  const char c = rest_.front();
  rest_.remove_prefix(1);
  return c;
}

bool PatternReader::comes(std::string_view word) {
  skip_blanks();
  return rest_.starts_with(word);
}

bool PatternReader::accept(std::string_view word) {
  if (!comes(word)) return false;
  rest_.remove_prefix(word.size());
  return true;
}

std::string_view PatternReader::take_while(bool (*part)(char)) {
  std::size_t size = 0;
  while (size < rest_.size() && part(rest_[size])) ++size;
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

Result<std::string> PatternReader::quoted() {
  std::string text;
  while (!rest_.empty()) {
    const char c = take();
    if (c == '"') return text;
    if (c == '\\' && (peek() == '"' || peek() == '\\'))
      text += take();
    else
      text += c;
  }
  return invalid_pattern("a quote is not closed");
}

Result<Regex> PatternReader::regex() {
  const std::size_t end = rest_.find('%');
  if (end == std::string_view::npos) return invalid_pattern("a regular expression is not closed");
  auto regex = compile_regex(rest_.substr(0, end));
  rest_.remove_prefix(end + 1);
  ++regexes_;
  return regex;
}

std::optional<Operator> PatternReader::comparison_operator() {
  if (accept("!=")) return Operator::not_equal;
  if (accept("<=")) return Operator::less_equal;
  if (accept(">=")) return Operator::greater_equal;
  if (accept("=")) return Operator::equal;
  if (accept("<")) return Operator::less;
  if (accept(">")) return Operator::greater;
  return std::nullopt;
}

Result<Value> PatternReader::value(bool quoted_regex) {
  skip_blanks();
  if (peek() == '%') {
    take();
    auto compiled = regex();
    if (!compiled) return std::unexpected(compiled.error());
    return Value(*compiled);
  }
  if (peek() == '"') {
    take();
    auto text = quoted();
    if (!text) return std::unexpected(text.error());
    if (!quoted_regex || text->size() < 3 || !text->starts_with('%') || !text->ends_with('%')) return Value(Glob{*text});
    auto compiled = compile_regex(std::string_view(*text).substr(1, text->size() - 2));
    if (!compiled) return std::unexpected(compiled.error());
    ++regexes_;
    return Value(*compiled);
  }
  const std::string_view word = take_while(is_value_part);
  if (word.empty()) return invalid_pattern("a value is missing");
  if (const auto number = to_number(word)) return Value(*number);
  for (const char c : word)
    if (!is_bare_part(c)) return fail(ErrorKind::invalid, "Invalid character(s) in term '" + std::string(word) + "'");
  return Value(Glob{std::string(word)});
}

}  // namespace tocsin::telemetry::filters
