#include "wire/mail/smtp_receiving.h"

#include <algorithm>
#include <utility>

namespace tocsin::wire {
namespace {

constexpr std::size_t line_bytes_max = 4096, mail_bytes_max = 10 << 20, recipients_max = 100;

bool begins(std::string_view line, std::string_view word) {
  if (line.size() < word.size()) return false;
  return std::equal(word.begin(), word.end(), line.begin(), [](char a, char b) { return a == (b >= 'a' && b <= 'z' ? b - 32 : b); });
}

// what stands between < and >
std::optional<std::string> path_of(std::string_view line) {
  const std::size_t open = line.find('<'), close = line.find('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  return std::string(line.substr(open + 1, close - open - 1));
}

}  // namespace

SmtpReceiving::SmtpReceiving(std::string host_name) : host_name_(std::move(host_name)) { reply("220 " + host_name_ + " ESMTP Tocsin"); }

std::string SmtpReceiving::take_output() { return std::exchange(output_, {}); }

std::optional<IncomingMail> SmtpReceiving::take_mail() { return std::exchange(whole_, std::nullopt); }

void SmtpReceiving::answer(bool kept) {
  reply(kept ? "250 2.0.0 kept" : "451 4.3.0 could not be kept, try again later");
  waiting_ = false;
  begin_anew();
  proceed();
}

void SmtpReceiving::begin_anew() {
  mail_ = {};
  has_sender_ = in_data_ = too_long_ = false;
}

void SmtpReceiving::feed(std::string_view bytes) {
  if (over_) return;
  input_.append(bytes);
  proceed();
}

void SmtpReceiving::proceed() {
  std::size_t from = 0;
  while (!waiting_ && !over_) {
    const std::size_t end = input_.find('\n', from);
    if (end == std::string::npos) break;
    std::string_view line(input_.data() + from, end - from);
    if (line.ends_with('\r')) line.remove_suffix(1);
    from = end + 1;
    in_data_ ? take_data(line) : take_line(line);
  }
  input_.erase(0, from);
  if (input_.size() > (in_data_ ? mail_bytes_max : line_bytes_max) && !waiting_ && !over_) {
    reply("500 5.5.2 the line is too long");
    over_ = true;
  }
}

void SmtpReceiving::take_data(std::string_view line) {
  if (line == ".") {
    in_data_ = false;
    if (too_long_) {
      reply("552 5.3.4 the mail is too long");
      return begin_anew();
    }
    whole_ = std::move(mail_);
    waiting_ = true;
    return;
  }
  if (line.starts_with('.')) line.remove_prefix(1);
  too_long_ |= mail_.data.size() + line.size() > mail_bytes_max;
  if (!too_long_) mail_.data += std::string(line) + "\r\n";
}

void SmtpReceiving::take_line(std::string_view line) {
  if (line.size() > line_bytes_max) return reply("500 5.5.2 the line is too long");
  command(line);
}

void SmtpReceiving::command(std::string_view line) {
  if (begins(line, "EHLO") || begins(line, "HELO")) {
    greeted_ = true;
    begin_anew();
    if (begins(line, "HELO")) return reply("250 " + host_name_);
    return reply("250-" + host_name_ + "\r\n250-SIZE " + std::to_string(mail_bytes_max) + "\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES");
  }
  if (begins(line, "QUIT")) {
    over_ = true;
    return reply("221 2.0.0 bye");
  }
  if (begins(line, "RSET")) {
    begin_anew();
    return reply("250 2.0.0 ok");
  }
  if (begins(line, "NOOP")) return reply("250 2.0.0 ok");
  if (begins(line, "VRFY")) return reply("252 2.1.5 send some mail, it will be seen");
  const bool mail = begins(line, "MAIL FROM:"), rcpt = begins(line, "RCPT TO:"), data = begins(line, "DATA");
  if (!mail && !rcpt && !data) return reply("502 5.5.1 this command is not known");
  if (!greeted_) return reply("503 5.5.1 say EHLO first");
  if (mail) {
    const auto path = path_of(line);
    if (!path || has_sender_) return reply(has_sender_ ? "503 5.5.1 there is a sender already" : "501 5.1.7 MAIL FROM:<…>");
    mail_.from = *path;
    has_sender_ = true;
    return reply("250 2.1.0 ok");
  }
  if (rcpt) {
    const auto path = path_of(line);
    if (!has_sender_) return reply("503 5.5.1 MAIL first");
    if (!path || path->empty()) return reply("501 5.1.3 RCPT TO:<…>");
    if (mail_.to.size() >= recipients_max) return reply("452 4.5.3 too many recipients");
    mail_.to.push_back(*path);
    return reply("250 2.1.5 ok");
  }
  if (mail_.to.empty()) return reply("503 5.5.1 RCPT first");
  in_data_ = true;
  reply("354 end with a dot on a line of its own");
}

}  // namespace tocsin::wire
