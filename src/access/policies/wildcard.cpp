#include "access/policies/wildcard.h"

#include <algorithm>

namespace tocsin::access {
namespace {

int lower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
int byte_of(char c) { return static_cast<unsigned char>(c); }

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Wildcard::Wildcard(std::string_view pattern) {
  parts_.reserve(pattern.size());
  for (const char c : pattern) parts_.push_back(c == '*' ? any_run : c == '?' ? any_one : byte_of(c));
}

bool Wildcard::add_variable(std::string_view inside, const ConditionContext& context) {
  const auto comma = inside.find(',');
  const std::string_view name = trim(inside.substr(0, comma));
  std::string_view value;
  if (name == "*" || name == "?" || name == "$")
    value = name;
  else if (const auto found = context.find(lower_case(name)); found != context.end() && found->second.size() == 1)
    value = found->second.front();
  else if (comma != std::string_view::npos) {
    value = trim(inside.substr(comma + 1));
    if (value.size() < 2 || value.front() != '\'' || value.back() != '\'') return false;
    value = value.substr(1, value.size() - 2);
  } else
    return false;
  for (const char c : value) parts_.push_back(byte_of(c));
  return true;
}

std::optional<Wildcard> Wildcard::with_variables(std::string_view pattern, const ConditionContext& context) {
  Wildcard out;
  while (!pattern.empty()) {
    if (pattern.starts_with("${")) {
      const auto end = pattern.find('}');
      if (end == std::string_view::npos || !out.add_variable(pattern.substr(2, end - 2), context)) return std::nullopt;
      pattern.remove_prefix(end + 1);
      continue;
    }
    const char c = pattern.front();
    out.parts_.push_back(c == '*' ? any_run : c == '?' ? any_one : byte_of(c));
    pattern.remove_prefix(1);
  }
  return out;
}

// two positions to come back to: linear in practice, quadratic at worst
bool Wildcard::match(const int* pattern, const int* pattern_end, std::string_view text, bool ignore_case) {
  const int* after_run = nullptr;
  std::size_t at = 0, resume = 0;
  while (at < text.size()) {
    if (pattern != pattern_end && *pattern == any_run) {
      after_run = ++pattern;
      resume = at;
      continue;
    }
    const int c = byte_of(text[at]);
    if (pattern != pattern_end && (*pattern == any_one || *pattern == c || (ignore_case && *pattern >= 0 && lower(*pattern) == lower(c)))) {
      ++pattern;
      ++at;
      continue;
    }
    if (!after_run) return false;
    pattern = after_run;
    at = ++resume;
  }
  return std::all_of(pattern, pattern_end, [](int part) { return part == any_run; });
}

bool Wildcard::matches(std::string_view text, bool ignore_case) const {
  return match(parts_.data(), parts_.data() + parts_.size(), text, ignore_case);
}

bool Wildcard::matches_arn(std::string_view arn) const {
  const int* part = parts_.data();
  const int* const end = part + parts_.size();
  for (int segment = 0; segment < 5; ++segment) {
    const int* const colon = std::find(part, end, ':');
    const auto text_colon = arn.find(':');
    // a pattern of fewer parts: its last one stands for the rest
    if (colon == end || text_colon == std::string_view::npos) return match(part, end, arn, false);
    if (!match(part, colon, arn.substr(0, text_colon), false)) return false;
    part = colon + 1;
    arn.remove_prefix(text_colon + 1);
  }
  return match(part, end, arn, false);
}

std::string Wildcard::literal() const {
  std::string out;
  for (const int part : parts_) out += part == any_run ? '*' : part == any_one ? '?' : static_cast<char>(part);
  return out;
}

}  // namespace tocsin::access
