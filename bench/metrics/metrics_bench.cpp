// Sends remote write requests as fast as the server takes them, over a few kept connections: SERIES gauges, one sample each STEP seconds,
// the last now. The requests are made beforehand, so that only sending is measured.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "wire/remote_write/remote_write.h"
#include "wire/remote_write/snappy.h"

namespace {

using tocsin::wire::RemoteSeries;

constexpr std::size_t series_a_request = 2'000;

std::vector<RemoteSeries> series_of(std::size_t count) {
  std::vector<RemoteSeries> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back({{{"__name__", fmt::format("bench_metric_{}", i % 20)},
                    {"host", fmt::format("host-{:05}", i / 20)},
                    {"job", "bench"},
                    {"zone", fmt::format("eu-{}", i / 20 % 3)}},
                   {{}}});
  return all;
}

std::vector<std::string> requests_of(std::vector<RemoteSeries>& all, std::size_t steps, std::int64_t step_ms) {
  tocsin::SeededRandom random(1);
  std::vector<double> values(all.size());
  for (double& value : values) value = static_cast<double>(random.below(10'000)) / 100;
  const std::int64_t now_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  std::vector<std::string> requests;
  for (std::size_t step = 0; step < steps; ++step) {
    const std::int64_t time_ms = now_ms - static_cast<std::int64_t>(steps - 1 - step) * step_ms;
    for (std::size_t from = 0; from < all.size(); from += series_a_request) {
      const std::size_t to = std::min(all.size(), from + series_a_request);
      for (std::size_t i = from; i < to; ++i) {
        values[i] += static_cast<double>(static_cast<std::int64_t>(random.below(201)) - 100) / 100;
        all[i].samples[0] = {values[i], time_ms};
      }
      const std::string body = tocsin::wire::snappy_literal(tocsin::wire::encode_write_request(
          {all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to)}));
      requests.push_back(
          fmt::format("POST /api/v1/write HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\nContent-Encoding: "
                      "snappy\r\nContent-Length: {}\r\n\r\n",
                      body.size()) +
          body);
    }
  }
  return requests;
}

int connect_to(std::uint16_t port) {
  const int connection = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(connection, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) std::exit(2);
  return connection;
}

/// Sends one request and waits for its answer: 204, or its first line as an error.
bool exchange(int connection, const std::string& request) {
  for (std::size_t sent = 0; sent < request.size();) {
    const ssize_t more = send(connection, request.data() + sent, request.size() - sent, 0);
    if (more <= 0) return false;
    sent += static_cast<std::size_t>(more);
  }
  std::string answer;
  char buffer[4096];
  while (answer.find("\r\n\r\n") == std::string::npos) {
    const ssize_t more = recv(connection, buffer, sizeof buffer, 0);
    if (more <= 0) return false;
    answer.append(buffer, static_cast<std::size_t>(more));
  }
  if (answer.find(" 204") == 8) return true;
  fmt::print(stderr, "{}\n", answer);
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) {
    fmt::print(stderr, "usage: metrics_bench PORT SERIES STEPS STEP_SECONDS CONNECTIONS\n");
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
  const auto series_count = static_cast<std::size_t>(std::atoll(arguments[2])), steps = static_cast<std::size_t>(std::atoll(arguments[3]));
  std::vector<RemoteSeries> series = series_of(series_count);
  const std::vector<std::string> requests = requests_of(series, steps, std::atoll(arguments[4]) * 1000);
  std::atomic<std::size_t> next = 0, failed = 0;
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::thread> senders;
  for (int i = 0; i < std::atoi(arguments[5]); ++i)
    senders.emplace_back([&] {
      const int connection = connect_to(port);
      for (std::size_t at = next++; at < requests.size(); at = next++)
        if (!exchange(connection, requests[at])) ++failed;
      close(connection);
    });
  for (std::thread& sender : senders) sender.join();
  const double took_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const auto points = static_cast<double>(series_count * steps);
  fmt::print("points={:.0f} seconds={:.2f} points_per_second={:.0f} failed={}\n", points, took_s, points / took_s, failed.load());
  return failed == 0 ? 0 : 1;
}
