#include "wire/mail/mail_listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

namespace tocsin::wire {
namespace {

constexpr std::size_t connections_max = 100;
constexpr int idle_rounds_max = 300;  ///< of a second: a peer that says nothing for so long is left

struct Conversation {
  explicit Conversation(const std::string& host_name) : receiving(host_name) {}
  SmtpReceiving receiving;
  std::string unsent;
  bool waiting = false;
  int idle_rounds = 0;
};

}  // namespace

struct MailListener::Parts : std::enable_shared_from_this<Parts> {
  std::vector<ListenAddress> listen;
  std::string host_name;
  Take take;
  std::vector<int> listeners;
  int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::thread thread;
  std::mutex mutex;
  bool stopping = false;                                ///< guarded by mutex
  std::vector<std::pair<std::uint64_t, bool>> answers;  ///< guarded by mutex: conversation, kept
  std::map<int, std::uint64_t> number_of;               ///< of a socket's conversation; on the thread alone, as what follows
  std::map<std::uint64_t, Conversation> conversations;
  std::uint64_t next_number = 1;

  ~Parts() { close(wake); }
  void ring() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake, &one, sizeof one);
  }
  Result<int> bind_one(ListenAddress& address);
  void accept_from(int listener);
  void hear(int socket, short events);
  void go_on(int socket, Conversation& conversation);
  void hang_up(int socket);
  void take_answers();
  void run();
};

Result<int> MailListener::Parts::bind_one(ListenAddress& wanted) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  const std::string port = std::to_string(wanted.port), host = wanted.host.empty() ? "0.0.0.0" : wanted.host;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0)
    return fail(ErrorKind::unavailable, "mail-in: '" + host + "' is no address");
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> freed(found, freeaddrinfo);
  const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int one = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (::bind(socket, found->ai_addr, found->ai_addrlen) != 0 || ::listen(socket, 64) != 0) {
    const std::string why = std::strerror(errno);
    close(socket);
    return fail(ErrorKind::unavailable, "mail-in: " + to_text(wanted) + ": " + why);
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
  wanted.port = ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port
                                                  : reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
  return socket;
}

void MailListener::Parts::accept_from(int listener) {
  for (;;) {
    const int socket = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    if (conversations.size() >= connections_max) {
      close(socket);
      continue;
    }
    const std::uint64_t number = next_number++;
    number_of[socket] = number;
    go_on(socket, conversations.emplace(number, host_name).first->second);
  }
}

void MailListener::Parts::hear(int socket, short events) {
  Conversation& conversation = conversations.at(number_of.at(socket));
  if (events == 0) {
    if (++conversation.idle_rounds > idle_rounds_max) hang_up(socket);
    return;
  }
  conversation.idle_rounds = 0;
  std::array<char, 16384> buffer;
  if (events & (POLLIN | POLLHUP | POLLERR)) {
    const ssize_t got = recv(socket, buffer.data(), buffer.size(), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return hang_up(socket);
    if (got > 0) conversation.receiving.feed({buffer.data(), static_cast<std::size_t>(got)});
  }
  go_on(socket, conversation);
}

void MailListener::Parts::go_on(int socket, Conversation& conversation) {
  if (auto mail = conversation.receiving.take_mail()) {
    conversation.waiting = true;
    take(std::move(*mail), [self = weak_from_this(), number = number_of.at(socket)](bool kept) {
      const auto parts = self.lock();
      if (!parts) return;
      const std::lock_guard lock(parts->mutex);
      parts->answers.emplace_back(number, kept);
      parts->ring();
    });
  }
  conversation.unsent += conversation.receiving.take_output();
  if (!conversation.unsent.empty()) {
    const ssize_t sent = send(socket, conversation.unsent.data(), conversation.unsent.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return hang_up(socket);
    if (sent > 0) conversation.unsent.erase(0, static_cast<std::size_t>(sent));
  }
  if (conversation.receiving.is_over() && conversation.unsent.empty()) hang_up(socket);
}

void MailListener::Parts::hang_up(int socket) {
  conversations.erase(number_of.at(socket));
  number_of.erase(socket);
  close(socket);
}

void MailListener::Parts::take_answers() {
  std::vector<std::pair<std::uint64_t, bool>> came;
  {
    const std::lock_guard lock(mutex);
    came.swap(answers);
  }
  for (const auto& [number, kept] : came)
    for (const auto& [socket, its] : number_of) {
      if (its != number) continue;
      Conversation& conversation = conversations.at(number);
      conversation.waiting = false;
      conversation.receiving.answer(kept);
      go_on(socket, conversation);
      break;
    }
}

void MailListener::Parts::run() {
  for (;;) {
    {
      const std::lock_guard lock(mutex);
      if (stopping) break;
    }
    std::vector<pollfd> watched{{wake, POLLIN, 0}};
    for (const int each : listeners) watched.push_back({each, POLLIN, 0});
    for (const auto& [socket, number] : number_of) {
      const Conversation& conversation = conversations.at(number);
      watched.push_back({socket, static_cast<short>((conversation.waiting ? 0 : POLLIN) | (conversation.unsent.empty() ? 0 : POLLOUT)), 0});
    }
    poll(watched.data(), watched.size(), 1000);
    std::uint64_t rung = 0;
    const bool answered = read(wake, &rung, sizeof rung) > 0;
    for (std::size_t i = 1; i < watched.size(); ++i) {
      if (i <= listeners.size()) {
        if (watched[i].revents) accept_from(watched[i].fd);
      } else if (number_of.contains(watched[i].fd) && (watched[i].revents || !answered)) {
        hear(watched[i].fd, watched[i].revents);
      }
    }
    take_answers();
  }
  while (!number_of.empty()) hang_up(number_of.begin()->first);
  for (const int each : listeners) close(each);
  listeners.clear();
}

MailListener::MailListener(std::vector<ListenAddress> listen, std::string host_name, Take take) : parts_(std::make_shared<Parts>()) {
  parts_->listen = std::move(listen);
  parts_->host_name = std::move(host_name);
  parts_->take = std::move(take);
}

MailListener::~MailListener() { stop(); }

Result<void> MailListener::start() {
  for (ListenAddress& address : parts_->listen) {
    const auto socket = parts_->bind_one(address);
    if (!socket) return std::unexpected(socket.error());
    parts_->listeners.push_back(*socket);
  }
  parts_->thread = std::thread([parts = parts_.get()] { parts->run(); });
  return {};
}

void MailListener::stop() {
  if (!parts_->thread.joinable()) return;
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->stopping = true;
  }
  parts_->ring();
  parts_->thread.join();
}

std::vector<ListenAddress> MailListener::bound() const { return parts_->listen; }

}  // namespace tocsin::wire
