#include "delivery/smtp/mail_message.h"

#include <algorithm>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/text_time.h"

namespace tocsin::delivery {
namespace {

constexpr std::size_t encoded_word_bytes_max = 42;  // in base64 with its frame at most 75 characters (RFC 2047 §2)
constexpr std::size_t plain_line_max = 900;         // RFC 5321 §4.5.3.1.6 allows 998
constexpr std::size_t quoted_line_max = 75;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
}

bool holds_line_end(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos; }

std::string encoded_words(std::string_view text) {
  if (is_ascii(text) && text.find("=?") == std::string_view::npos) return std::string(text);
  std::string out;
  while (!text.empty()) {
    std::size_t size = std::min(text.size(), encoded_word_bytes_max);
    // a character stays in one word
    while (size < text.size() && size > 1 && (text[size] & 0xc0) == 0x80) --size;
    out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + to_base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

std::string mailbox_text(std::string_view mailbox) {
  const std::size_t open = mailbox.rfind('<');
  if (open == std::string_view::npos) return std::string(mailbox);
  std::string_view name = mailbox.substr(0, open);
  while (name.ends_with(' ')) name.remove_suffix(1);
  if (name.size() > 1 && name.starts_with('"') && name.ends_with('"')) name = name.substr(1, name.size() - 2);
  if (!is_ascii(name)) return encoded_words(name) + " " + std::string(mailbox.substr(open));
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return name.empty() ? std::string(mailbox.substr(open)) : quoted + "\" " + std::string(mailbox.substr(open));
}

std::string bracketed(const std::string& id) { return id.starts_with('<') ? id : "<" + id + ">"; }

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

// RFC 2045 §6.7
std::string quoted_printable(std::string_view line) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool last = i + 1 == line.size();
    const bool plain = (c >= '!' && c <= '~' && c != '=') || ((c == ' ' || c == '\t') && !last);
    const std::string piece = plain ? std::string(1, c) : "=" + to_hex(std::string_view(&c, 1));
    if (column + piece.size() > quoted_line_max) {
      out += "=\r\n";
      column = 0;
    }
    for (const char letter : piece) out += static_cast<char>(plain ? letter : std::toupper(letter));
    column += piece.size();
  }
  return out;
}

std::string part(std::string_view type, std::string_view text) {
  const auto lines = lines_of(text);
  const bool plain =
      std::all_of(lines.begin(), lines.end(), [](std::string_view line) { return is_ascii(line) && line.size() <= plain_line_max; });
  std::string out = "Content-Type: " + std::string(type) +
                    "; charset=utf-8\r\nContent-Transfer-Encoding: " + (plain ? "7bit" : "quoted-printable") + "\r\n\r\n";
  for (const std::string_view line : lines) out += (plain ? std::string(line) : quoted_printable(line)) + "\r\n";
  return out;
}

std::string body(const MailMessage& message) {
  if (message.html.empty()) return part("text/plain", message.text);
  // of the content, so that the same mail is the same bytes, and no line of the content is likely to hold it
  const std::string boundary = "=_" + to_hex(sha256(message.text + message.html + message.message_id)).substr(0, 32);
  return "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n" +
         part("text/plain", message.text) + "--" + boundary + "\r\n" + part("text/html", message.html) + "--" + boundary + "--\r\n";
}

std::string joined(const std::vector<std::string>& items, const char* separator, std::string (*form)(const std::string&)) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : separator) + form(item);
  return out;
}

Result<void> check(const MailMessage& message) {
  std::vector<std::string_view> fields = {message.from, message.reply_to, message.message_id, message.in_reply_to};
  for (const auto& list : {message.to, message.references})
    for (const std::string& item : list)
      if (holds_line_end(item)) return fail(ErrorKind::invalid, "a header field holds a line end");
  for (const auto& [name, value] : message.headers) {
    fields.insert(fields.end(), {name, value});
    if (name.empty() || name.find_first_of(": ") != std::string::npos || !is_ascii(name))
      return fail(ErrorKind::invalid, "'" + name + "' is no header's name");
  }
  for (const std::string_view field : fields)
    if (holds_line_end(field)) return fail(ErrorKind::invalid, "a header field holds a line end");
  return {};
}

}  // namespace

Result<std::string> address_of(std::string_view mailbox) {
  std::string_view address = mailbox;
  if (const std::size_t open = mailbox.rfind('<'); open != std::string_view::npos) {
    if (!mailbox.ends_with('>')) return fail(ErrorKind::invalid, "'" + std::string(mailbox) + "' is no mail address");
    address = mailbox.substr(open + 1, mailbox.size() - open - 2);
  }
  const std::size_t at = address.rfind('@');
  const bool sound = at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
                     address.find_first_of(std::string_view(" \t\r\n<>,\0", 8)) == std::string_view::npos;
  if (!sound) return fail(ErrorKind::invalid, "'" + std::string(mailbox) + "' is no mail address");
  return std::string(address);
}

Result<std::string> mail_text(const MailMessage& message, Instant date) {
  if (auto sound = check(message); !sound) return std::unexpected(sound.error());
  // the service allows line ends in a subject; a mail cannot hold them
  std::string subject = message.subject;
  std::replace_if(
      subject.begin(), subject.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  std::string date_text = to_http_date(date);
  date_text.replace(date_text.size() - 3, 3, "+0000");
  const auto mailbox = [](const std::string& text) { return mailbox_text(text); };
  std::string out = "From: " + mailbox_text(message.from) + "\r\nTo: " + joined(message.to, ",\r\n ", mailbox) +
                    "\r\nSubject: " + encoded_words(subject) + "\r\nDate: " + date_text +
                    "\r\nMessage-ID: " + bracketed(message.message_id) + "\r\n";
  if (!message.reply_to.empty()) out += "Reply-To: " + mailbox_text(message.reply_to) + "\r\n";
  if (!message.in_reply_to.empty()) out += "In-Reply-To: " + bracketed(message.in_reply_to) + "\r\n";
  if (!message.references.empty()) out += "References: " + joined(message.references, "\r\n ", bracketed) + "\r\n";
  for (const auto& [name, value] : message.headers) out += name + ": " + encoded_words(value) + "\r\n";
  return out + "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" + body(message);
}

}  // namespace tocsin::delivery
