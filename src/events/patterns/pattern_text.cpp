#include "events/patterns/pattern_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "base/encoding.h"

namespace tocsin::events {
namespace {

constexpr int depth_max = 64;
constexpr std::size_t quoted_source_max = 500;

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) return byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F));
  if (code < 0x10000) return byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
  byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
}

/// Control characters as escapes, at most 500 characters.
std::string quoted_source(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text.substr(0, quoted_source_max)) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r')
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    else
      quoted += c;
  }
  quoted += '"';
  if (text.size() > quoted_source_max) quoted += fmt::format("[truncated {} chars]", text.size() - quoted_source_max);
  return quoted;
}

std::string source_words(std::string_view text, TextPosition at) {
  return fmt::format("[Source: (String){}; line: {}, column: {}]", quoted_source(text), at.line, at.column);
}

constexpr std::string_view any_token = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

bool is_token_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

/// Recursive descent; a failure is kept in `reason_` and unwinds by false. Reasons and columns are the service's.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<PatternNode> read() {
    PatternNode root;
    blanks();
    // of what is no object the service reads the first token alone
    if (next_ >= text_.size()) return root.at = here(), root;
    if (text_[next_] == '"') return root.kind = PatternNode::Kind::text, root.at = position(next_ + 1), root;
    if (value(root, 0)) return root;
    return fail(ErrorKind::invalid, with_position(reason_, text_, at_.value_or(here())), "InvalidPattern");
  }

 private:
  TextPosition here() const { return position(next_); }
  TextPosition position(std::size_t offset) const {
    // columns count characters
    const auto bytes = text_.substr(line_start_, offset - line_start_);
    const auto more = std::ranges::count_if(bytes, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; });
    return {line_, static_cast<int>(bytes.size()) - static_cast<int>(more) + 1};
  }

  bool bad(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }

  bool bad_at(std::string reason, TextPosition at) {
    at_ = at;
    return bad(std::move(reason));
  }

  bool unexpected(std::string_view what) {
    std::uint32_t code = static_cast<unsigned char>(text_[next_]);
    std::size_t length = 1;
    if (code >= 0xF0)
      code &= 0x07, length = 4;
    else if (code >= 0xE0)
      code &= 0x0F, length = 3;
    else if (code >= 0xC0)
      code &= 0x1F, length = 2;
    const std::string_view found = text_.substr(next_, length);
    for (std::size_t n = 1; n < found.size(); ++n) code = code << 6 | (static_cast<unsigned char>(found[n]) & 0x3Fu);
    return bad(fmt::format("Unexpected character ('{}' (code {})){}", found, code, what));
  }

  bool expected_token() { return unexpected(fmt::format(": expected a valid value {}", any_token)); }

  bool ends(bool in_object) {
    return bad(fmt::format("Unexpected end-of-input within/between {} entries", in_object ? "Object" : "Array"));
  }

  /// Jackson's words for a container that is never closed, or by the wrong mark.
  bool not_closed(bool object, TextPosition start) {
    return bad(fmt::format("Unexpected end-of-input: expected close marker for {} (start marker at {})", object ? "Object" : "Array",
                           source_words(text_, start)));
  }
  bool closed_wrongly(bool object, TextPosition start) {
    return bad(fmt::format("Unexpected close marker '{}': expected '{}' (for {} starting at {})", text_[next_], object ? '}' : ']',
                           object ? "Object" : "Array", source_words(text_, start)));
  }

  void blanks() {
    for (; next_ < text_.size(); ++next_) {
      const char c = text_[next_];
      if (c == '\n')
        ++line_, line_start_ = next_ + 1;
      else if (c != ' ' && c != '\t' && c != '\r')
        return;
    }
  }

  bool value(PatternNode& out, int depth) {
    if (depth > depth_max) return bad("Event pattern is nested too deeply");
    blanks();
    if (next_ >= text_.size()) return bad("Unexpected end-of-input");
    if (!token(out, depth)) return false;
    out.end = here();
    return true;
  }

  bool token(PatternNode& out, int depth) {
    const char c = text_[next_];
    if (c == '{') return object(out, depth);
    if (c == '[') return array(out, depth);
    if (c == '"') return string_value(out);
    if (c == '-' || (c >= '0' && c <= '9')) return number(out);
    if (c == '+' && next_ + 1 < text_.size() && text_[next_ + 1] >= '0' && text_[next_ + 1] <= '9') {
      const TextPosition after = position(next_ + 1);
      unexpected(
          " in numeric value: JSON spec does not allow numbers to have plus signs: enable "
          "`JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow");
      return bad_at(reason_, after);
    }
    return is_token_letter(c) ? literal(out) : expected_token();
  }

  bool literal(PatternNode& out) {
    std::size_t end = next_;
    while (end < text_.size() && is_token_letter(text_[end])) ++end;
    const std::string_view word = text_.substr(next_, end - next_);
    if (word == "NaN" || word == "Infinity")
      return bad_at(fmt::format("Non-standard token '{}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow", word),
                    position(end));
    if (word != "true" && word != "false" && word != "null")
      return bad(fmt::format("Unrecognized token '{}': was expecting {}", word, any_token));
    next_ = end;
    out.kind = word == "null" ? PatternNode::Kind::null : PatternNode::Kind::truth;
    out.truth = word == "true";
    out.text = word;
    out.at = here();
    return true;
  }

  bool digits() {
    const std::size_t from = next_;
    while (next_ < text_.size() && text_[next_] >= '0' && text_[next_] <= '9') ++next_;
    return next_ > from;
  }

  /// What must be a digit is not one: told of the place before it.
  bool no_digit(std::string_view what) {
    if (next_ >= text_.size()) return bad("Unexpected end-of-input in a Number value");
    const TextPosition before = position(next_ - (what.starts_with("expected") ? 0 : 1));
    unexpected(fmt::format(" in numeric value: {}", what));
    return bad_at(reason_, before);
  }

  bool number(PatternNode& out) {
    const std::size_t from = next_;
    if (text_[next_] == '-') ++next_;
    const std::size_t whole = next_;
    if (!digits()) return no_digit("expected digit (0-9) to follow minus sign, for valid numeric value");
    if (text_[whole] == '0' && next_ - whole > 1) return bad_at("Invalid numeric value: Leading zeroes not allowed", position(whole + 1));
    if (next_ < text_.size() && text_[next_] == '.' && (++next_, !digits())) return no_digit("Decimal point not followed by a digit");
    if (next_ < text_.size() && (text_[next_] == 'e' || text_[next_] == 'E')) {
      ++next_;
      if (next_ < text_.size() && (text_[next_] == '+' || text_[next_] == '-')) ++next_;
      if (!digits()) return no_digit("Exponent indicator not followed by a digit");
    }
    out.kind = PatternNode::Kind::number;
    out.text = std::string(text_.substr(from, next_ - from));
    out.at = here();
    if (std::from_chars(out.text.data(), out.text.data() + out.text.size(), out.number).ec != std::errc())
      out.number = std::strtod(out.text.c_str(), nullptr);
    return true;
  }

  bool string_value(PatternNode& out) {
    out.kind = PatternNode::Kind::text;
    ++next_;
    out.at = here();
    return string_rest(out.text, ": was expecting closing quote for a string value");
  }

  bool string_rest(std::string& out, std::string_view at_end) {
    while (next_ < text_.size()) {
      const char c = text_[next_++];
      if (c == '"') return is_utf8(out) || bad("Invalid UTF-8");
      if (static_cast<unsigned char>(c) < 0x20)
        return bad_at(
            fmt::format(
                "Illegal unquoted character ((CTRL-CHAR, code {})): has to be escaped using backslash to be included in string value",
                static_cast<int>(c)),
            position(next_ - 1));
      if (c != '\\')
        out += c;
      else if (!escape(out))
        return false;
    }
    return bad(fmt::format("Unexpected end-of-input{}", at_end));
  }

  bool escape(std::string& out) {
    if (next_ >= text_.size()) return bad("Unexpected end-of-input in character escape sequence");
    static constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
    const char c = text_[next_++];
    if (const std::size_t found = from.find(c); found != std::string_view::npos) return out += to[found], true;
    if (c != 'u')
      return bad_at(fmt::format("Unrecognized character escape '{}' (code {})", c, static_cast<int>(static_cast<unsigned char>(c))),
                    position(next_ - 1));
    return unicode_escape(out);
  }

  std::optional<std::uint32_t> four_hex() {
    std::uint32_t code = 0;
    for (int n = 0; n < 4; ++n, ++next_) {
      if (next_ >= text_.size()) return bad("Unexpected end-of-input in character escape sequence"), std::nullopt;
      const std::string_view all = "0123456789abcdef";
      const std::size_t digit = all.find(static_cast<char>(text_[next_] | (text_[next_] >= 'A' && text_[next_] <= 'F' ? 0x20 : 0)));
      if (digit == std::string_view::npos) return unexpected(": expected a hex-digit for character escape sequence"), std::nullopt;
      code = code << 4 | static_cast<std::uint32_t>(digit);
    }
    return code;
  }

  bool unicode_escape(std::string& out) {
    auto code = four_hex();
    if (!code) return false;
    if (*code >= 0xD800 && *code < 0xDC00) {
      if (text_.substr(next_, 2) != "\\u") return bad("Unpaired surrogate");
      next_ += 2;
      const auto low = four_hex();
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return bad("Unpaired surrogate");
      code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
    } else if (*code >= 0xDC00 && *code <= 0xDFFF) {
      return bad("Unpaired surrogate");
    }
    append_utf8(out, *code);
    return true;
  }

  bool array(PatternNode& out, int depth) {
    out.kind = PatternNode::Kind::array;
    out.text = "[";
    const TextPosition start = here();
    ++next_;
    out.at = here();
    blanks();
    if (next_ < text_.size() && text_[next_] == ']') return ++next_, true;
    if (next_ >= text_.size()) return not_closed(false, start);
    while (true) {
      blanks();
      if (next_ >= text_.size()) return ends(false);
      if (!value(out.elements.emplace_back(), depth + 1)) return false;
      blanks();
      if (next_ >= text_.size()) return not_closed(false, start);
      if (text_[next_] == ']') return ++next_, true;
      if (text_[next_] == '}') return closed_wrongly(false, start);
      if (text_[next_] != ',') return unexpected(": was expecting comma to separate Array entries");
      ++next_;
    }
  }

  bool object(PatternNode& out, int depth) {
    out.kind = PatternNode::Kind::object;
    out.text = "{";
    const TextPosition start = here();
    ++next_;
    out.at = here();
    blanks();
    if (next_ < text_.size() && text_[next_] == '}') return ++next_, true;
    if (next_ >= text_.size()) return not_closed(true, start);
    while (true) {
      if (!member(out, depth)) return false;
      blanks();
      if (next_ >= text_.size()) return not_closed(true, start);
      if (text_[next_] == '}') return ++next_, true;
      if (text_[next_] == ']') return closed_wrongly(true, start);
      if (text_[next_] != ',') return unexpected(": was expecting comma to separate Object entries");
      ++next_;
    }
  }

  bool member(PatternNode& out, int depth) {
    blanks();
    if (next_ >= text_.size()) return ends(true);
    if (text_[next_] != '"') return unexpected(": was expecting double-quote to start field name");
    ++next_;
    std::string key;
    if (!string_rest(key, " in field name")) return false;
    blanks();
    if (next_ >= text_.size()) return ends(true);
    if (text_[next_] != ':') return unexpected(": was expecting a colon to separate field name and value");
    ++next_;
    blanks();
    if (next_ >= text_.size()) return ends(true);
    std::erase_if(out.members, [&](const auto& earlier) { return earlier.first == key; });
    return value(out.members.emplace_back(std::move(key), PatternNode{}).second, depth + 1);
  }

  std::string_view text_;
  std::size_t next_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  std::string reason_;
  std::optional<TextPosition> at_;  ///< of the failure, where that is not where the reader stands
};

}  // namespace

const PatternNode* PatternNode::find(std::string_view key) const {
  for (const auto& [name, node] : members)
    if (name == key) return &node;
  return nullptr;
}

std::string with_position(std::string_view reason, std::string_view text, TextPosition at) {
  return fmt::format("{}\n at {}", reason, source_words(text, at));
}

Result<PatternNode> read_pattern_text(std::string_view text) { return Reader(text).read(); }

}  // namespace tocsin::events
