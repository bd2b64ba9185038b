#include "diagnose/investigations/log_pattern.h"

#include <re2/re2.h>

#include <array>
#include <boost/json.hpp>

#include "base/document.h"

namespace tocsin::diagnose {
namespace {

constexpr std::size_t pattern_length_max = 300;
constexpr std::string_view mask = "<*>";

bool found_in(const re2::RE2& regex, std::string_view text) { return re2::RE2::PartialMatch({text.data(), text.size()}, regex); }

bool might_be_error(std::string_view message) {
  static const re2::RE2 regex("(?i)error|exception|fatal|panic|critical|emerg|alert|severe|traceback");
  return found_in(regex, message);
}

bool has_error_word(std::string_view text) {
  static const re2::RE2 regex("(?i)error|exception|fatal|panic|traceback");
  return found_in(regex, text);
}

/// Whether its severity is ERROR or above; nullopt when it has none.
std::optional<bool> judged_by_severity(const Document& line) {
  if (const auto number = integer_at(line, "severity_number")) return *number >= 17;
  static const re2::RE2 severe("(?i)^(err|error|fatal|critical|crit|panic|emerg|emergency|alert|severe)");
  for (const char* key : {"severity", "level", "log.level", "levelname", "lvl"})
    if (const auto text = text_at(line, key)) return found_in(severe, *text);
  return std::nullopt;
}

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

}  // namespace

std::optional<ErrorLine> read_error_line(std::string_view message) {
  if (!might_be_error(message)) return std::nullopt;
  const auto line = message.starts_with('{') ? parse_json(message) : Result<Document>(Document{});
  if (!line || !line->is_object()) {
    if (!has_error_word(message)) return std::nullopt;
    return ErrorLine{"@message", first_line(message), ""};
  }
  if (!judged_by_severity(*line).value_or(has_error_word(message))) return std::nullopt;
  ErrorLine error{"@message", std::string(message), text_or(*line, "trace_id")};
  for (const char* key : {"body", "message", "msg"})
    if (const auto text = text_at(*line, key)) {
      error.field = key;
      error.text = first_line(*text);
      break;
    }
  return error;
}

std::string pattern_of(std::string_view text) {
  static const re2::RE2 ids(
      "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|[A-Za-z0-9_]*[0-9][A-Za-z0-9_]*(?:[.:-][A-Za-z0-9_]*[0-9][A-Za-z0-9_]*)*");
  std::string pattern(text.substr(0, pattern_length_max * 2));
  re2::RE2::GlobalReplace(&pattern, ids, {mask.data(), mask.size()});
  if (pattern.size() > pattern_length_max) pattern.resize(pattern_length_max);
  // not within a character
  while (!pattern.empty() && (pattern.back() & 0xC0) == 0x80 && pattern.size() == pattern_length_max) pattern.pop_back();
  if (!pattern.empty() && static_cast<unsigned char>(pattern.back()) >= 0xC0) pattern.pop_back();
  return pattern;
}

std::string longest_literal(std::string_view pattern) {
  std::string_view longest;
  while (true) {
    const std::size_t end = pattern.find(mask);
    const std::string_view piece = pattern.substr(0, end);
    if (piece.size() > longest.size()) longest = piece;
    if (end == std::string_view::npos) break;
    pattern.remove_prefix(end + mask.size());
  }
  while (longest.starts_with(' ')) longest.remove_prefix(1);
  while (longest.ends_with(' ')) longest.remove_suffix(1);
  return longest.size() < 3 ? std::string() : std::string(longest);
}

}  // namespace tocsin::diagnose
