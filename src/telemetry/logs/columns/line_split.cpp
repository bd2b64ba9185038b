#include "telemetry/logs/columns/line_split.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <set>

namespace tocsin::telemetry {
namespace {

// beyond them a double is not the number that was written
constexpr std::size_t digits_max = 15;
// further fields of an event are not discovered, so what is one must be counted
constexpr std::ptrdiff_t commas_max = 199;
constexpr std::size_t json_bytes_max = 1u << 20;

enum class Letter : std::uint8_t { delimiter, letter, hex_letter, digit, equals, blank };

constexpr std::array<Letter, 256> letters = [] {
  std::array<Letter, 256> table{};
  for (int c = 0; c < 256; ++c) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
    table[static_cast<std::size_t>(c)] = c >= '0' && c <= '9'                              ? Letter::digit
                                         : c >= 'a' && c <= 'f'                            ? Letter::hex_letter
                                         : word                                            ? Letter::letter
                                         : c == '='                                        ? Letter::equals
                                         : c == ' ' || c == '\n' || c == '\t' || c == '\r' ? Letter::blank
                                                                                           : Letter::delimiter;
  }
  return table;
}();

Letter letter(char c) { return letters[static_cast<unsigned char>(c)]; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_json_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  std::size_t digits = at - whole;
  if (digits == 0 || (text[whole] == '0' && digits > 1)) return false;
  // -0 and -0.0 are numbers of their own
  if (whole == 1 && text[1] == '0') return false;
  if (at < text.size()) {
    if (text[at++] != '.') return false;
    const std::size_t fraction = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at == fraction || at != text.size()) return false;
    digits += at - fraction;
  }
  return digits <= digits_max;
}

bool is_literal(std::string_view text) { return text == "true" || text == "false" || text == "null" || is_number(text); }

/// The quote that ends the string which begins behind `at`; npos when it is not certain to be valid.
std::size_t string_end(std::string_view line, std::size_t at, bool& escaped) {
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '"') return at;
    if (static_cast<unsigned char>(c) < 0x20) return std::string_view::npos;
    if (c != '\\') continue;
    escaped = true;
    if (++at >= line.size() || std::string_view("\"\\/bfnrt").find(line[at]) == std::string_view::npos) return std::string_view::npos;
  }
  return std::string_view::npos;
}

bool all_ascii(std::string_view text) {
  unsigned char seen = 0;
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return seen < 0x80;
}

struct PathWalk {
  std::vector<std::string> paths;

  bool walk(simdjson::dom::element of, const std::string& path, int depth) {
    constexpr int depth_max = 30;
    if (depth > depth_max) return false;
    simdjson::dom::object object;
    simdjson::dom::array array;
    if (of.get_object().get(object) == simdjson::SUCCESS) {
      std::set<std::string_view> names;
      for (const auto field : object) {
        if (field.key.empty() || field.key.find('.') != std::string_view::npos || !names.insert(field.key).second) return false;
        if (!walk(field.value, path.empty() ? std::string(field.key) : path + '.' + std::string(field.key), depth + 1)) return false;
      }
    } else if (of.get_array().get(array) == simdjson::SUCCESS) {
      std::size_t index = 0;
      for (const simdjson::dom::element element : array)
        if (!walk(element, path + '.' + std::to_string(index++), depth + 1)) return false;
    } else {
      paths.push_back(path);
    }
    return true;
  }
};

}  // namespace

bool split_json(std::string_view line, std::vector<LineSlot>& slots) {
  if (line.size() < 2 || line.size() > json_bytes_max || line.front() != '{') return false;
  const std::size_t last = line.find_last_not_of(" \t\r\n");
  if (line[last] != '}' || (!all_ascii(line) && !simdjson::validate_utf8(line.data(), line.size()))) return false;
  const std::size_t first_slot = slots.size();
  std::ptrdiff_t commas = 0;
  for (std::size_t at = 0; at <= last;) {
    const char c = line[at];
    if (c == '"') {
      bool escaped = false;
      const std::size_t end = string_end(line, at + 1, escaped);
      if (end == std::string_view::npos) return false;
      std::size_t behind = end + 1;
      while (behind <= last && is_json_blank(line[behind])) ++behind;
      const bool name = behind <= last && line[behind] == ':';
      if (name && escaped) return false;
      if (!name)
        slots.push_back(
            {static_cast<std::uint32_t>(at + 1), static_cast<std::uint32_t>(end - at - 1), escaped ? SlotKind::escaped : SlotKind::string});
      commas += std::count(line.begin() + static_cast<std::ptrdiff_t>(at), line.begin() + static_cast<std::ptrdiff_t>(end), ',');
      at = end + 1;
    } else if (c == '-' || is_digit(c) || c == 't' || c == 'f' || c == 'n') {
      std::size_t end = at + 1;
      while (end <= last && line[end] != ',' && line[end] != '}' && line[end] != ']' && !is_json_blank(line[end])) ++end;
      if (!is_literal(line.substr(at, end - at))) return false;
      slots.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end - at), SlotKind::literal});
      at = end;
    } else {
      if (c == ',') ++commas;
      ++at;
    }
    if (slots.size() - first_slot > line_slots_max) return false;
  }
  return commas < commas_max;
}

void split_text(std::string_view text, std::vector<LineSlot>& slots) {
  bool value = false;  // behind "=", until a blank
  for (std::size_t at = 0; at < text.size();) {
    const Letter first = letter(text[at]);
    if (first >= Letter::equals || first == Letter::delimiter) {
      value = first == Letter::equals || (value && first != Letter::blank);
      ++at;
      continue;
    }
    const std::size_t begin = at;
    bool digit = false, only_hex = true;
    for (; at < text.size(); ++at) {
      const Letter kind = letter(text[at]);
      if (kind == Letter::delimiter || kind >= Letter::equals) break;
      digit |= kind == Letter::digit;
      only_hex &= kind != Letter::letter;
    }
    constexpr std::size_t hex_letters_min = 4;
    if (digit || value || (only_hex && at - begin >= hex_letters_min))
      slots.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at - begin), SlotKind::text});
  }
}

std::optional<std::vector<std::string>> json_paths(std::string_view line) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(line.data(), line.size()).get(root) != simdjson::SUCCESS || !root.is_object()) return std::nullopt;
  PathWalk walk;
  if (!walk.walk(root, {}, 0)) return std::nullopt;
  return std::move(walk.paths);
}

bool may_have_fields(std::string_view line) {
  if (line.empty()) return false;
  if (line.find('{') != std::string_view::npos) return true;
  constexpr std::size_t runtime_tab_max = 40;
  if (line.substr(0, runtime_tab_max).find('\t') != std::string_view::npos) return true;
  for (const std::string_view beginning : {"REPORT ", "START ", "END ", "INIT_START ", "1.0 "})
    if (line.starts_with(beginning)) return true;
  return is_digit(line[0]) && line.find(" eni-") != std::string_view::npos;
}

}  // namespace tocsin::telemetry
