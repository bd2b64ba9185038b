#include "wire/aws/xml_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/encoding.h"

namespace tocsin::wire {
namespace {

constexpr int depth_max = 64;
constexpr std::size_t elements_max = 200'000;

std::unexpected<Error> malformed(std::string what) { return fail(ErrorKind::invalid, std::move(what)); }

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_name_char(char c) { return !is_blank(c) && std::string_view("<>/=\"'&?!").find(c) == std::string_view::npos; }

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// "lt", "#38", "#x26"; false when it is none.
bool append_entity(std::string& out, std::string_view name) {
  constexpr std::pair<std::string_view, char> known[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [entity, c] : known)
    if (name == entity) return out += c, true;
  if (!name.starts_with('#')) return false;
  const bool hex = name.starts_with("#x");
  name.remove_prefix(hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  const bool sound = error == std::errc{} && end == name.data() + name.size() && code != 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  if (sound) append_utf8(out, code);
  return sound;
}

class XmlParser {
 public:
  explicit XmlParser(std::string_view text) : text_(text) {}

  Result<XmlElement> document() {
    if (auto skipped = skip_outside(); !skipped) return std::unexpected(skipped.error());
    XmlElement root;
    if (auto read = element(root, 0); !read) return std::unexpected(read.error());
    if (auto skipped = skip_outside(); !skipped) return std::unexpected(skipped.error());
    if (at_ != text_.size()) return malformed("There is something after the root element.");
    return root;
  }

 private:
  bool looking_at(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  Result<void> skip_past(std::string_view end) {
    const std::size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) return malformed("'" + std::string(end) + "' is missing.");
    at_ = found + end.size();
    return {};
  }

  // comments and instructions
  Result<void> skip_outside() {
    if (at_ == 0 && looking_at("\xEF\xBB\xBF")) at_ = 3;
    while (true) {
      skip_blanks();
      Result<void> skipped;
      if (looking_at("<?"))
        skipped = skip_past("?>");
      else if (looking_at("<!--"))
        skipped = skip_past("-->");
      else
        return {};
      if (!skipped) return skipped;
    }
  }

  std::string name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<void> decode(std::string_view raw, std::string& out) {
    while (!raw.empty()) {
      const std::size_t amp = raw.find('&');
      out += raw.substr(0, amp);
      if (amp == std::string_view::npos) return {};
      const std::size_t end = raw.find(';', amp);
      if (end == std::string_view::npos || !append_entity(out, raw.substr(amp + 1, end - amp - 1))) return malformed("An entity is not known.");
      raw.remove_prefix(end + 1);
    }
    return {};
  }

  Result<void> attribute(XmlElement& into) {
    std::string key = name();
    skip_blanks();
    if (key.empty() || !looking_at("=")) return malformed("An attribute is malformed.");
    ++at_;
    skip_blanks();
    if (!looking_at("\"") && !looking_at("'")) return malformed("An attribute's value is not quoted.");
    const char quote = text_[at_++];
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) return malformed("An attribute's value does not end.");
    std::string value;
    if (auto decoded = decode(text_.substr(at_, end - at_), value); !decoded) return decoded;
    at_ = end + 1;
    into.attributes.emplace_back(std::move(key), std::move(value));
    return {};
  }

  Result<void> element(XmlElement& into, int depth) {
    if (depth > depth_max || ++elements_ > elements_max) return malformed("The document is too deep or too large.");
    if (!looking_at("<")) return malformed("An element is missing.");
    ++at_;
    const std::string whole = name();
    if (whole.empty()) return malformed("An element has no name.");
    into.name = whole.substr(whole.find(':') + 1);
    while (true) {
      skip_blanks();
      if (looking_at("/>")) return at_ += 2, Result<void>{};
      if (looking_at(">")) break;
      if (auto read = attribute(into); !read) return read;
    }
    ++at_;
    return content(into, whole, depth);
  }

  Result<void> content(XmlElement& into, const std::string& whole, int depth) {
    while (true) {
      const std::size_t open = text_.find('<', at_);
      if (open == std::string_view::npos) return malformed("The element " + whole + " is not closed.");
      if (auto decoded = decode(text_.substr(at_, open - at_), into.text); !decoded) return decoded;
      at_ = open;
      Result<void> read;
      if (looking_at("</"))
        return close(whole);
      else if (looking_at("<!--"))
        read = skip_past("-->");
      else if (looking_at("<?"))
        read = skip_past("?>");
      else if (looking_at("<![CDATA["))
        read = cdata(into);
      else
        read = element(into.children.emplace_back(), depth + 1);
      if (!read) return read;
    }
  }

  Result<void> cdata(XmlElement& into) {
    const std::size_t begin = at_ + 9;
    if (auto skipped = skip_past("]]>"); !skipped) return skipped;
    into.text += text_.substr(begin, at_ - 3 - begin);
    return {};
  }

  Result<void> close(const std::string& whole) {
    at_ += 2;
    if (name() != whole) return malformed("The element " + whole + " is closed by another name.");
    skip_blanks();
    if (!looking_at(">")) return malformed("The end of " + whole + " is malformed.");
    ++at_;
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t elements_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view child_name) const {
  const auto found = std::ranges::find(children, child_name, &XmlElement::name);
  return found == children.end() ? nullptr : &*found;
}

Result<XmlElement> parse_xml(std::string_view text) {
  if (!is_utf8(text)) return malformed("The document is not UTF-8.");
  return XmlParser(text).document();
}

}  // namespace tocsin::wire
