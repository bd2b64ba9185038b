#include "delivery/smpp/smpp_carrier.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "delivery/smpp/smpp_session.h"
#include "wire/http/transport.h"
#include "wire/tls/tls_context.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;
using wire::IoState;

constexpr Duration pause_first = 1s, pause_max = 30s;

struct Order {
  std::string token, to, text, from;
  Instant since;
};

int wait_ms(Duration span) { return static_cast<int>(std::clamp<std::int64_t>(span / 1ms + 1, 0, 1000)); }

}  // namespace

struct SmppCarrier::Parts {
  Parts(SmppOptions o, const Clock& c, Hear h)
      : options(std::move(o)), clock(c), hear(std::move(h)), wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Parts() { close(wake); }

  const SmppOptions options;
  const Clock& clock;
  const Hear hear;
  const int wake;
  std::mutex mutex;
  std::deque<Order> arrived;            ///< guarded by mutex
  std::map<std::string, Done> awaited;  ///< guarded by mutex
  bool stopping = false;                ///< guarded by mutex
  std::thread thread;

  // on the thread alone
  std::deque<Order> waiting;
  std::unique_ptr<smpp::SmppSession> session;
  std::unique_ptr<wire::Transport> transport;
  int socket = -1;
  bool shaken = false;
  std::string unsent;
  Instant next_connect{};
  Duration pause = pause_first;
  std::string last_fault = "no connection to the message centre yet";

  void ring() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake, &one, sizeof one);
  }
  bool take_orders();
  void finish(const std::string& token, CarryOutcome outcome);
  void expire(Instant now);
  void connect(Instant now);
  int open_socket(std::string& fault);
  void hang_up(const std::string& why);
  void converse(Instant now);
  bool read_some(Instant now);
  bool write_some();
  void tell();
  void tell(smpp::Happening& happening);
  void run();
};

bool SmppCarrier::Parts::take_orders() {
  const std::lock_guard lock(mutex);
  for (Order& order : arrived) waiting.push_back(std::move(order));
  arrived.clear();
  return !stopping;
}

void SmppCarrier::Parts::finish(const std::string& token, CarryOutcome outcome) {
  Done done;
  {
    const std::lock_guard lock(mutex);
    auto found = awaited.extract(token);
    if (found.empty()) return;
    done = std::move(found.mapped());
  }
  done(std::move(outcome));
}

void SmppCarrier::Parts::expire(Instant now) {
  while (!waiting.empty() && waiting.front().since + options.patience <= now) {
    finish(waiting.front().token, {.result = CarryResult::try_again, .error = last_fault, .error_code = "CONNECTION_FAILURE"});
    waiting.pop_front();
  }
}

int SmppCarrier::Parts::open_socket(std::string& fault) {
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  if (const int failed = getaddrinfo(options.host.c_str(), options.port.c_str(), &wanted, &found); failed != 0) {
    fault = std::string("the message centre's name: ") + gai_strerror(failed);
    return -1;
  }
  int opened = -1;
  for (const addrinfo* each = found; each && opened < 0; each = each->ai_next) {
    opened = ::socket(each->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (opened < 0) continue;
    int failed = ::connect(opened, each->ai_addr, each->ai_addrlen) == 0 ? 0 : errno;
    if (failed == EINPROGRESS) {
      pollfd ready{opened, POLLOUT, 0};
      socklen_t size = sizeof failed;
      if (poll(&ready, 1, static_cast<int>(options.connect_timeout / 1ms)) != 1)
        failed = ETIMEDOUT;
      else
        getsockopt(opened, SOL_SOCKET, SO_ERROR, &failed, &size);
    }
    if (failed == 0) break;
    fault = std::string("the message centre cannot be reached: ") + std::strerror(failed);
    close(opened);
    opened = -1;
  }
  freeaddrinfo(found);
  return opened;
}

void SmppCarrier::Parts::connect(Instant now) {
  std::string fault;
  socket = open_socket(fault);
  if (socket >= 0 && options.tls) {
    const auto trust = wire::load_client_tls(options.ca_file);
    if (!trust) fault = trust.error().message, close(socket), socket = -1;
    if (trust) transport = wire::make_tls_client_transport(socket, (*trust)->native_handle(), options.host);
  } else if (socket >= 0) {
    const int one = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    transport = wire::make_plain_transport(socket);
  }
  if (socket < 0) {
    if (fault != last_fault) log::warning("delivery/smpp", "no connection", {{"host", options.host}, {"error", fault}});
    last_fault = fault;
    next_connect = now + pause;
    pause = std::min(pause * 2, pause_max);
    return;
  }
  shaken = false;
  session = std::make_unique<smpp::SmppSession>(
      smpp::SessionOptions{
          .bind = {options.system_id, options.password, options.system_type}, .from = options.from, .enquire_every = options.enquire_every},
      now);
}

void SmppCarrier::Parts::hang_up(const std::string& why) {
  session->end(why);
  tell();
  transport.reset();
  close(std::exchange(socket, -1));
  session.reset();
  unsent.clear();
  last_fault = why;
  next_connect = clock.now() + pause;
  pause = std::min(pause * 2, pause_max);
  log::warning("delivery/smpp", "the connection ended", {{"host", options.host}, {"error", why}});
}

// false: it broke
bool SmppCarrier::Parts::read_some(Instant now) {
  std::array<char, 16384> buffer;
  for (;;) {
    const wire::IoStep step = transport->read(buffer);
    if (step.state == IoState::want_read || step.state == IoState::want_write) return true;
    if (step.state != IoState::done) return false;
    session->feed({buffer.data(), step.bytes}, now);
  }
}

bool SmppCarrier::Parts::write_some() {
  unsent += session->take_output();
  while (!unsent.empty()) {
    const wire::IoStep step = transport->write(unsent);
    if (step.state == IoState::want_read || step.state == IoState::want_write) return true;
    if (step.state != IoState::done) return false;
    unsent.erase(0, step.bytes);
  }
  return true;
}

void SmppCarrier::Parts::converse(Instant now) {
  if (!shaken) {
    const wire::IoStep step = transport->handshake();
    if (step.state == IoState::failed || step.state == IoState::ended) return hang_up("the message centre's TLS handshake failed");
    shaken = step.state == IoState::done;
    if (!shaken) return session->is_down() ? hang_up("no TLS handshake in time") : session->tick(now);
  }
  for (; session->is_bound() && !waiting.empty(); waiting.pop_front())
    session->submit(waiting.front().token, waiting.front().to, waiting.front().text, now, waiting.front().from);
  session->tick(now);
  bool alive = write_some() && read_some(now) && write_some();
  tell();
  if (session->is_down()) return hang_up(last_fault);
  if (!alive) hang_up("the connection to the message centre broke");
}

void SmppCarrier::Parts::tell() {
  for (smpp::Happening& happening : session->take_happenings()) tell(happening);
}

void SmppCarrier::Parts::tell(smpp::Happening& happening) {
  using Kind = smpp::Happening::Kind;
  switch (happening.kind) {
    case Kind::bound:
      pause = pause_first;
      return;
    case Kind::taken: {
      Array ids;
      for (const std::string& id : happening.message_ids) ids.emplace_back(id);
      return finish(happening.token, {.result = CarryResult::delivered, .answer = Object{{"ids", std::move(ids)}}});
    }
    case Kind::refused:
      return finish(happening.token, {.result = CarryResult::refused, .error = happening.words});
    case Kind::failed:
      return finish(happening.token, {.result = CarryResult::try_again, .error = happening.words, .error_code = "CONNECTION_FAILURE"});
    case Kind::receipt:
      return hear({.is_receipt = true, .receipt = happening.receipt, .from = {}, .text = {}});
    case Kind::incoming:
      return hear({.is_receipt = false, .receipt = {}, .from = happening.from, .text = happening.words});
    case Kind::down:
      last_fault = happening.words;
      return;
  }
}

void SmppCarrier::Parts::run() {
  while (take_orders()) {
    const Instant now = clock.now();
    expire(now);
    if (!session && !waiting.empty() && next_connect <= now) connect(now);
    if (session) converse(now);
    // a session that was opened stays, for receipts and replies
    Duration until = 1s;
    if (session) until = std::min(until, session->next_due() - now);
    std::array<pollfd, 2> watched{pollfd{wake, POLLIN, 0},
                                  pollfd{socket, static_cast<short>(POLLIN | (unsent.empty() && shaken ? 0 : POLLOUT)), 0}};
    poll(watched.data(), session ? 2 : 1, wait_ms(until));
    std::uint64_t rung = 0;
    [[maybe_unused]] const auto read_bytes = read(wake, &rung, sizeof rung);
  }
  if (session) {
    session->unbind();
    if (shaken) write_some();
    session->end("the server stops");
    tell();
    transport.reset();
    close(socket);
  }
}

SmppCarrier::SmppCarrier(SmppOptions options, const Clock& clock, Hear hear)
    : parts_(std::make_unique<Parts>(std::move(options), clock, std::move(hear))) {
  parts_->thread = std::thread([parts = parts_.get()] { parts->run(); });
}

SmppCarrier::~SmppCarrier() {
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->stopping = true;
  }
  parts_->ring();
  parts_->thread.join();
  for (auto& [token, done] : parts_->awaited) done({.result = CarryResult::try_again, .error = "the server stops"});
}

void SmppCarrier::carry(const std::string& parcel_id, const Document& content, Done done) {
  const std::string to = text_or(content, "to"), text = text_or(content, "text");
  if (to.empty() || text.empty()) return done({.result = CarryResult::refused, .error = "the message has no number or no text"});
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->awaited[parcel_id] = std::move(done);
    parts_->arrived.push_back({parcel_id, to, text, text_or(content, "sender_id"), parts_->clock.now()});
  }
  parts_->ring();
}

}  // namespace tocsin::delivery
