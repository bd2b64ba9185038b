// What a server takes of one kind of request: signed calls over connections that are kept, as many as it answers or at a given rate.
// usage: request_load PORT OPERATION KEY_ID SECRET REGION CONNECTIONS SECONDS RATE ALARMS    (RATE 0: as many as are answered)
// At a rate, a request's latency counts from the moment at which it was due, so that a server that falls behind shows it.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/text_time.h"
#include "wire/sigv4/signer.h"

namespace {

using namespace tocsin;
using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

struct Options {
  int port;
  std::string operation;
  wire::sigv4::Credentials credentials;
  std::string region;
  int connections;
  double seconds;
  double rate;
  int alarms;
};

// signatures stay valid for minutes, so that signing costs the measured seconds nothing
constexpr int prepared_count = 4000;
constexpr auto warm_up = 1s;

struct Form {
  const char* service;
  const char* target;
  const char* content_type;
};

Form form_of(const std::string& operation) {
  if (operation == "PutEvents") return {"events", "AWSEvents.PutEvents", "application/x-amz-json-1.1"};
  if (operation == "GetMetricData") return {"monitoring", "GraniteServiceVersion20100801.GetMetricData", "application/x-amz-json-1.0"};
  if (operation == "SetAlarmState") return {"monitoring", "GraniteServiceVersion20100801.SetAlarmState", "application/x-amz-json-1.0"};
  fmt::print(stderr, "no such operation here: {}\n", operation);
  std::exit(2);
}

std::string body_of(const Options& options, int number, std::int64_t now_s) {
  const int host = number % options.alarms;
  if (options.operation == "PutEvents")
    return fmt::format(
        R"({{"Entries":[{{"Source":"shop.checkout","DetailType":"Order placed","EventBusName":"default","Detail":"{{\"order\":\"o-{}\",\"host\":\"host-{}\",\"amount\":{}}}"}}]}})",
        number, host, number % 997);
  if (options.operation == "GetMetricData")
    return fmt::format(
        R"({{"MetricDataQueries":[{{"Id":"m1","MetricStat":{{"Metric":{{"Namespace":"Bench","MetricName":"Load","Dimensions":[{{"Name":"Host","Value":"host-{}"}}]}},"Period":60,"Stat":"Average"}}}}],"StartTime":{},"EndTime":{}}})",
        host, now_s / 60 * 60 - 3600, now_s / 60 * 60);
  return fmt::format(R"({{"AlarmName":"bench-{}","StateValue":"{}","StateReason":"measured {}"}})", host,
                     number / options.alarms % 2 ? "ALARM" : "OK", number);
}

std::string request_of(const Options& options, int number, Instant now) {
  const Form form = form_of(options.operation);
  wire::HttpRequest request{.method = "POST", .target = "/", .path = "/"};
  request.headers.add("Host", fmt::format("127.0.0.1:{}", options.port));
  request.headers.add("Content-Type", form.content_type);
  request.headers.add("X-Amz-Target", form.target);
  request.headers.add("User-Agent", "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.11");
  request.body = body_of(options, number, to_seconds(now));
  wire::sigv4::sign(request, options.credentials, options.region, form.service, now);
  std::string bytes = "POST / HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers.fields()) bytes += name + ": " + value + "\r\n";
  return bytes + fmt::format("Content-Length: {}\r\n\r\n", request.body.size()) + request.body;
}

struct Connection {
  int socket = -1;
  bool busy = false;
  Steady::time_point due;
  std::string received;
};

/// Length of the whole answer at the front of `bytes`; 0 when it is not there yet.
std::size_t answer_length(const std::string& bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  auto at = bytes.find("Content-Length: ");
  if (at == std::string::npos) at = bytes.find("content-length: ");
  std::size_t length = 0;
  if (at != std::string::npos && at < end) std::from_chars(bytes.data() + at + 16, bytes.data() + end, length);
  return bytes.size() >= end + 4 + length ? end + 4 + length : 0;
}

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)), poll_(epoll_create1(0)) {
    const Instant now = SystemClock().now();
    for (int i = 0; i < prepared_count; ++i) requests_.push_back(request_of(options_, i, now));
    for (int i = 0; i < options_.connections; ++i) connect();
  }

  int run() {
    const auto begin = Steady::now();
    measured_from_ = begin + warm_up;
    const auto end = measured_from_ + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(options_.seconds));
    auto next = begin;
    const auto between =
        options_.rate > 0 ? std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(1 / options_.rate)) : 0ns;
    while (Steady::now() < end) {
      if (options_.rate > 0) {
        for (; next <= Steady::now(); next += between) due_.push_back(next);
        send_due();
      } else {
        for (Connection& connection : connections_)
          if (!connection.busy) send(connection, Steady::now());
      }
      receive(options_.rate > 0 ? 0 : 100);
    }
    return report();
  }

 private:
  void connect() {
    Connection connection{.socket = ::socket(AF_INET, SOCK_STREAM, 0)};
    sockaddr_in address{.sin_family = AF_INET,
                        .sin_port = htons(static_cast<std::uint16_t>(options_.port)),
                        .sin_addr = {htonl(INADDR_LOOPBACK)},
                        .sin_zero = {}};
    if (::connect(connection.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      fmt::print(stderr, "cannot connect: {}\n", std::strerror(errno));
      std::exit(1);
    }
    const int on = 1;
    setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = connections_.size()}};
    epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event);
    connections_.push_back(std::move(connection));
  }

  void send(Connection& connection, Steady::time_point due) {
    const std::string& request = requests_[sent_++ % requests_.size()];
    connection.busy = true;
    connection.due = due;
    if (::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
      fmt::print(stderr, "cannot send: {}\n", std::strerror(errno));
      std::exit(1);
    }
  }

  void send_due() {
    for (Connection& connection : connections_) {
      if (due_.empty()) return;
      if (connection.busy) continue;
      send(connection, due_.front());
      due_.pop_front();
    }
  }

  void receive(int wait_ms) {
    epoll_event events[64];
    const int count = epoll_wait(poll_, events, 64, wait_ms);
    for (int i = 0; i < count; ++i) read(connections_[events[i].data.u64]);
  }

  void read(Connection& connection) {
    char buffer[65536];
    const ssize_t got = ::recv(connection.socket, buffer, sizeof buffer, 0);
    if (got <= 0) {
      fmt::print(stderr, "the server closed a connection\n");
      std::exit(1);
    }
    connection.received.append(buffer, static_cast<std::size_t>(got));
    const std::size_t length = answer_length(connection.received);
    if (length == 0) return;
    const auto now = Steady::now();
    if (!connection.received.starts_with("HTTP/1.1 200")) note_failure(connection.received);
    if (now >= measured_from_) latencies_us_.push_back(std::chrono::duration<double, std::micro>(now - connection.due).count());
    connection.received.erase(0, length);
    connection.busy = false;
  }

  void note_failure(const std::string& answer) {
    if (failed_++ == 0) fmt::print(stderr, "not answered as wanted: {}\n", answer.substr(0, 600));
  }

  int report() {
    std::sort(latencies_us_.begin(), latencies_us_.end());
    const auto at = [&](double part) {
      return latencies_us_.empty() ? 0.0
                                   : latencies_us_[static_cast<std::size_t>(part * static_cast<double>(latencies_us_.size() - 1))] / 1000;
    };
    fmt::print(
        "{{\"operation\":\"{}\",\"connections\":{},\"rate_wanted\":{:.0f},\"per_second\":{:.0f},\"p50_ms\":{:.2f},\"p99_ms\":{:.2f},\"max_"
        "ms\":{:.2f},\"failed\":{}}}\n",
        options_.operation, options_.connections, options_.rate, static_cast<double>(latencies_us_.size()) / options_.seconds, at(0.5),
        at(0.99), at(1), failed_);
    return failed_ ? 1 : 0;
  }

  const Options options_;
  const int poll_;
  std::vector<std::string> requests_;
  std::vector<Connection> connections_;
  std::deque<Steady::time_point> due_;
  std::vector<double> latencies_us_;
  Steady::time_point measured_from_;
  std::size_t sent_ = 0, failed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 10) {
    fmt::print(stderr, "usage: {} PORT OPERATION KEY_ID SECRET REGION CONNECTIONS SECONDS RATE ALARMS\n", argv[0]);
    return 2;
  }
  return Load({std::atoi(argv[1]),
               argv[2],
               {argv[3], argv[4], ""},
               argv[5],
               std::atoi(argv[6]),
               std::atof(argv[7]),
               std::atof(argv[8]),
               std::atoi(argv[9])})
      .run();
}
