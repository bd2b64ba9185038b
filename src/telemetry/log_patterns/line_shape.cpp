#include "telemetry/log_patterns/line_shape.h"

#include <algorithm>

#include "telemetry/log_patterns/word_looks.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t line_bytes_max = 4096;
constexpr std::size_t quoted_bytes_max = 400;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0; }
bool is_sign(char c) { return std::string_view("=,;()[]{}<>\"'|#").find(c) != std::string_view::npos; }
bool opens(char c) { return c == '(' || c == '[' || c == '<'; }
char closing(char c) { return c == '(' ? ')' : c == '[' ? ']' : '>'; }

/// Of GET and its kin at the beginning, with a blank behind; else 0.
std::size_t method_length(std::string_view text) {
  for (const std::string_view method : {"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "CONNECT"})
    if (text.starts_with(method) && text.size() > method.size() && text[method.size()] == ' ') return method.size();
  return 0;
}

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdULL;
}

}  // namespace

void LineShape::read(std::string_view text) {
  line_ = text.substr(0, std::min(text.find('\n'), line_bytes_max));
  pieces_.clear();
  words_.clear();
  variables_.clear();
  const std::size_t first = line_.find_first_not_of(" \t");
  json_ = first != std::string_view::npos && line_[first] == '{';
  split();
  mark_words();
  mark_header();
  mark_values();
  mark_lists();
  collect();
}

/// Words end at blanks and signs; ':' and '.' belong to a word when letters or digits follow at once.
void LineShape::split() {
  std::size_t at = 0;
  while (at < line_.size()) {
    const char c = line_[at];
    const bool less_than = c == '<' && at + 1 < line_.size() && is_digit(line_[at + 1]);
    if (is_blank(c) || less_than) {
      ++at;
    } else if ((c == '"' || c == '\'') && read_quoted(at)) {
      continue;
    } else if (c == '{' && !json_ && read_braces(at)) {
      continue;
    } else if (is_sign(c) || c == ':') {
      pieces_.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + 1), c});
      ++at;
    } else {
      std::size_t end = at;
      while (end < line_.size() && !is_blank(line_[end]) && (!is_sign(line_[end]) || joins(end))) {
        // 10.0.0.1:80, 12:30:01, C:\x and http:// are one word; "name:" and "name:value" are not
        if (line_[end] == ':') {
          const bool between_digits = end > at && end + 1 < line_.size() && is_digit(line_[end - 1]) && is_digit(line_[end + 1]);
          const bool scheme = line_.substr(end).starts_with("://") || line_.substr(end).starts_with(":\\");
          if (!between_digits && !scheme) break;
        }
        ++end;
      }
      if (end == at) ++end;
      std::size_t word_end = end;
      while (word_end > at + 1 && std::string_view(".!?*").find(line_[word_end - 1]) != std::string_view::npos) --word_end;
      pieces_.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(word_end), 0});
      at = end;
    }
  }
}

/// a,b,c without blanks is one word.
bool LineShape::joins(std::size_t at) const {
  if (line_[at] != ',' || at == 0 || at + 1 >= line_.size() || !is_alnum(line_[at - 1]) || !is_alnum(line_[at + 1])) return false;
  for (std::size_t i = at + 1; i < line_.size() && !is_blank(line_[i]); ++i)
    if (line_[i] == '=' || line_[i] == ':' || line_[i] == '"') return false;
  return true;
}

/// A quoted text varies, but for the keys of JSON and the texts of its messages. An apostrophe is no quote.
bool LineShape::read_quoted(std::size_t& at) {
  const char quote = line_[at];
  if (at > 0 && is_alnum(line_[at - 1])) return false;
  std::size_t end = at + 1;
  while (end < line_.size() && end - at < quoted_bytes_max && line_[end] != quote) end += line_[end] == '\\' ? 2 : 1;
  if (end >= line_.size() || line_[end] != quote) return false;
  if (end + 1 < line_.size() && quote == '\'' && is_alnum(line_[end + 1])) return false;
  const auto piece = [&](std::size_t begin, std::size_t stop, bool variable) {
    pieces_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(stop), 0, variable, false, false, VariableKind::text});
  };
  const std::string_view inside = line_.substr(at + 1, end - at - 1);
  if (json_ && end + 1 < line_.size() && line_[end + 1] == ':') {
    piece(at + 1, end, false);
    at = end + 1;
    return true;
  }
  if (json_ && pieces_.size() > 1) {
    const Piece& key = pieces_[pieces_.size() - 2];
    const std::string_view name = line_.substr(key.begin, key.end - key.begin);
    for (const char* message : {"msg", "message", "log", "body", "event", "error", "level", "severity", "logger"})
      if (name == message) {
        ++at;
        return true;
      }
  }
  // of a request the method stays
  const std::size_t method = method_length(inside);
  if (method > 0) piece(at + 1, at + 1 + method, false);
  piece(at + (method > 0 ? 1 + method : 0), end + 1, true);
  at = end + 1;
  return true;
}

/// Objects as programs print them: Name{field=…, Other{…}}.
bool LineShape::read_braces(std::size_t& at) {
  int depth = 0;
  for (std::size_t end = at; end < line_.size(); ++end) {
    depth += line_[end] == '{';
    if (line_[end] != '}' || --depth > 0) continue;
    // behind a name it is the name's
    const bool belongs = !pieces_.empty() && !pieces_.back().sign && pieces_.back().end == at;
    pieces_.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end + 1), 0, true, false, belongs, VariableKind::text});
    at = end + 1;
    return true;
  }
  return false;
}

void LineShape::mark_words() {
  const auto text = [&](const Piece& piece) { return line_.substr(piece.begin, piece.end - piece.begin); };
  for (Piece& piece : pieces_) {
    if (piece.sign || piece.variable) continue;
    if (const auto kind = variable_kind(text(piece))) piece.variable = true, piece.kind = *kind;
  }
  const auto count = pieces_.size();
  for (std::size_t i = 0; i < count; ++i) {
    Piece& piece = pieces_[i];
    if (piece.sign || piece.variable) continue;
    const bool behind_number = i > 0 && pieces_[i - 1].variable && pieces_[i - 1].kind == VariableKind::number;
    if (!behind_number || !is_unit(text(piece))) continue;
    piece.dropped = true;
    if (is_unit_of_time(text(piece))) pieces_[i - 1].kind = VariableKind::time;
  }
  // Fri Jun 17 07:07:00 2005
  for (std::size_t i = count; i-- > 0;) {
    Piece& piece = pieces_[i];
    if (piece.sign || piece.variable || !is_calendar_name(text(piece))) continue;
    const bool before = i + 1 < count && pieces_[i + 1].variable && pieces_[i + 1].kind <= VariableKind::number;
    const bool after = i > 0 && pieces_[i - 1].variable && pieces_[i - 1].kind <= VariableKind::number;
    if (before || after) piece.variable = true, piece.kind = VariableKind::time;
  }
}

/// TIME [-] [LEVEL] [THREAD] [LEVEL] COMPONENT: and TIME HOST PROCESS[PID]: at the beginning of a line.
void LineShape::mark_header() {
  std::size_t at = 0;
  const auto count = pieces_.size();
  const auto text = [&](std::size_t i) { return line_.substr(pieces_[i].begin, pieces_[i].end - pieces_[i].begin); };
  const auto is_word = [&](std::size_t i) { return i < count && !pieces_[i].sign && !pieces_[i].variable; };
  // what a time is made of: numbers, names of months, dashes
  std::size_t times = 0;
  bool syslog = false;
  const bool bracketed = count > 0 && pieces_[0].sign == '[';
  if (bracketed) ++at;
  if (at < count && pieces_[at].variable && pieces_[at].kind == VariableKind::time && !is_digit(line_[pieces_[at].begin])) syslog = true;
  while (at < count && (pieces_[at].variable ? pieces_[at].kind <= VariableKind::number : pieces_[at].sign == ',')) {
    times += pieces_[at].kind == VariableKind::time;
    ++at;
  }
  const bool short_form = !bracketed && at >= 2 && times == 0;  // 081109 203615 148 INFO
  if (times == 0 && !(short_form && is_word(at) && is_level(text(at)))) return;
  if (bracketed) {
    if (at >= count || pieces_[at].sign != ']') return;
    ++at;
  }
  std::size_t end = at;
  bool level = false;
  for (int part = 0; part < 6 && at < count; ++part) {
    if (is_word(at) && (text(at) == "-" || text(at) == "--")) {
      end = ++at;
    } else if (is_word(at) && is_level(text(at))) {
      level = true;
      end = ++at;
    } else if (pieces_[at].variable && pieces_[at].kind == VariableKind::number) {
      end = ++at;
    } else if (pieces_[at].sign == '[') {
      int depth = 0;
      std::size_t close = at;
      while (close < count && (depth += (pieces_[close].sign == '[') - (pieces_[close].sign == ']')) > 0) ++close;
      if (close >= count) break;
      // [notice] of a web server is a level; else it is a thread, or what the line is about when there is no level
      const bool bracket_level = close == at + 2 && is_word(at + 1) && is_level(text(at + 1));
      if (!level && !bracket_level && !(close + 1 < count && is_word(close + 1) && is_level(text(close + 1)))) break;
      level |= bracket_level;
      at = end = close + 1;
    } else if (pieces_[at].sign == ':') {
      end = ++at;
    } else {
      break;
    }
  }
  // the component, or host and process, up to a colon
  std::size_t colon = at;
  const std::size_t words_max = syslog && !level ? 2 : 1;
  std::size_t words = 0;
  while (colon < count && pieces_[colon].sign != ':' && words <= words_max) {
    const Piece& piece = pieces_[colon];
    if (piece.sign == '[' || piece.sign == '(') {
      while (colon < count && pieces_[colon].sign != closing(piece.sign)) ++colon;
      if (colon == count) break;
    } else if (piece.sign) {
      break;
    } else {
      ++words;
    }
    ++colon;
  }
  const bool follows = colon < count && pieces_[colon].sign == ':' && words >= 1 && words <= words_max && (level || (syslog && words == 2));
  const bool then_blank = follows && pieces_[colon].end < line_.size() && is_blank(line_[pieces_[colon].end]);
  if (then_blank) end = colon + 1;
  if (end == count) return;
  for (std::size_t i = 0; i < end; ++i) pieces_[i].header = true;
}

/// Values behind "=" vary, or are empty.
void LineShape::mark_values() {
  for (std::size_t i = 0; i + 1 < pieces_.size(); ++i) {
    if (pieces_[i].sign != '=' || pieces_[i].header) continue;
    Piece& value = pieces_[i + 1];
    const bool adjacent = value.begin == pieces_[i].end;
    if (value.sign || (!adjacent && i > 0 && pieces_[i - 1].end == pieces_[i].begin)) continue;
    value.variable = true;
    if (adjacent) value.dropped = true;
  }
}

/// Brackets around nothing but variables, or around a list of single words, say nothing of the message.
void LineShape::mark_lists() {
  std::size_t open_at = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (pieces_[i].header) continue;
    if (opens(pieces_[i].sign)) open_at = i;
    if (pieces_[i].sign == 0 || open_at >= i || !opens(pieces_[open_at].sign) || pieces_[open_at].header ||
        pieces_[i].sign != closing(pieces_[open_at].sign) || pieces_[open_at].dropped)
      continue;
    bool variables_only = true, single_words = true;
    std::size_t commas = 0, in_item = 0;
    for (std::size_t j = open_at + 1; j < i; ++j) {
      const Piece& piece = pieces_[j];
      if (piece.sign == ',') {
        ++commas;
        single_words &= in_item == 1;
        in_item = 0;
      } else if (piece.sign) {
        single_words = false;
        variables_only &= piece.sign == ':' || piece.sign == '#' || piece.dropped;
      } else {
        ++in_item;
        variables_only &= piece.variable || piece.dropped || line_.substr(piece.begin, piece.end - piece.begin) == "-";
      }
    }
    single_words &= in_item == 1;
    if (!variables_only && !(single_words && commas > 0)) continue;
    for (std::size_t j = open_at; j <= i; ++j) {
      pieces_[j].dropped = true;
      if (!pieces_[j].sign) pieces_[j].variable = true;
    }
  }
}

void LineShape::collect() {
  std::uint64_t hash = 0;
  std::string_view previous;
  char sign = 0;
  const auto after_variable = [&] { return !words_.empty() && words_.back().variable; };
  bool apart = false;  // a sign stands between the last variable and here that does not belong to it
  for (const Piece& piece : pieces_) {
    if (piece.variable) variables_.push_back({piece.begin, piece.end, piece.kind});
    if (piece.dropped || piece.header) continue;
    if (piece.sign) {
      // signs between variables belong to them
      const bool list = std::string_view(",;#:").find(piece.sign) != std::string_view::npos;
      if (!list || !after_variable()) {
        hash = mixed(hash, static_cast<unsigned char>(piece.sign));
        apart = true;
      }
      sign = piece.sign;
      continue;
    }
    // lists of any length are one
    if (piece.variable && after_variable() && !apart) continue;
    hash = mixed(hash, 2);
    ShapeWord word{piece.begin, piece.end};
    const std::string_view text = line_.substr(piece.begin, piece.end - piece.begin);
    word.variable = piece.variable;
    word.value_look = !piece.variable && looks_put_in(text) && (!words_.empty() || text.find('.') != std::string_view::npos);
    word.value_place = sign == '=' || (sign != ':' && names_a_value(previous));
    word.behind_preposition = is_preposition(previous) || sign == ':' || sign == '[' || sign == '(';
    words_.push_back(word);
    previous = piece.variable ? std::string_view() : text;
    sign = 0;
    apart = false;
  }
  skeleton_ = mixed(hash, words_.size());
}

}  // namespace tocsin::telemetry
