#include "wire/http/stream.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tocsin::wire {
namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;

Stream::Stream(IoThread& thread, tcp::socket socket) : thread_(thread), socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.native_non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  transport_ = make_plain_transport(socket_.native_handle());
  thread_.add(*this);
}

Stream::~Stream() { thread_.remove(*this); }

awaitable<bool> Stream::wait(IoState wanted) {
  if (aborted_ || expired_) co_return false;
  boost::system::error_code failed;
  const auto direction = wanted == IoState::want_write ? tcp::socket::wait_write : tcp::socket::wait_read;
  co_await socket_.async_wait(direction, asio::redirect_error(asio::use_awaitable, failed));
  co_return !failed && !aborted_ && !expired_;
}

awaitable<std::optional<unsigned char>> Stream::peek() {
  for (;;) {
    unsigned char first;
    const ssize_t got = aborted_ ? 0 : ::recv(socket_.native_handle(), &first, 1, MSG_PEEK);
    if (got == 1) co_return first;
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) co_return std::nullopt;
    if (!co_await wait(IoState::want_read)) co_return std::nullopt;
  }
}

awaitable<bool> Stream::start(std::unique_ptr<Transport> transport) {
  transport_ = std::move(transport);
  for (;;) {
    const IoStep step = transport_->handshake();
    if (step.state == IoState::done) co_return true;
    if (step.state != IoState::want_read && step.state != IoState::want_write) co_return false;
    if (!co_await wait(step.state)) co_return false;
  }
}

awaitable<std::size_t> Stream::read_some(std::span<char> into) {
  while (!aborted_ && !expired_) {
    const IoStep step = transport_->read(into);
    if (step.state == IoState::done) co_return step.bytes;
    if (step.state != IoState::want_read && step.state != IoState::want_write) break;
    if (!co_await wait(step.state)) break;
  }
  co_return 0;
}

awaitable<bool> Stream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (aborted_ || expired_) co_return false;
    const IoStep step = transport_->write(bytes);
    if (step.state == IoState::done) {
      bytes.remove_prefix(step.bytes);
      continue;
    }
    if (step.state != IoState::want_read && step.state != IoState::want_write) co_return false;
    if (!co_await wait(step.state)) co_return false;
  }
  co_return true;
}

awaitable<void> Stream::close_gently(Duration linger) {
  if (!aborted_) {
    transport_->end();
    expire_after(linger);
    // what was sent into a closed socket would come back as a reset, and tear down our answer before it is read
    // (GCC 12 miscompiles an empty loop whose condition awaits)
    for (std::size_t got = 1; got > 0;) got = co_await read_some(thread_.scratch());
  }
  abort();
}

void Stream::expire_after(Duration delay) {
  expired_ = false;
  deadline_tick_ = thread_.tick_after(delay);
}

void Stream::on_tick(std::uint64_t tick) {
  if (deadline_tick_ == 0 || tick < deadline_tick_) return;
  deadline_tick_ = 0;
  expired_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Stream::finish() {
  if (owner_) owner_->on_finish();
}

void Stream::abort() {
  if (aborted_) return;
  aborted_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (owner_) owner_->on_abort();
}

}  // namespace tocsin::wire
