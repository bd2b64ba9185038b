// A mail server in the test's process, on a real loopback socket, that keeps what it is given.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct ssl_ctx_st;

namespace tocsin::testing {

struct ReceivedMail {
  std::string from;
  std::vector<std::string> to;
  std::string data;  ///< header and body, CRLF, dots unstuffed
  bool tls = false;
  std::string user;  ///< who authenticated, "" for nobody

  /// A header field's value, unfolded; "" when it is missing.
  std::string header(const std::string& name) const;
  /// What stands behind the header.
  std::string body() const;
};

class MailSink {
 public:
  /// With certificate and key (PEM files) it offers STARTTLS.
  explicit MailSink(std::string certificate_file = {}, std::string key_file = {});
  ~MailSink();

  std::uint16_t port() const { return port_; }
  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }

  /// Answers to commands that begin with `command` ("RCPT", "DATA", "END" for the mail itself) with `reply` ("451 later"); "" restores.
  /// "MUTE" never answers.
  void answer(const std::string& command, const std::string& reply);
  /// Accepts AUTH PLAIN with these.
  void want_credentials(std::string user, std::string password);

  std::vector<ReceivedMail> mails() const;
  /// Waits until there are that many; returns what there are.
  std::vector<ReceivedMail> wait_for(std::size_t count, std::chrono::milliseconds patience = std::chrono::seconds(5)) const;

 private:
  class Session;
  void accept_all();
  std::string answer_to(const std::string& command, const std::string& otherwise) const;
  void keep(ReceivedMail mail);

  int listener_;
  std::uint16_t port_ = 0;
  ssl_ctx_st* tls_ = nullptr;
  std::string credentials_;  ///< as AUTH PLAIN sends them
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<ReceivedMail> mails_;
  std::map<std::string, std::string> answers_;
  std::map<int, std::thread> sessions_;
  std::atomic<bool> stopping_ = false;
  std::thread acceptor_;
};

}  // namespace tocsin::testing
