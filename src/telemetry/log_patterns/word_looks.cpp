#include "telemetry/log_patterns/word_looks.h"

#include <algorithm>
#include <array>
#include <string>

namespace tocsin::telemetry {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_letter(char c) { return is_upper(c) || is_lower(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Words in small letters. Most words are of a length and a first letter that none of them has.
template <std::size_t size>
class Words {
 public:
  template <typename... Texts>
  constexpr Words(Texts... texts) : words_{std::string_view(texts)...} {
    for (const std::string_view word : words_) first_letters_[word.size()] |= 1u << place_of(word[0]);
  }

  bool has(std::string_view word) const {
    if (word.empty() || word.size() > length_max || !(first_letters_[word.size()] >> place_of(word[0]) & 1)) return false;
    char lower[length_max];
    for (std::size_t i = 0; i < word.size(); ++i) lower[i] = is_upper(word[i]) ? static_cast<char>(word[i] + 32) : word[i];
    return std::find(words_.begin(), words_.end(), std::string_view(lower, word.size())) != words_.end();
  }

 private:
  static constexpr std::size_t length_max = 16;
  static constexpr unsigned place_of(char c) { return static_cast<unsigned char>(c) & 31u; }

  std::array<std::string_view, size> words_;
  std::array<std::uint32_t, length_max + 1> first_letters_{};
};

template <std::size_t size>
bool among(const Words<size>& words, std::string_view word) {
  return words.has(word);
}

/// org.apache.hadoop.v2.Name: parts of letters, of which some may end in a digit.
bool is_package_name(std::string_view word) {
  std::size_t parts = 1, letters = 0, begin = 0;
  for (std::size_t i = 0; i <= word.size(); ++i) {
    if (i == word.size() || word[i] == '.') {
      if (i == begin || !is_letter(word[begin])) return false;
      if (i - begin > 1 && is_digit(word[i - 1]) && is_digit(word[i - 2])) return false;
      begin = i + 1;
      parts += i < word.size();
    } else if (is_letter(word[i])) {
      ++letters;
    } else if (!is_digit(word[i]) && word[i] != '_' && word[i] != '$') {
      return false;
    }
  }
  return parts >= 3 && letters * 10 >= word.size() * 7;
}

/// a.b.com, mail.example.co.uk: small letters, and an ending that hosts have.
bool is_host(std::string_view word) {
  static constexpr Words<30> endings = {"com", "net", "org", "edu", "gov", "mil", "info", "io", "local", "internal",
                                        "lan", "cn",  "de",  "jp",  "ru",  "hk",  "uk",   "tw", "kr",    "fr",
                                        "it",  "br",  "in",  "au",  "ca",  "nl",  "pl",   "es", "se",    "us"};
  const std::size_t dot = word.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  if (!std::all_of(word.begin(), word.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '.' || c == '-'; })) return false;
  return among(endings, word.substr(dot + 1));
}

/// chrome.exe, zoo.cfg, index.html
bool is_file(std::string_view word) {
  static constexpr Words<26> endings = {"exe",  "dll", "log", "conf", "cfg", "xml", "txt", "so",  "jar", "properties", "png", "jpg", "json",
                                        "yaml", "yml", "ini", "html", "php", "css", "gz",  "zip", "tar", "apk",        "deb", "rpm", "pid"};
  const std::size_t dot = word.rfind('.');
  return dot != std::string_view::npos && dot > 0 && among(endings, word.substr(dot + 1));
}

bool is_time(std::string_view word) {
  std::size_t colons = 0, dashes = 0, digits = 0;
  for (const char c : word) {
    colons += c == ':';
    dashes += c == '-' || c == '/';
    digits += is_digit(c);
  }
  return digits >= 4 && digits + colons + dashes + 4 >= word.size() && (colons >= 1 || dashes == 2) && is_digit(word[0]) &&
         std::count(word.begin(), word.end(), '.') < 2 && colons < 4;
}

bool is_address(std::string_view word) {
  std::size_t dots = 0;
  while (!word.empty() && word[0] == '/') word.remove_prefix(1);
  for (const char c : word) {
    dots += c == '.';
    if (!is_digit(c) && c != '.' && c != ':' && c != '/' && c != '-') return false;
  }
  return dots == 3 && is_digit(word[0]);
}

bool is_number(std::string_view word) {
  std::size_t letters = 0;
  for (const char c : word) {
    // 327ms, 1.5e-9; what has other letters before digits is an id
    if (is_digit(c) && letters > 1) return false;
    if (is_digit(c) && letters == 1 && word.find_first_of("eE") == std::string_view::npos) return false;
    letters += is_letter(c);
    if (!is_digit(c) && !is_letter(c) && c != '.' && c != '-' && c != '+' && c != '%' && c != ',') return false;
  }
  return letters <= 3 && (letters == 0 || is_digit(word[0]) || word[0] == '-' || word[0] == '.');
}

}  // namespace

std::optional<VariableKind> variable_kind(std::string_view word) {
  std::size_t digits = 0, slashes = 0;
  for (const char c : word) {
    digits += is_digit(c);
    slashes += c == '/' || c == '\\';
  }
  if (slashes > 0) {
    if (digits > 3 && is_address(word)) return VariableKind::address;
    if (digits > 3 && is_time(word)) return VariableKind::time;
    const bool rooted =
        word[0] == '/' || word[0] == '~' || word.find("://") != std::string_view::npos || (word.size() > 2 && word[1] == ':');
    if ((rooted && word.size() > 1) || slashes > 1 || digits > 0 || word.find('.') != std::string_view::npos) return VariableKind::path;
    return std::nullopt;
  }
  if (digits == 0) {
    if (is_host(word)) return VariableKind::address;
    if (is_file(word)) return VariableKind::path;
    static constexpr Words<4> constants = {"true", "false", "null", "nan"};
    if (among(constants, word)) return VariableKind::word;
    // no word of English has so many of these letters alone
    const bool hash = word.size() >= 8 && std::all_of(word.begin(), word.end(), is_hex);
    return hash ? std::optional(VariableKind::id) : std::nullopt;
  }
  if (is_address(word)) return VariableKind::address;
  if (is_time(word)) return VariableKind::time;
  if (is_number(word)) return VariableKind::number;
  if (is_package_name(word) && !is_host(word)) return std::nullopt;
  return is_host(word) ? VariableKind::address : VariableKind::id;
}

bool is_unit(std::string_view word) {
  static constexpr Words<30> units = {"b",   "kb",  "mb",  "gb",   "tb",   "kib",  "mib", "gib", "ms",  "s",
                                      "us",  "ns",  "sec", "secs", "min",  "mins", "hr",  "hrs", "hz",  "khz",
                                      "mhz", "ghz", "%",   "kbps", "mbps", "am",   "pm",  "gmt", "utc", "cest"};
  return among(units, word);
}

bool is_unit_of_time(std::string_view word) {
  static constexpr Words<10> units = {"ms", "s", "us", "ns", "sec", "secs", "min", "mins", "hr", "hrs"};
  return among(units, word);
}

bool is_calendar_name(std::string_view word) {
  static constexpr Words<38> names = {"mon",     "tue",       "wed",      "thu",      "fri",      "sat",    "sun",  "monday",
                                      "tuesday", "wednesday", "thursday", "friday",   "saturday", "sunday", "jan",  "feb",
                                      "mar",     "apr",       "may",      "jun",      "jul",      "aug",    "sep",  "oct",
                                      "nov",     "dec",       "january",  "february", "march",    "april",  "june", "july",
                                      "august",  "september", "october",  "november", "december", "sept"};
  return !word.empty() && is_upper(word[0]) && among(names, word);
}

bool is_level(std::string_view word) {
  static constexpr Words<22> levels = {"info",   "warn",   "warning",  "error",   "err",         "debug",  "trace", "fatal",
                                       "notice", "crit",   "critical", "alert",   "emerg",       "severe", "fine",  "finer",
                                       "finest", "config", "panic",    "verbose", "information", "failure"};
  if (word.size() == 1) return std::string_view("VDIWEF").find(word[0]) != std::string_view::npos;
  return among(levels, word);
}

bool names_a_value(std::string_view word) {
  static constexpr Words<43> nouns = {
      "user",      "users", "username", "host",      "hostname", "name",     "named",  "file",   "filename", "path",   "directory",
      "dir",       "class", "type",     "eventtype", "state",    "server",   "client", "node",   "address",  "device", "interface",
      "uri",       "url",   "key",      "property",  "option",   "group",    "domain", "module", "package",  "driver", "protocol",
      "container", "tag",   "signal",   "method",    "table",    "database", "topic",  "queue",  "context",  "account"};
  return among(nouns, word);
}

bool is_preposition(std::string_view word) {
  static constexpr Words<12> prepositions = {"for", "from", "to", "by", "on", "in", "at", "with", "of", "into", "via", "through"};
  return among(prepositions, word);
}

bool looks_put_in(std::string_view word) {
  const auto dots = std::count(word.begin(), word.end(), '.');
  if (dots >= 2) return true;
  const auto underscores = std::count(word.begin(), word.end(), '_');
  const auto uppers = static_cast<std::size_t>(std::count_if(word.begin(), word.end(), is_upper));
  static constexpr Words<8> methods = {"get", "post", "put", "delete", "head", "patch", "options", "connect"};
  if (word.size() < 3 || is_level(word) || among(methods, word)) return false;
  return uppers + static_cast<std::size_t>(underscores) == word.size() || underscores >= 2 || word.find('$') != std::string_view::npos;
}

}  // namespace tocsin::telemetry
