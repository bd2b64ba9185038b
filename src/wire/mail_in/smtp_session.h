// The server's side of one SMTP conversation (RFC 5321), as far as a receiver of alerts needs it: EHLO, AUTH PLAIN and LOGIN (RFC 4954),
// MAIL, RCPT, DATA, SIZE. Bytes in, replies out; no sockets, no clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::wire {

struct ReceivedMail {
  std::string sender;
  std::vector<std::string> recipients;
  std::string password;  ///< of AUTH; empty without
  std::string bytes;     ///< header and body, dots undone
};

class SmtpSession {
 public:
  static constexpr std::size_t mail_bytes_max = 1 << 20;

  /// What is said first.
  std::string greeting() const;
  /// Takes what came and gives what is to be answered. Stops at the end of a mail, until its verdict.
  std::string feed(std::string_view bytes);
  /// A mail that came whole and waits for its verdict.
  std::optional<ReceivedMail> take_mail();
  /// The answer to it, and to what came behind it: `code` 250, 451 (later) or 550 (never).
  std::string verdict(int code, std::string_view words);
  bool closed() const { return closed_; }

 private:
  enum class Expecting { command, data, plain, login_name, login_password };
  std::string line(std::string_view text);
  std::string command(std::string_view text);
  std::string authenticate(std::string_view argument);
  std::string credentials(std::string_view text);
  std::string data_line(std::string_view text);
  void reset();

  std::string buffer_;
  Expecting expecting_ = Expecting::command;
  bool greeted_ = false, has_sender_ = false, too_long_ = false, waiting_ = false, closed_ = false;
  ReceivedMail mail_;
  int faults_ = 0;
};

}  // namespace tocsin::wire
