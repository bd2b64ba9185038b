#include "telemetry/log_patterns/pattern_text.h"

#include <algorithm>

namespace tocsin::telemetry {
namespace {

const char* type_name(VariableKind kind) {
  switch (kind) {
    case VariableKind::time:
      return "Time";
    case VariableKind::number:
      return "Number";
    case VariableKind::address:
      return "IP";
    case VariableKind::id:
      return "ID";
    case VariableKind::path:
      return "Path";
    case VariableKind::text:
    case VariableKind::word:
      return "Token";
  }
  return "Token";
}

std::string quoted(std::string_view text) {
  std::string regex;
  for (const char c : text) {
    if (std::string_view("\\^$.|?*+()[]{}/-").find(c) != std::string_view::npos) regex += '\\';
    regex += c;
  }
  return regex;
}

bool contains_word(std::string_view text, std::string_view word) {
  const auto same = [](char a, char b) { return (a | 0x20) == b; };
  return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

}  // namespace

PatternText pattern_text(const TemplateText& text) {
  PatternText made;
  for (std::size_t i = 0; i < text.texts.size(); ++i) {
    const bool between_times = i > 0 && i < text.variables.size() && text.variables[i - 1] == VariableKind::time &&
                               text.variables[i] == VariableKind::time && text.texts[i].find_first_not_of(" ,") == std::string::npos;
    if (between_times) {
      made.tokens.back().last_variable = i;
      continue;
    }
    made.pattern += text.texts[i];
    made.regex += quoted(text.texts[i]);
    if (i >= text.variables.size()) continue;
    PatternToken token{
        .position = made.tokens.size() + 1, .type = type_name(text.variables[i]), .text = {}, .first_variable = i, .last_variable = i};
    token.text = '<' + token.type + '-' + std::to_string(token.position) + '>';
    made.pattern += token.text;
    made.regex += ".*";
    made.tokens.push_back(std::move(token));
  }
  return made;
}

std::string_view severity_of(std::string_view pattern) {
  if (contains_word(pattern, "error")) return "ERROR";
  return contains_word(pattern, "warn") ? "WARN" : "INFO";
}

}  // namespace tocsin::telemetry
