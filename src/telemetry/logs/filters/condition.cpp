#include "telemetry/logs/filters/condition.h"

#include <charconv>

namespace tocsin::telemetry::filters {
namespace {

bool is_value_part(char c) {
  return c != ' ' && c != '\t' && c != ',' && c != ']' && c != '}' && c != ')' && c != '&' && c != '|' && c != '(' && c != '"';
}

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

bool holds(const Comparison& comparison, std::string_view text, std::optional<double> number) {
  if (const double* wanted = std::get_if<double>(&comparison.value)) {
    if (number) return compare(comparison.op, *number, *wanted);
    return comparison.op == Operator::not_equal;
  }
  const bool equal = std::holds_alternative<Glob>(comparison.value)
                         ? std::get<Glob>(comparison.value)(text)
                         : re2::RE2::PartialMatch({text.data(), text.size()}, *std::get<Regex>(comparison.value));
  return comparison.op == Operator::equal ? equal : comparison.op == Operator::not_equal && !equal;
}

std::optional<double> to_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

Result<Regex> compile_regex(std::string_view text) {
  for (const char c : text)
    if (!std::isalnum(static_cast<unsigned char>(c)) && std::string_view(":_#=@/;,-^$?[]{}|\\*+. ").find(c) == std::string_view::npos)
      return fail(ErrorKind::invalid, "Invalid character(s) in the regular expression '" + std::string(text) + "'");
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto regex = std::make_shared<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!regex->ok()) return fail(ErrorKind::invalid, "Invalid regular expression '" + std::string(text) + "': " + regex->error());
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
  return fail(ErrorKind::invalid, "Invalid filter pattern: a quote is not closed");
}

Result<Regex> PatternReader::regex() {
  const std::size_t end = rest_.find('%');
  if (end == std::string_view::npos) return fail(ErrorKind::invalid, "Invalid filter pattern: a regular expression is not closed");
  auto regex = compile_regex(rest_.substr(0, end));
  rest_.remove_prefix(end + 1);
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

Result<Value> PatternReader::value() {
  skip_blanks();
  if (peek() == '%' || peek() == '"') {
    const bool is_regex = take() == '%';
    if (is_regex) {
      auto compiled = regex();
      if (!compiled) return std::unexpected(compiled.error());
      return Value(*compiled);
    }
    auto text = quoted();
    if (!text) return std::unexpected(text.error());
    return Value(Glob{*text});
  }
  const std::string_view word = take_while(is_value_part);
  if (word.empty()) return fail(ErrorKind::invalid, "Invalid filter pattern: a value is missing");
  if (const auto number = to_number(word)) return Value(*number);
  return Value(Glob{std::string(word)});
}

}  // namespace tocsin::telemetry::filters
