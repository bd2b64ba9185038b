#include "tests/support/mail_sink.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/encoding.h"

namespace tocsin::testing {

std::string ReceivedMail::header(const std::string& name) const {
  std::string value;
  bool found = false;
  for (std::size_t at = 0; at < data.size();) {
    const std::size_t end = data.find("\r\n", at);
    const std::string line = data.substr(at, end - at);
    if (line.empty()) break;
    if (found && line[0] != ' ' && line[0] != '\t') return value;
    if (found) value += line;
    if (strncasecmp(line.c_str(), (name + ": ").c_str(), name.size() + 2) == 0) {
      found = true;
      value = line.substr(name.size() + 2);
    }
    at = end + 2;
  }
  return value;
}

std::string ReceivedMail::body() const {
  const std::size_t end = data.find("\r\n\r\n");
  return end == std::string::npos ? "" : data.substr(end + 4);
}

// One client, spoken to on a thread of its own.
class MailSink::Session {
 public:
  Session(MailSink& sink, int socket) : sink_(sink), socket_(socket) {}
  ~Session() { SSL_free(ssl_); }

  void run() {
    say(sink_.answer_to("CONNECT", "220 sink ready"));
    std::string line;
    while (open_ && read_line(line)) on_command(line);
  }

 private:
  void on_command(const std::string& line) {
    const std::string verb = line.substr(0, 4);
    if (strcasecmp(verb.c_str(), "EHLO") == 0) return say(sink_.answer_to("EHLO", extensions()));
    if (line.starts_with("STARTTLS")) return start_tls();
    if (line.starts_with("AUTH")) return authenticate(line);
    if (verb == "MAIL") {
      mail_ = {.from = between_brackets(line), .tls = ssl_ != nullptr, .user = mail_.user};
      return say(sink_.answer_to("MAIL", "250 ok"));
    }
    if (verb == "RCPT") {
      mail_.to.push_back(between_brackets(line));
      return say(sink_.answer_to("RCPT", "250 ok"));
    }
    if (verb == "DATA") return receive_mail();
    if (verb == "QUIT") open_ = false;
    say(verb == "QUIT" ? "221 bye" : "250 ok");
  }

  std::string extensions() const {
    std::string text = "250-sink\r\n";
    if (sink_.tls_ && !ssl_) text += "250-STARTTLS\r\n";
    if (!sink_.credentials_.empty()) text += "250-AUTH PLAIN\r\n";
    return text + "250 8BITMIME";
  }

  void start_tls() {
    say("220 go ahead");
    ssl_ = SSL_new(sink_.tls_);
    SSL_set_fd(ssl_, socket_);
    open_ = SSL_accept(ssl_) == 1;
  }

  void authenticate(std::string line) {
    if (line == "AUTH PLAIN") {
      say("334 ");
      std::string answer;
      read_line(answer);
      line += " " + answer;
    }
    const auto given = from_base64(line.substr(std::string("AUTH PLAIN ").size()));
    const bool right = given && *given == sink_.credentials_;
    if (right) mail_.user = given->substr(1, given->find('\0', 1) - 1);
    say(right ? "235 welcome" : "535 wrong credentials");
  }

  void receive_mail() {
    const std::string answer = sink_.answer_to("DATA", "354 go on");
    say(answer);
    if (!answer.starts_with("354")) return;
    std::string line;
    while ((open_ = read_line(line)) && line != ".") mail_.data += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
    if (!open_) return;
    const std::string verdict = sink_.answer_to("END", "250 kept");
    if (verdict.starts_with("250")) sink_.keep(mail_);
    say(verdict);
  }

  static std::string between_brackets(const std::string& line) {
    return line.substr(line.find('<') + 1, line.find('>') - line.find('<') - 1);
  }

  void say(const std::string& text) {
    if (text == "MUTE") {
      // until the client, or the sink, has had enough
      char byte;
      while (::recv(socket_, &byte, 1, 0) > 0) {
      }
      open_ = false;
      return;
    }
    const std::string line = text + "\r\n";
    if (ssl_)
      SSL_write(ssl_, line.data(), static_cast<int>(line.size()));
    else
      ::send(socket_, line.data(), line.size(), MSG_NOSIGNAL);
  }

  bool read_line(std::string& line) {
    std::size_t end;
    while ((end = received_.find("\r\n")) == std::string::npos) {
      char buffer[4096];
      const ssize_t got = ssl_ ? SSL_read(ssl_, buffer, sizeof buffer) : ::recv(socket_, buffer, sizeof buffer, 0);
      if (got <= 0) return false;
      received_.append(buffer, static_cast<std::size_t>(got));
    }
    line = received_.substr(0, end);
    received_.erase(0, end + 2);
    return true;
  }

  MailSink& sink_;
  const int socket_;
  SSL* ssl_ = nullptr;
  bool open_ = true;
  std::string received_;
  ReceivedMail mail_;
};

MailSink::MailSink(std::string certificate_file, std::string key_file) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  ::signal(SIGPIPE, SIG_IGN);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(listener_, 64);
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  if (!certificate_file.empty()) {
    tls_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_chain_file(tls_, certificate_file.c_str());
    SSL_CTX_use_PrivateKey_file(tls_, key_file.c_str(), SSL_FILETYPE_PEM);
  }
  acceptor_ = std::thread([this] { accept_all(); });
}

MailSink::~MailSink() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (auto& [socket, thread] : sessions_) {
    ::shutdown(socket, SHUT_RDWR);
    thread.join();
    ::close(socket);
  }
  SSL_CTX_free(tls_);
}

void MailSink::accept_all() {
  while (!stopping_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    sessions_.emplace(socket, std::thread([this, socket] {
                        Session(*this, socket).run();
                        ::shutdown(socket, SHUT_RDWR);
                      }));
  }
}

void MailSink::answer(const std::string& command, const std::string& reply) {
  const std::lock_guard lock(mutex_);
  answers_[command] = reply;
}

void MailSink::want_credentials(std::string user, std::string password) {
  credentials_ = std::string(1, '\0') + user + std::string(1, '\0') + password;
}

std::string MailSink::answer_to(const std::string& command, const std::string& otherwise) const {
  const std::lock_guard lock(mutex_);
  const auto found = answers_.find(command);
  return found == answers_.end() || found->second.empty() ? otherwise : found->second;
}

void MailSink::keep(ReceivedMail mail) {
  const std::lock_guard lock(mutex_);
  mails_.push_back(std::move(mail));
  arrived_.notify_all();
}

std::vector<ReceivedMail> MailSink::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

std::vector<ReceivedMail> MailSink::wait_for(std::size_t count, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, patience, [&] { return mails_.size() >= count; });
  return mails_;
}

}  // namespace tocsin::testing
