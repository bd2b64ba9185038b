#include "wire/mail_in/smtp_session.h"

#include <algorithm>

#include "base/encoding.h"

namespace tocsin::wire {
namespace {

constexpr std::size_t line_bytes_max = 4096;
constexpr std::size_t recipients_max = 20;
constexpr int faults_max = 10;

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
  return out;
}

/// The address of "FROM:<a@b> SIZE=1"; nullopt when it is none.
std::optional<std::string> address_in(std::string_view text, std::string_view word) {
  if (upper(text.substr(0, word.size())) != word) return std::nullopt;
  const std::size_t open = text.find('<'), close = text.find('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  return std::string(text.substr(open + 1, close - open - 1));
}

}  // namespace

std::string SmtpSession::greeting() const { return "220 tocsin ESMTP\r\n"; }

std::string SmtpSession::feed(std::string_view bytes) {
  buffer_ += bytes;
  std::string replies;
  while (!waiting_ && !closed_) {
    const std::size_t end = buffer_.find('\n');
    if (end == std::string::npos) {
      // a line without an end: of a mail it is cut, of a command refused
      if (buffer_.size() > mail_bytes_max) {
        closed_ = true;
        replies += "500 the line is too long\r\n";
      }
      break;
    }
    std::string text = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (text.ends_with('\r')) text.pop_back();
    replies += line(text);
  }
  return replies;
}

std::string SmtpSession::line(std::string_view text) {
  switch (expecting_) {
    case Expecting::data:
      return data_line(text);
    case Expecting::command:
      return text.size() > line_bytes_max ? "500 the line is too long\r\n" : command(text);
    case Expecting::plain:
    case Expecting::login_name:
    case Expecting::login_password:
      return credentials(text);
  }
  return {};
}

std::string SmtpSession::command(std::string_view text) {
  const std::string verb = upper(text.substr(0, text.find(' ')));
  const std::string_view argument = text.size() > verb.size() ? text.substr(verb.size() + 1) : std::string_view();
  if (verb == "EHLO" || verb == "HELO") {
    reset();
    greeted_ = true;
    return verb == "HELO" ? "250 tocsin\r\n"
                          : "250-tocsin\r\n250-8BITMIME\r\n250-SIZE " + std::to_string(mail_bytes_max) + "\r\n250 AUTH PLAIN LOGIN\r\n";
  }
  if (verb == "QUIT") {
    closed_ = true;
    return "221 bye\r\n";
  }
  if (verb == "NOOP") return "250 ok\r\n";
  if (verb == "RSET") return reset(), "250 ok\r\n";
  if (verb == "VRFY") return "252 try it\r\n";
  if (!greeted_) return "503 EHLO first\r\n";
  if (verb == "AUTH") return authenticate(argument);
  if (verb == "MAIL") {
    const auto sender = address_in(argument, "FROM:");
    if (!sender) return "501 MAIL FROM:<address>\r\n";
    reset();
    mail_.sender = *sender;
    has_sender_ = true;
    return "250 ok\r\n";
  }
  if (verb == "RCPT") {
    const auto recipient = address_in(argument, "TO:");
    if (!has_sender_) return "503 MAIL first\r\n";
    if (!recipient || recipient->empty()) return "501 RCPT TO:<address>\r\n";
    if (mail_.recipients.size() >= recipients_max) return "452 too many recipients\r\n";
    mail_.recipients.push_back(*recipient);
    return "250 ok\r\n";
  }
  if (verb == "DATA") {
    if (mail_.recipients.empty()) return "503 RCPT first\r\n";
    expecting_ = Expecting::data;
    return "354 end with a dot\r\n";
  }
  if (++faults_ > faults_max) {
    closed_ = true;
    return "421 too many faults\r\n";
  }
  return "502 that is not offered\r\n";
}

std::string SmtpSession::authenticate(std::string_view argument) {
  const std::string method = upper(argument.substr(0, argument.find(' ')));
  const std::string_view initial = argument.size() > method.size() ? argument.substr(method.size() + 1) : std::string_view();
  if (method == "PLAIN") {
    expecting_ = Expecting::plain;
    return initial.empty() ? "334 \r\n" : credentials(initial);
  }
  if (method == "LOGIN") {
    expecting_ = Expecting::login_name;
    return initial.empty() ? "334 VXNlcm5hbWU6\r\n" : credentials(initial);
  }
  return "504 that method is not offered\r\n";
}

std::string SmtpSession::credentials(std::string_view text) {
  const Expecting expected = expecting_;
  expecting_ = Expecting::command;
  const auto decoded = from_base64(text);
  if (!decoded) return "501 that is no base64\r\n";
  if (expected == Expecting::login_name) {
    expecting_ = Expecting::login_password;
    return "334 UGFzc3dvcmQ6\r\n";
  }
  // PLAIN: authorization NUL name NUL password
  mail_.password = expected == Expecting::plain ? decoded->substr(decoded->rfind('\0') + 1) : *decoded;
  return "235 ok\r\n";
}

std::string SmtpSession::data_line(std::string_view text) {
  if (text == ".") {
    expecting_ = Expecting::command;
    if (too_long_) {
      reset();
      return "552 the mail is too long\r\n";
    }
    waiting_ = true;
    return {};
  }
  if (text.starts_with('.')) text.remove_prefix(1);
  if (mail_.bytes.size() + text.size() + 2 > mail_bytes_max)
    too_long_ = true;
  else
    mail_.bytes.append(text).append("\r\n");
  return {};
}

std::optional<ReceivedMail> SmtpSession::take_mail() {
  if (!waiting_) return std::nullopt;
  return mail_;
}

std::string SmtpSession::verdict(int code, std::string_view words) {
  waiting_ = false;
  reset();
  return std::to_string(code) + " " + std::string(words) + "\r\n" + feed("");
}

void SmtpSession::reset() {
  std::string password = std::move(mail_.password);
  mail_ = {};
  mail_.password = std::move(password);
  has_sender_ = too_long_ = false;
}

}  // namespace tocsin::wire
