#include "events/patterns/pattern_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
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

/// Recursive descent; a failure is kept in `reason_` and unwinds by false.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<PatternNode> read() {
    PatternNode root;
    if (!value(root, 0)) return refuse();
    blanks();
    if (next_ < text_.size()) {
      unexpected("a single value");
      return refuse();
    }
    return root;
  }

 private:
  std::unexpected<Error> refuse() const { return fail(ErrorKind::invalid, with_position(reason_, text_, here()), "InvalidPattern"); }

  TextPosition here() const { return {line_, static_cast<int>(next_ - line_start_) + 1}; }

  bool bad(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }

  bool unexpected(std::string_view wanted) {
    if (next_ >= text_.size()) return bad("Unexpected end-of-input");
    const unsigned char found = static_cast<unsigned char>(text_[next_++]);
    return bad(
        fmt::format("Unexpected character ('{}' (code {})): was expecting {}", static_cast<char>(found), static_cast<int>(found), wanted));
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
    switch (text_[next_]) {
      case '{':
        return object(out, depth);
      case '[':
        return array(out, depth);
      case '"':
        return string_value(out);
      case 't':
        return literal(out, "true", PatternNode::Kind::truth, true);
      case 'f':
        return literal(out, "false", PatternNode::Kind::truth, false);
      case 'n':
        return literal(out, "null", PatternNode::Kind::null, false);
      default:
        return number(out);
    }
  }

  bool literal(PatternNode& out, std::string_view word, PatternNode::Kind kind, bool truth) {
    if (text_.substr(next_, word.size()) != word)
      return bad("Unrecognized token: was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')");
    next_ += word.size();
    out.kind = kind;
    out.truth = truth;
    out.at = here();
    return true;
  }

  bool digits() {
    const std::size_t from = next_;
    while (next_ < text_.size() && text_[next_] >= '0' && text_[next_] <= '9') ++next_;
    return next_ > from;
  }

  bool number(PatternNode& out) {
    const std::size_t from = next_;
    if (text_[next_] == '-') ++next_;
    const bool zero = next_ < text_.size() && text_[next_] == '0';
    if (!digits()) return unexpected("a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')");
    if (zero && text_[from] != '-' && next_ - from > 1) return bad("Invalid numeric value: Leading zeroes not allowed");
    if (next_ < text_.size() && text_[next_] == '.' && (++next_, !digits())) return unexpected("digits after the decimal point");
    if (next_ < text_.size() && (text_[next_] == 'e' || text_[next_] == 'E')) {
      ++next_;
      if (next_ < text_.size() && (text_[next_] == '+' || text_[next_] == '-')) ++next_;
      if (!digits()) return unexpected("digits of an exponent");
    }
    out.kind = PatternNode::Kind::number;
    out.text = std::string(text_.substr(from, next_ - from));
    out.at = here();
    const auto parsed = std::from_chars(out.text.data(), out.text.data() + out.text.size(), out.number);
    return parsed.ec == std::errc() || bad("Numeric value out of range");
  }

  bool string_value(PatternNode& out) {
    out.kind = PatternNode::Kind::text;
    ++next_;
    out.at = here();
    return string_rest(out.text);
  }

  bool string_rest(std::string& out) {
    while (next_ < text_.size()) {
      const char c = text_[next_++];
      if (c == '"') return is_utf8(out) || bad("Invalid UTF-8");
      if (static_cast<unsigned char>(c) < 0x20)
        return bad("Illegal unquoted character: has to be escaped using backslash to be included in string value");
      if (c != '\\')
        out += c;
      else if (!escape(out))
        return false;
    }
    return bad("Unexpected end-of-input in a String value");
  }

  bool escape(std::string& out) {
    if (next_ >= text_.size()) return bad("Unexpected end-of-input in a String value");
    static constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
    const char c = text_[next_++];
    if (const std::size_t found = from.find(c); found != std::string_view::npos) return out += to[found], true;
    if (c != 'u')
      return bad(fmt::format("Unrecognized character escape '{}' (code {})", c, static_cast<int>(static_cast<unsigned char>(c))));
    return unicode_escape(out);
  }

  std::optional<std::uint32_t> four_hex() {
    std::uint32_t code = 0;
    if (next_ + 4 > text_.size()) return std::nullopt;
    const auto parsed = std::from_chars(text_.data() + next_, text_.data() + next_ + 4, code, 16);
    if (parsed.ptr != text_.data() + next_ + 4) return std::nullopt;
    next_ += 4;
    return code;
  }

  bool unicode_escape(std::string& out) {
    auto code = four_hex();
    if (!code) return bad("Unexpected character in a unicode escape");
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
    ++next_;
    out.at = here();
    blanks();
    if (next_ < text_.size() && text_[next_] == ']') return ++next_, true;
    while (true) {
      if (!value(out.elements.emplace_back(), depth + 1)) return false;
      blanks();
      if (next_ < text_.size() && text_[next_] == ',')
        ++next_;
      else if (next_ < text_.size() && text_[next_] == ']')
        return ++next_, true;
      else
        return unexpected("comma to separate Array entries");
    }
  }

  bool object(PatternNode& out, int depth) {
    out.kind = PatternNode::Kind::object;
    ++next_;
    out.at = here();
    blanks();
    if (next_ < text_.size() && text_[next_] == '}') return ++next_, true;
    while (true) {
      if (!member(out, depth)) return false;
      blanks();
      if (next_ < text_.size() && text_[next_] == ',')
        ++next_;
      else if (next_ < text_.size() && text_[next_] == '}')
        return ++next_, true;
      else
        return unexpected("comma to separate Object entries");
    }
  }

  bool member(PatternNode& out, int depth) {
    blanks();
    if (next_ >= text_.size() || text_[next_] != '"') return unexpected("double-quote to start field name");
    ++next_;
    std::string key;
    if (!string_rest(key)) return false;
    blanks();
    if (next_ >= text_.size() || text_[next_] != ':') return unexpected("a colon to separate field name and value");
    ++next_;
    std::erase_if(out.members, [&](const auto& earlier) { return earlier.first == key; });
    return value(out.members.emplace_back(std::move(key), PatternNode{}).second, depth + 1);
  }

  std::string_view text_;
  std::size_t next_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  std::string reason_;
};

}  // namespace

const PatternNode* PatternNode::find(std::string_view key) const {
  for (const auto& [name, node] : members)
    if (name == key) return &node;
  return nullptr;
}

std::string with_position(std::string_view reason, std::string_view text, TextPosition at) {
  std::string quoted = fmt::format("\"{}\"", text.substr(0, quoted_source_max));
  if (text.size() > quoted_source_max) quoted += fmt::format("[truncated {} chars]", text.size() - quoted_source_max);
  return fmt::format("{}\n at [Source: (String){}; line: {}, column: {}]", reason, quoted, at.line, at.column);
}

Result<PatternNode> read_pattern_text(std::string_view text) { return Reader(text).read(); }

}  // namespace tocsin::events
