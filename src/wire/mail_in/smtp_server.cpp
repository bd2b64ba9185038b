#include "wire/mail_in/smtp_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

namespace tocsin::wire {
namespace {

constexpr std::size_t connections_max = 100;
constexpr int idle_polls_max = 300;  ///< of a second
constexpr int poll_ms = 1000;

struct Connection {
  SmtpSession session;
  std::string unsent;
  bool judging = false;  ///< a mail waits for its verdict
  int idle = 0;
};

}  // namespace

struct SmtpServer::Parts {
  std::vector<ListenAddress> listen;
  Take take;
  std::vector<int> listeners;
  std::array<int, 2> wake{-1, -1};
  std::map<int, Connection> connections;
  std::thread thread;
  std::atomic<bool> stopping = false;

  /// Verdicts come from other threads, and may come after the server.
  struct Verdicts {
    std::mutex mutex;
    std::vector<std::pair<int, MailVerdict>> came;
    int wake = -1;
  };
  std::shared_ptr<Verdicts> verdicts = std::make_shared<Verdicts>();

  void run();
  void accept_from(int listener);
  void serve(int socket, Connection& connection);
  void flush(int socket, Connection& connection);
  void judge(int socket, Connection& connection);
  void take_verdicts();
};

SmtpServer::SmtpServer(std::vector<ListenAddress> listen, Take take) : parts_(std::make_unique<Parts>()) {
  parts_->listen = std::move(listen);
  parts_->take = std::move(take);
}

SmtpServer::~SmtpServer() { stop(); }

std::vector<ListenAddress> SmtpServer::bound() const { return parts_->listen; }

Result<void> SmtpServer::start() {
  for (ListenAddress& wanted : parts_->listen) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(wanted.port);
    const std::string host = wanted.host == "localhost" ? "127.0.0.1" : wanted.host.empty() ? "0.0.0.0" : wanted.host;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    parts_->listeners.push_back(listener);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1 ||
        bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener, 16) != 0)
      return fail(ErrorKind::unavailable, "mail-in: " + to_text(wanted) + ": " + std::strerror(errno));
    socklen_t size = sizeof address;
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    wanted.port = ntohs(address.sin_port);
  }
  if (pipe2(parts_->wake.data(), O_NONBLOCK | O_CLOEXEC) != 0) return fail(ErrorKind::unavailable, "mail-in: no pipe");
  parts_->verdicts->wake = parts_->wake[1];
  parts_->thread = std::thread([parts = parts_.get()] { parts->run(); });
  return {};
}

void SmtpServer::stop() {
  if (parts_->stopping.exchange(true)) return;
  if (parts_->thread.joinable()) {
    static_cast<void>(write(parts_->wake[1], "x", 1));
    parts_->thread.join();
  }
  {
    const std::lock_guard lock(parts_->verdicts->mutex);
    parts_->verdicts->wake = -1;
  }
  for (const int listener : parts_->listeners) close(listener);
  for (const auto& [socket, connection] : parts_->connections) close(socket);
  for (const int end : parts_->wake)
    if (end >= 0) close(end);
}

void SmtpServer::Parts::run() {
  while (!stopping) {
    std::vector<pollfd> polled;
    for (const int listener : listeners) polled.push_back({.fd = listener, .events = POLLIN, .revents = 0});
    polled.push_back({.fd = wake[0], .events = POLLIN, .revents = 0});
    for (const auto& [socket, connection] : connections)
      polled.push_back({.fd = socket,
                        .events = static_cast<short>((connection.judging ? 0 : POLLIN) | (connection.unsent.empty() ? 0 : POLLOUT)),
                        .revents = 0});
    const int ready = poll(polled.data(), polled.size(), poll_ms);
    take_verdicts();
    for (std::size_t n = 0; n < polled.size(); ++n) {
      if (n < listeners.size()) {
        if (polled[n].revents) accept_from(polled[n].fd);
        continue;
      }
      const auto found = connections.find(polled[n].fd);
      if (found == connections.end()) continue;
      if (ready == 0 && !found->second.judging && ++found->second.idle > idle_polls_max) {
        close(found->first);
        connections.erase(found);
      } else if (polled[n].revents) {
        serve(found->first, found->second);
      }
    }
  }
}

void SmtpServer::Parts::accept_from(int listener) {
  const int socket = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (socket < 0) return;
  if (connections.size() >= connections_max) {
    close(socket);
    return;
  }
  Connection& connection = connections[socket];
  connection.unsent = connection.session.greeting();
  flush(socket, connection);
}

void SmtpServer::Parts::flush(int socket, Connection& connection) {
  const ssize_t sent = send(socket, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
  if (sent > 0) connection.unsent.erase(0, static_cast<std::size_t>(sent));
}

void SmtpServer::Parts::serve(int socket, Connection& connection) {
  connection.idle = 0;
  std::array<char, 16384> bytes;
  const ssize_t count = connection.judging ? -1 : recv(socket, bytes.data(), bytes.size(), 0);
  const bool gone = count == 0 || (count < 0 && !connection.judging && errno != EAGAIN);
  if (count > 0) {
    connection.unsent += connection.session.feed({bytes.data(), static_cast<std::size_t>(count)});
    judge(socket, connection);
  }
  flush(socket, connection);
  if (!gone && !(connection.session.closed() && connection.unsent.empty())) return;
  close(socket);
  connections.erase(socket);
}

void SmtpServer::Parts::judge(int socket, Connection& connection) {
  auto mail = connection.session.take_mail();
  if (!mail) return;
  connection.judging = true;
  take(std::move(*mail), [verdicts = verdicts, socket](MailVerdict verdict) {
    const std::lock_guard lock(verdicts->mutex);
    verdicts->came.emplace_back(socket, std::move(verdict));
    if (verdicts->wake >= 0) static_cast<void>(write(verdicts->wake, "x", 1));
  });
}

void SmtpServer::Parts::take_verdicts() {
  std::array<char, 64> bytes;
  while (read(wake[0], bytes.data(), bytes.size()) > 0) continue;
  std::vector<std::pair<int, MailVerdict>> came;
  {
    const std::lock_guard lock(verdicts->mutex);
    came.swap(verdicts->came);
  }
  for (const auto& [socket, verdict] : came) {
    const auto found = connections.find(socket);
    if (found == connections.end() || !found->second.judging) continue;
    found->second.judging = false;
    found->second.unsent += found->second.session.verdict(verdict.code, verdict.words);
    judge(socket, found->second);
    flush(socket, found->second);
  }
}

}  // namespace tocsin::wire
