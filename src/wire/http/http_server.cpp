#include "wire/http/http_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>

#include "base/log.h"
#include "wire/http/http_connection.h"

namespace tocsin::wire {
namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;

namespace {

Result<tcp::endpoint> endpoint_of(asio::io_context& context, const ListenAddress& address) {
  boost::system::error_code failed;
  const auto literal = asio::ip::make_address(address.host, failed);
  if (!failed) return tcp::endpoint(literal, address.port);
  tcp::resolver resolver(context);
  const auto found = resolver.resolve(tcp::v4(), address.host, "", failed);
  if (failed || found.empty()) return fail(ErrorKind::unavailable, "cannot listen on " + to_text(address) + ": no such host");
  return tcp::endpoint(found.begin()->endpoint().address(), address.port);
}

}  // namespace

struct HttpServer::Parts {
  HttpServerOptions options;
  ConnectionSetting setting;
  std::vector<std::unique_ptr<IoThread>> threads;
  std::vector<std::unique_ptr<tcp::acceptor>> acceptors;
  std::vector<ListenAddress> bound;
  std::size_t next_thread = 0;

  Parts(HttpServerOptions given, const Clock& clock, HttpHandler& handler, WebSocketHandler* web_sockets)
      : options(std::move(given)), setting{handler, web_sockets, options.tls, options.limits, clock, options.streams, options.keeps_encoding} {}

  Result<void> bind(const ListenAddress& address);
  awaitable<void> accept(tcp::acceptor& acceptor);
  void take(tcp::socket socket, IoThread& thread);
  void close_acceptors();
};

HttpServer::HttpServer(HttpServerOptions options, const Clock& clock, HttpHandler& handler, WebSocketHandler* web_sockets)
    : parts_(std::make_unique<Parts>(std::move(options), clock, handler, web_sockets)) {}

HttpServer::~HttpServer() { stop(Duration{0}); }

Result<void> HttpServer::start() {
  for (int i = 0; i < parts_->options.io_threads; ++i)
    parts_->threads.push_back(std::make_unique<IoThread>(parts_->options.limits.tick, "http-io"));
  for (const ListenAddress& address : parts_->options.listen) {
    if (auto bound = parts_->bind(address); !bound) {
      parts_->acceptors.clear();
      parts_->bound.clear();
      return bound;
    }
  }
  for (const auto& acceptor : parts_->acceptors) asio::co_spawn(parts_->threads[0]->context(), parts_->accept(*acceptor), asio::detached);
  return {};
}

Result<void> HttpServer::Parts::bind(const ListenAddress& address) {
  const auto endpoint = endpoint_of(threads[0]->context(), address);
  if (!endpoint) return std::unexpected(endpoint.error());
  auto acceptor = std::make_unique<tcp::acceptor>(threads[0]->context());
  boost::system::error_code failed;
  acceptor->open(endpoint->protocol(), failed);
  if (!failed) acceptor->set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor->bind(*endpoint, failed);
  if (!failed) acceptor->listen(4096, failed);
  if (failed) return fail(ErrorKind::unavailable, "cannot listen on " + to_text(address) + ": " + failed.message());
  bound.push_back({address.host, acceptor->local_endpoint(failed).port()});
  acceptors.push_back(std::move(acceptor));
  return {};
}

awaitable<void> HttpServer::Parts::accept(tcp::acceptor& acceptor) {
  while (acceptor.is_open()) {
    IoThread& thread = *threads[next_thread++ % threads.size()];
    tcp::socket socket(thread.context());
    boost::system::error_code failed;
    co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, failed));
    if (!failed) {
      take(std::move(socket), thread);
    } else if (acceptor.is_open()) {
      // out of descriptors, most likely: let some close before trying again
      log::warning("wire/http", "cannot accept", {{"error", failed.message()}});
      asio::steady_timer pause(acceptor.get_executor(), std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, failed));
    }
  }
}

void HttpServer::Parts::take(tcp::socket socket, IoThread& thread) {
  if (setting.open_count >= options.limits.connections_max) return;
  asio::post(thread.context(), [this, &thread, socket = std::move(socket)]() mutable {
    const auto connection = std::make_shared<HttpConnection>(setting, std::make_shared<Stream>(thread, std::move(socket)));
    asio::co_spawn(thread.context(), connection->run(), asio::detached);
  });
}

void HttpServer::Parts::close_acceptors() {
  std::promise<void> closed;
  (*threads[0]->post())([&] {
    boost::system::error_code ignored;
    for (const auto& acceptor : acceptors) acceptor->close(ignored);
    closed.set_value();
  });
  closed.get_future().wait();
}

void HttpServer::stop(Duration grace) {
  if (parts_->threads.empty()) return;
  parts_->close_acceptors();
  for (const auto& thread : parts_->threads) thread->finish_members();
  for (const auto& thread : parts_->threads) thread->stop(grace);
  // an accept that was under way holds its acceptor until its thread's context goes
  parts_->acceptors.clear();
  parts_->threads.clear();
}

std::vector<ListenAddress> HttpServer::bound() const { return parts_->bound; }
std::size_t HttpServer::connection_count() const { return parts_->setting.open_count; }

}  // namespace tocsin::wire
