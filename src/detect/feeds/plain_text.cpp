#include <array>
#include <charconv>

#include "detect/feeds/feed.h"

namespace tocsin::detect {
namespace {

struct Reference {
  std::string_view name, text;
};
constexpr std::array references{Reference{"amp", "&"},  Reference{"lt", "<"},   Reference{"gt", ">"},    Reference{"quot", "\""},
                                Reference{"apos", "'"}, Reference{"nbsp", " "}, Reference{"ndash", "-"}, Reference{"mdash", "-"}};

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// Of "&name;" at `at`: its text, and how long it was; 0 for what is none.
std::size_t append_reference(std::string_view html, std::size_t at, std::string& out) {
  const std::size_t end = html.substr(at, 12).find(';');
  if (end == std::string_view::npos || end < 2) return 0;
  const std::string_view name = html.substr(at + 1, end - 1);
  for (const Reference& known : references)
    if (name == known.name) return out += known.text, end + 1;
  if (name.front() != '#') return 0;
  const bool hexadecimal = name.size() > 2 && (name[1] == 'x' || name[1] == 'X');
  const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
  std::uint32_t code = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), code, hexadecimal ? 16 : 10);
  const bool whole = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  if (!whole || code < 0x20 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return 0;
  append_utf8(out, code);
  return end + 1;
}

bool ends_a_line(std::string_view tag) {
  for (const std::string_view name : {"br", "/p", "/div", "/li", "/h1", "/h2", "/h3", "/tr"})
    if (tag.starts_with(name) && (tag.size() == name.size() || tag.find_first_of(" /\t\n", name.size()) == name.size())) return true;
  return false;
}

void end_line(std::string& out) {
  while (out.ends_with(' ')) out.pop_back();
  if (!out.empty() && !out.ends_with('\n')) out += '\n';
}

}  // namespace

std::string plain_text(std::string_view html) {
  std::string out;
  for (std::size_t at = 0; at < html.size();) {
    const char c = html[at];
    if (c == '<') {
      const std::size_t end = html.find('>', at);
      if (end == std::string_view::npos) break;
      if (ends_a_line(html.substr(at + 1, end - at - 1))) end_line(out);
      at = end + 1;
    } else if (const std::size_t length = c == '&' ? append_reference(html, at, out) : 0; length > 0) {
      at += length;
    } else {
      const bool is_blank = static_cast<unsigned char>(c) <= ' ';
      if (!is_blank)
        out += c;
      else if (c == '\n' && !out.ends_with('\n'))
        end_line(out);
      else if (!out.empty() && !out.ends_with(' ') && !out.ends_with('\n'))
        out += ' ';
      ++at;
    }
  }
  while (!out.empty() && static_cast<unsigned char>(out.back()) <= ' ') out.pop_back();
  return out;
}

}  // namespace tocsin::detect
