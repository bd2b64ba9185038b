#include "wire/grpc/grpc_connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace tocsin::wire {
namespace {

constexpr char tls_client_hello = 0x16;
constexpr std::size_t unsent_bytes_max = 1 << 20;
constexpr int reads_at_once = 32;

}  // namespace

GrpcConnection::GrpcConnection(int socket, GrpcConnectionOptions options, GrpcSession::Take take, Duration now)
    : socket_(socket), options_(std::move(options)), session_(options_.limits, std::move(take)), progressed_at_(now) {}

GrpcConnection::~GrpcConnection() { close(socket_); }

short GrpcConnection::wanted_events() const {
  const bool reads = unsent_.size() < unsent_bytes_max && !ending_;
  return static_cast<short>((reads ? POLLIN : 0) | (wants_write_ || !unsent_.empty() ? POLLOUT : 0));
}

void GrpcConnection::serve(short events, Duration now) {
  if (over_) return;
  if (events != 0 || has_more_) {
    if (!transport_ && !choose_transport()) return;
    if (!open_ && !shake_hands()) return look_at_time(now);
    if (!ending_) read_all(now);
  }
  if (!open_) return look_at_time(now);
  session_.expire(now);
  const std::size_t before = unsent_.size();
  write_all();
  if (unsent_.size() < before) progressed_at_ = now;
  if (unsent_.empty() && (ending_ || session_.over())) over_ = true;
  look_at_time(now);
}

// who has begun something and does not go on is dropped; a quiet client may stay
void GrpcConnection::look_at_time(Duration now) {
  const bool begun = !open_ || !unsent_.empty() || session_.open_streams() > 0;
  if (!begun) progressed_at_ = now;
  if (now - progressed_at_ > options_.request_timeout) over_ = true;
}

bool GrpcConnection::choose_transport() {
  char first = 0;
  const ssize_t got = recv(socket_, &first, 1, MSG_PEEK);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  const bool is_tls = first == tls_client_hello;
  if (got <= 0 || (is_tls && !options_.tls)) {
    over_ = true;
    return false;
  }
  transport_ = is_tls ? make_tls_server_transport(socket_, options_.tls->native_handle()) : make_plain_transport(socket_);
  open_ = !is_tls;
  return true;
}

bool GrpcConnection::shake_hands() {
  const IoStep step = transport_->handshake();
  wants_write_ = step.state == IoState::want_write;
  open_ = step.state == IoState::done;
  over_ = step.state == IoState::failed || step.state == IoState::ended;
  return open_;
}

void GrpcConnection::read_all(Duration now) {
  std::array<char, 16384> bytes;
  has_more_ = false;
  for (int i = 0; i < reads_at_once && unsent_.size() < unsent_bytes_max; ++i) {
    const IoStep step = transport_->read(bytes);
    wants_write_ = step.state == IoState::want_write;
    if (step.state == IoState::want_read || step.state == IoState::want_write) return;
    if (step.state != IoState::done) {
      over_ = true;
      return;
    }
    progressed_at_ = now;
    if (!session_.feed({bytes.data(), step.bytes}, now)) {
      ending_ = true;
      return;
    }
    unsent_ += session_.take_output();
  }
  has_more_ = unsent_.size() < unsent_bytes_max;
}

void GrpcConnection::write_all() {
  while (true) {
    if (unsent_.size() < unsent_bytes_max) unsent_ += session_.take_output();
    if (unsent_.empty()) return;
    const IoStep step = transport_->write(unsent_);
    if (step.state == IoState::want_read || step.state == IoState::want_write) return;
    if (step.state != IoState::done) {
      over_ = true;
      return;
    }
    unsent_.erase(0, step.bytes);
  }
}

void GrpcConnection::go_away() {
  if (!open_) {
    over_ = true;
    return;
  }
  session_.go_away();
  write_all();
}

}  // namespace tocsin::wire
