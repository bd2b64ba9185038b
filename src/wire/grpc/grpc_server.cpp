#include "wire/grpc/grpc_server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

#include "base/steady_time.h"
#include "wire/grpc/grpc_connection.h"

namespace tocsin::wire {
namespace {

constexpr int tick_ms = 250;

std::unexpected<Error> cannot(const ListenAddress& address, const char* why) {
  return fail(ErrorKind::unavailable, "cannot listen on " + to_text(address) + " for OTLP over gRPC: " + why);
}

Result<int> listen_on(ListenAddress& address) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  if (const int failed =
          getaddrinfo(address.host.empty() ? nullptr : address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
      failed != 0)
    return cannot(address, gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  const int listener = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  if (listener >= 0) setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (listener < 0 || bind(listener, found->ai_addr, found->ai_addrlen) != 0 || ::listen(listener, SOMAXCONN) != 0) {
    const int failed = errno;
    if (listener >= 0) close(listener);
    return cannot(address, std::strerror(failed));
  }
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  getsockname(listener, reinterpret_cast<sockaddr*>(&own), &size);
  address.port = ntohs(own.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(own).sin6_port
                                                 : reinterpret_cast<const sockaddr_in&>(own).sin_port);
  return listener;
}

std::string host_of(const sockaddr_storage& address) {
  std::array<char, NI_MAXHOST> host{};
  getnameinfo(reinterpret_cast<const sockaddr*>(&address), sizeof address, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST);
  std::string text(host.data());
  return text.starts_with("::ffff:") ? text.substr(7) : text;
}

// grpc's clients insist on being told that it is h2
void speak_h2(const TlsContext& tls) {
  SSL_CTX_set_alpn_select_cb(
      tls.native_handle(),
      [](SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*) {
        static constexpr unsigned char h2[] = {2, 'h', '2'};
        const int chosen = SSL_select_next_proto(const_cast<unsigned char**>(out), out_size, h2, sizeof h2, in, in_size);
        return chosen == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
      },
      nullptr);
}

/// Answers come from any thread, and may come after the server.
struct Answers {
  struct One {
    std::uint64_t connection;
    std::int32_t stream;
    HttpResponse response;
  };
  std::mutex mutex;
  std::vector<One> came;
  int wake = -1;

  void add(One one) {
    const std::lock_guard lock(mutex);
    if (wake < 0) return;
    came.push_back(std::move(one));
    eventfd_write(wake, 1);
  }
};

}  // namespace

struct GrpcServer::Parts {
  GrpcServerOptions options;
  HttpHandler& handler;
  std::vector<int> listeners;
  std::map<std::uint64_t, std::unique_ptr<GrpcConnection>> connections;
  std::uint64_t connection_count = 0;
  std::shared_ptr<Answers> answers = std::make_shared<Answers>();
  int wake = -1;
  std::thread thread;
  std::atomic<bool> stopping = false;
  std::atomic<Duration> grace{Duration{}};

  void run();
  void accept_from(int listener);
  void take_answers();
  int wait_ms() const;
};

GrpcServer::GrpcServer(GrpcServerOptions options, HttpHandler& handler)
    : parts_(new Parts{.options = std::move(options), .handler = handler, .listeners = {}, .connections = {}, .thread = {}}) {}

GrpcServer::~GrpcServer() { stop(Duration{}); }

std::vector<ListenAddress> GrpcServer::bound() const { return parts_->options.listen; }

Result<void> GrpcServer::start() {
  for (ListenAddress& address : parts_->options.listen) {
    const auto listener = listen_on(address);
    if (!listener) return std::unexpected(listener.error());
    parts_->listeners.push_back(*listener);
  }
  if (parts_->options.tls) speak_h2(*parts_->options.tls);
  parts_->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (parts_->wake < 0) return fail(ErrorKind::unavailable, std::string("OTLP over gRPC: ") + std::strerror(errno));
  parts_->answers->wake = parts_->wake;
  parts_->thread = std::thread([parts = parts_.get()] { parts->run(); });
  return {};
}

void GrpcServer::stop(Duration grace) {
  if (parts_->thread.joinable()) {
    parts_->grace = grace;
    parts_->stopping = true;
    eventfd_write(parts_->wake, 1);
    parts_->thread.join();
  }
  {
    const std::lock_guard lock(parts_->answers->mutex);
    parts_->answers->wake = -1;
  }
  parts_->connections.clear();
  for (const int listener : parts_->listeners) close(listener);
  parts_->listeners.clear();
  if (parts_->wake >= 0) close(std::exchange(parts_->wake, -1));
}

void GrpcServer::Parts::run() {
  std::optional<Duration> ends;
  std::vector<pollfd> polled;
  std::vector<std::uint64_t> ids;
  while (true) {
    if (stopping && !ends) {
      ends = steady_time() + grace.load();
      for (const int listener : listeners) close(listener);
      listeners.clear();
      for (auto& [id, connection] : connections) connection->go_away();
    }
    std::erase_if(connections, [&](const auto& each) { return each.second->over() || (ends && each.second->idle()); });
    if (ends && (connections.empty() || steady_time() >= *ends)) return;
    polled.clear();
    ids.clear();
    polled.push_back({wake, POLLIN, 0});
    for (const int listener : listeners) polled.push_back({listener, POLLIN, 0});
    const std::size_t first = polled.size();
    for (const auto& [id, connection] : connections) {
      polled.push_back({connection->socket(), connection->wanted_events(), 0});
      ids.push_back(id);
    }
    poll(polled.data(), polled.size(), wait_ms());
    take_answers();
    for (std::size_t i = 1; i < first; ++i)
      if (polled[i].revents) accept_from(polled[i].fd);
    const Duration now = steady_time();
    for (std::size_t i = 0; i < ids.size(); ++i) connections.at(ids[i])->serve(polled[first + i].revents, now);
  }
}

int GrpcServer::Parts::wait_ms() const {
  Duration wait = std::chrono::milliseconds(tick_ms);
  for (const auto& [id, connection] : connections) {
    if (connection->has_more()) return 0;
    if (const auto deadline = connection->next_deadline()) wait = std::min(wait, std::max(Duration{}, *deadline - steady_time()));
  }
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
}

void GrpcServer::Parts::accept_from(int listener) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  const int socket = accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (socket < 0) return;
  if (connections.size() >= options.connections_max) {
    close(socket);
    return;
  }
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  const std::uint64_t id = ++connection_count;
  const auto take = [this, id, host = host_of(peer)](std::int32_t stream, HttpRequest request) {
    request.peer_address = host;
    handler.handle(std::move(request), [answers = answers, id, stream](HttpResponse response) {
      answers->add({id, stream, std::move(response)});
    });
  };
  connections[id] = std::make_unique<GrpcConnection>(socket, GrpcConnectionOptions{options.tls, options.limits, options.request_timeout},
                                                     take, steady_time());
}

void GrpcServer::Parts::take_answers() {
  eventfd_t ignored = 0;
  eventfd_read(wake, &ignored);
  std::vector<Answers::One> came;
  {
    const std::lock_guard lock(answers->mutex);
    came.swap(answers->came);
  }
  for (const Answers::One& one : came)
    if (const auto found = connections.find(one.connection); found != connections.end()) found->second->answer(one.stream, one.response);
}

}  // namespace tocsin::wire
