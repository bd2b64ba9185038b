// A connected socket on an I/O thread with its transport and its time-out, read and written by coroutines.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string_view>

#include "wire/http/io_thread.h"
#include "wire/http/transport.h"

namespace tocsin::wire {

/// Whoever uses the stream now; told on the I/O thread.
class StreamOwner {
 public:
  virtual ~StreamOwner() = default;
  /// The server wants to stop.
  virtual void on_finish() = 0;
  /// The stream has been ended by force; waits must end.
  virtual void on_abort() = 0;
};

/// All calls on the I/O thread. A wait that the time-out ends gives what a closed connection gives, with expired() true.
class Stream final : public IoMember {
 public:
  Stream(IoThread& thread, boost::asio::ip::tcp::socket socket);
  ~Stream() override;

  void set_owner(StreamOwner* owner) { owner_ = owner; }
  IoThread& thread() { return thread_; }

  /// The first byte that arrives, left unread.
  boost::asio::awaitable<std::optional<unsigned char>> peek();
  boost::asio::awaitable<bool> start(std::unique_ptr<Transport> transport);
  /// At least one byte, or 0 when there will be none.
  boost::asio::awaitable<std::size_t> read_some(std::span<char> into);
  boost::asio::awaitable<bool> write(std::string_view bytes);
  /// Ends our side, reads and throws away what still comes until the peer ends or time is up, and closes.
  boost::asio::awaitable<void> close_gently(Duration linger);

  /// One time-out at a time.
  void expire_after(Duration delay);
  void never_expire() { deadline_tick_ = 0; }
  bool expired() const { return expired_; }
  bool aborted() const { return aborted_; }

  void on_tick(std::uint64_t tick) override;
  void finish() override;
  void abort() override;

  int native_handle() { return socket_.native_handle(); }
  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  boost::asio::awaitable<bool> wait(IoState wanted);

  IoThread& thread_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<Transport> transport_;
  StreamOwner* owner_ = nullptr;
  std::uint64_t deadline_tick_ = 0;
  bool expired_ = false;
  bool aborted_ = false;
};

}  // namespace tocsin::wire
