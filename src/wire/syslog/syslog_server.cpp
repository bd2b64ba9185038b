#include "wire/syslog/syslog_server.h"

#include <openssl/ssl.h>
#include <signal.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "base/log.h"
#include "wire/http/transport.h"
#include "wire/syslog/syslog_framing.h"

namespace tocsin::wire {
namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using asio::ip::udp;

namespace {

constexpr std::size_t connections_max = 1000;
constexpr std::size_t datagram_bytes_max = 64 * 1024;
constexpr int datagrams_together_max = 500;
constexpr int udp_buffer_bytes = 4 << 20;

std::string host_of(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

std::string_view scheme(SyslogTransport transport) {
  return transport == SyslogTransport::udp ? "udp" : transport == SyslogTransport::tcp ? "tcp" : "tls";
}

}  // namespace

Result<SyslogListen> parse_syslog_listen(std::string_view text) {
  for (const SyslogTransport transport : {SyslogTransport::udp, SyslogTransport::tcp, SyslogTransport::tls}) {
    const std::string prefix = std::string(scheme(transport)) + "://";
    if (!text.starts_with(prefix)) continue;
    const auto address = parse_listen_address(text.substr(prefix.size()));
    if (!address) return std::unexpected(address.error());
    return SyslogListen{transport, *address};
  }
  return fail(ErrorKind::invalid, "'" + std::string(text) + "' is not udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT");
}

std::string to_text(const SyslogListen& listen) { return std::string(scheme(listen.transport)) + "://" + to_text(listen.address); }

namespace {
/// Until messages are kept. May outlive the server: who keeps them tells it at any time.
struct Wait {
  std::weak_ptr<asio::io_context> context;
  std::atomic<bool> over = false;
  asio::steady_timer* timer = nullptr;  ///< of the coroutine that waits, while it does; on the context's thread
};
}  // namespace

struct SyslogServer::Parts {
  std::vector<SyslogListen> listen;
  std::shared_ptr<const TlsContext> tls;
  Take take;
  std::shared_ptr<asio::io_context> context = std::make_shared<asio::io_context>(1);
  std::vector<std::unique_ptr<tcp::acceptor>> acceptors;
  std::vector<std::unique_ptr<udp::socket>> sockets;
  std::thread thread;
  std::size_t connections = 0;

  /// Hands messages over and waits until they are kept.
  awaitable<void> hand_over(std::vector<std::string> messages, std::string peer) {
    if (messages.empty()) co_return;
    asio::steady_timer timer(*context, asio::steady_timer::time_point::max());
    const auto wait = std::make_shared<Wait>();
    wait->context = context;
    wait->timer = &timer;
    const auto no_more = std::unique_ptr<Wait, void (*)(Wait*)>(wait.get(), [](Wait* ended) { ended->timer = nullptr; });
    take(std::move(messages), std::move(peer), [wait] {
      wait->over = true;
      if (const auto alive = wait->context.lock())
        asio::post(*alive, [wait] {
          if (wait->timer) wait->timer->cancel();
        });
    });
    boost::system::error_code ignored;
    if (!wait->over) co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  awaitable<void> receive(udp::socket& socket) {
    std::vector<char> buffer(datagram_bytes_max);
    for (;;) {
      boost::system::error_code failed;
      co_await socket.async_wait(udp::socket::wait_read, asio::redirect_error(asio::use_awaitable, failed));
      if (failed) co_return;
      std::vector<std::string> messages;
      udp::endpoint from;
      std::string peer;
      for (int i = 0; i < datagrams_together_max; ++i) {
        boost::system::error_code empty;
        const std::size_t got = socket.receive_from(asio::buffer(buffer), from, 0, empty);
        if (empty) break;
        // what comes from one host goes together
        if (const std::string host = host_of(from.address()); host != peer) {
          co_await hand_over(std::exchange(messages, {}), peer);
          peer = host;
        }
        messages.emplace_back(buffer.data(), got);
      }
      co_await hand_over(std::move(messages), peer);
    }
  }

  awaitable<void> accept(tcp::acceptor& acceptor, SyslogTransport transport) {
    for (;;) {
      boost::system::error_code failed;
      tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failed));
      if (failed == asio::error::operation_aborted || failed == asio::error::bad_descriptor) co_return;
      if (failed || connections >= connections_max) continue;
      ++connections;
      asio::co_spawn(*context, converse(std::move(socket), transport), [this](std::exception_ptr) { --connections; });
    }
  }

  awaitable<bool> ready(tcp::socket& socket, IoState wanted) {
    boost::system::error_code failed;
    co_await socket.async_wait(wanted == IoState::want_write ? tcp::socket::wait_write : tcp::socket::wait_read,
                               asio::redirect_error(asio::use_awaitable, failed));
    co_return !failed;
  }

  awaitable<void> converse(tcp::socket socket, SyslogTransport kind) {
    boost::system::error_code failed;
    const auto remote = socket.remote_endpoint(failed);
    if (failed) co_return;
    const std::string peer = host_of(remote.address());
    socket.native_non_blocking(true, failed);
    const auto transport = kind == SyslogTransport::tls ? make_tls_server_transport(socket.native_handle(), tls->native_handle())
                                                        : make_plain_transport(socket.native_handle());
    IoStep step = transport->handshake();
    while (step.state == IoState::want_read || step.state == IoState::want_write) {
      if (!co_await ready(socket, step.state)) co_return;
      step = transport->handshake();
    }
    if (step.state != IoState::done) co_return;
    co_await read_messages(socket, *transport, peer);
  }

  awaitable<void> read_messages(tcp::socket& socket, Transport& transport, const std::string& peer) {
    SyslogFraming framing;
    std::vector<char> buffer(64 * 1024);
    while (!framing.broken()) {
      const IoStep step = transport.read(buffer);
      if (step.state == IoState::done && step.bytes > 0) {
        co_await hand_over(framing.feed({buffer.data(), step.bytes}), peer);
        continue;
      }
      if (step.state != IoState::want_read && step.state != IoState::want_write) break;
      if (!co_await ready(socket, step.state)) break;
    }
    std::vector<std::string> last;
    if (std::string rest = framing.rest(); !rest.empty()) last.push_back(std::move(rest));
    co_await hand_over(std::move(last), peer);
  }

  Result<void> bind(SyslogListen& wanted) {
    boost::system::error_code failed;
    const auto address = asio::ip::make_address(wanted.address.host == "localhost" ? "127.0.0.1"
                                                : wanted.address.host.empty()      ? "0.0.0.0"
                                                                                   : wanted.address.host,
                                                failed);
    if (failed) return fail(ErrorKind::unavailable, "syslog: '" + wanted.address.host + "' is no address");
    if (wanted.transport == SyslogTransport::tls && !tls)
      return fail(ErrorKind::unavailable, "syslog: tls needs a certificate: tls-certificate, or the one of 'tocsin init'");
    if (wanted.transport == SyslogTransport::udp) {
      auto socket = std::make_unique<udp::socket>(*context);
      const udp::endpoint endpoint(address, wanted.address.port);
      socket->open(endpoint.protocol(), failed);
      boost::system::error_code ignored;
      if (!failed) socket->set_option(asio::socket_base::receive_buffer_size(udp_buffer_bytes), ignored);
      if (!failed) socket->bind(endpoint, failed);
      if (failed) return fail(ErrorKind::unavailable, "syslog: " + to_text(wanted) + ": " + failed.message());
      socket->non_blocking(true, ignored);
      wanted.address.port = socket->local_endpoint().port();
      sockets.push_back(std::move(socket));
      return {};
    }
    auto acceptor = std::make_unique<tcp::acceptor>(*context);
    const tcp::endpoint endpoint(address, wanted.address.port);
    acceptor->open(endpoint.protocol(), failed);
    if (!failed) acceptor->set_option(asio::socket_base::reuse_address(true), failed);
    if (!failed) acceptor->bind(endpoint, failed);
    if (!failed) acceptor->listen(asio::socket_base::max_listen_connections, failed);
    if (failed) return fail(ErrorKind::unavailable, "syslog: " + to_text(wanted) + ": " + failed.message());
    wanted.address.port = acceptor->local_endpoint().port();
    acceptors.push_back(std::move(acceptor));
    return {};
  }
};

SyslogServer::SyslogServer(std::vector<SyslogListen> listen, std::shared_ptr<const TlsContext> tls, Take take)
    : parts_(std::make_unique<Parts>(Parts{.listen = std::move(listen), .tls = std::move(tls), .take = std::move(take)})) {}
SyslogServer::~SyslogServer() { stop(); }

Result<void> SyslogServer::start() {
  Parts& p = *parts_;
  for (SyslogListen& each : p.listen)
    if (auto bound = p.bind(each); !bound) return bound;
  std::size_t next_acceptor = 0;
  for (const SyslogListen& each : p.listen)
    if (each.transport != SyslogTransport::udp)
      asio::co_spawn(*p.context, p.accept(*p.acceptors[next_acceptor++], each.transport), asio::detached);
  for (const auto& socket : p.sockets) asio::co_spawn(*p.context, p.receive(*socket), asio::detached);
  p.thread = std::thread([context = p.context] {
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    context->run();
  });
  return {};
}

void SyslogServer::stop() {
  if (!parts_->thread.joinable()) return;
  parts_->context->stop();
  parts_->thread.join();
}

std::vector<SyslogListen> SyslogServer::bound() const { return parts_->listen; }

}  // namespace tocsin::wire
