#include "wire/mail_in/mail_text.h"

#include <map>

#include "base/encoding.h"
#include "base/letters.h"

namespace tocsin::wire {
namespace {

constexpr int depth_max = 4;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

using HeaderMap = std::map<std::string, std::string>;

/// Header fields by lower-case name, unfolded, and where the body begins.
std::pair<HeaderMap, std::string_view> split_head(std::string_view bytes) {
  HeaderMap head;
  std::string* last = nullptr;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    std::string_view line = bytes.substr(0, end);
    bytes = end == std::string_view::npos ? std::string_view() : bytes.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    if ((line[0] == ' ' || line[0] == '\t') && last) {
      *last += ' ';
      *last += trimmed(line);
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    last = &head.try_emplace(lower_case(line.substr(0, colon)), trimmed(line.substr(colon + 1))).first->second;
  }
  return {std::move(head), bytes};
}

std::string value_of(const HeaderMap& head, const std::string& name) {
  const auto found = head.find(name);
  return found == head.end() ? std::string() : found->second;
}

/// The parameter of a field, such as boundary or charset.
std::string parameter_of(const std::string& field, std::string_view name) {
  const std::string low = lower_case(field);
  const std::size_t at = low.find(std::string(name) + "=");
  if (at == std::string::npos) return {};
  std::string_view value = std::string_view(field).substr(at + name.size() + 1);
  if (value.starts_with('"')) return std::string(value.substr(1, value.substr(1).find('"')));
  return std::string(value.substr(0, value.find_first_of("; \t")));
}

std::string from_latin1(std::string_view bytes) {
  std::string out;
  for (const unsigned char c : bytes) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      out += static_cast<char>(0xC0 | c >> 6);
      out += static_cast<char>(0x80 | (c & 0x3F));
    }
  }
  return out;
}

std::string to_utf8(std::string bytes) { return is_utf8(bytes) ? bytes : from_latin1(bytes); }

std::string decode_quoted(std::string_view text, bool in_word) {
  std::string out;
  for (std::size_t n = 0; n < text.size(); ++n) {
    if (in_word && text[n] == '_') {
      out += ' ';
    } else if (text[n] != '=') {
      out += text[n];
    } else if (const auto byte = n + 2 < text.size() ? from_hex(text.substr(n + 1, 2)) : std::nullopt) {
      out += *byte;
      n += 2;
    } else if (n + 1 < text.size() && (text[n + 1] == '\n' || text[n + 1] == '\r')) {
      n += text[n + 1] == '\r' && n + 2 < text.size() && text[n + 2] == '\n' ? 2 : 1;
    } else {
      out += '=';
    }
  }
  return out;
}

std::string decode_base64_lines(std::string_view text) {
  std::string packed;
  for (const char c : text)
    if (!std::isspace(static_cast<unsigned char>(c))) packed += c;
  return from_base64(packed).value_or(std::string(text));
}

std::string decode_body(const HeaderMap& head, std::string_view body) {
  const std::string encoding = lower_case(value_of(head, "content-transfer-encoding"));
  if (encoding == "base64") return to_utf8(decode_base64_lines(body));
  if (encoding == "quoted-printable") return to_utf8(decode_quoted(body, false));
  return to_utf8(std::string(body));
}

std::string plain_text(const HeaderMap& head, std::string_view body, int depth) {
  const std::string type = value_of(head, "content-type"), low = lower_case(type);
  if (low.empty() || low.starts_with("text/plain")) return decode_body(head, body);
  const std::string boundary = parameter_of(type, "boundary");
  if (!low.starts_with("multipart/") || boundary.empty() || depth >= depth_max) return {};
  const std::string mark = "--" + boundary;
  std::size_t at = body.find(mark);
  while (at != std::string_view::npos) {
    const std::size_t begin = body.find('\n', at);
    if (begin == std::string_view::npos || body.substr(at + mark.size()).starts_with("--")) break;
    const std::size_t next = body.find(mark, begin);
    const auto [part_head, part_body] = split_head(body.substr(begin + 1, next == std::string_view::npos ? next : next - begin - 1));
    if (std::string text = plain_text(part_head, part_body, depth + 1); !text.empty()) return text;
    at = next;
  }
  return {};
}

}  // namespace

std::string decode_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t at = text.find("=?");
    if (at == std::string_view::npos) break;
    const std::size_t charset = text.find('?', at + 2);
    const std::size_t kind = charset == std::string_view::npos ? charset : text.find('?', charset + 1);
    const std::size_t end = kind == std::string_view::npos ? kind : text.find("?=", kind + 1);
    if (end == std::string_view::npos) break;
    // blanks between two encoded words are none
    const std::string_view before = text.substr(0, at);
    if (out.empty() || !trimmed(before).empty()) out += before;
    const std::string_view word = text.substr(kind + 1, end - kind - 1);
    const char form = static_cast<char>(std::toupper(static_cast<unsigned char>(text[charset + 1])));
    out += to_utf8(form == 'B' ? from_base64(word).value_or(std::string(word)) : decode_quoted(word, true));
    text = text.substr(end + 2);
  }
  return out + to_utf8(std::string(text));
}

MailText read_mail(std::string_view bytes) {
  const auto [head, body] = split_head(bytes);
  return {decode_words(value_of(head, "from")), decode_words(value_of(head, "subject")), plain_text(head, body, 0)};
}

}  // namespace tocsin::wire
