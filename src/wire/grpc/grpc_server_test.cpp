#include "wire/grpc/grpc_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "wire/grpc/grpc_client_of_test.h"

namespace tocsin::wire {
namespace {

using namespace std::chrono_literals;

/// Keeps what it is asked until the test answers.
class Patient final : public HttpHandler {
 public:
  void handle(HttpRequest request, Respond respond) override {
    const std::lock_guard lock(mutex);
    asked.emplace_back(std::move(request), std::move(respond));
  }
  bool answer_one(HttpResponse response) {
    const std::lock_guard lock(mutex);
    if (asked.empty()) return false;
    asked.back().second(std::move(response));
    asked.pop_back();
    return true;
  }
  std::mutex mutex;
  std::vector<std::pair<HttpRequest, Respond>> asked;
};

class GrpcServers : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server.start()); }
  int connected() {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.bound()[0].port);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    EXPECT_EQ(connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return made;
  }
  /// Until `done`, or the server ends the connection, or two seconds.
  bool talk(int socket, GrpcClientOfTest& client, const std::function<bool()>& done) {
    for (int i = 0; i < 200 && !done(); ++i) {
      const std::string out = client.take_output();
      if (!out.empty() && send(socket, out.data(), out.size(), MSG_NOSIGNAL) < 0) return done();
      pollfd waited{socket, POLLIN, 0};
      if (poll(&waited, 1, 10) <= 0) continue;
      char bytes[4096];
      const ssize_t got = recv(socket, bytes, sizeof bytes, 0);
      if (got <= 0) return done();
      client.feed({bytes, static_cast<std::size_t>(got)});
    }
    return done();
  }

  Patient handler;
  GrpcServer server{{.listen = {{"127.0.0.1", 0}}, .tls = nullptr, .request_timeout = 700ms}, handler};
};

TEST_F(GrpcServers, ACallIsAnsweredFromAnotherThread) {
  GrpcClientOfTest client;
  const int socket = connected();
  const std::int32_t id = client.call(GrpcClientOfTest::export_headers(), write_grpc_message("spans"));
  EXPECT_FALSE(talk(socket, client, [&] { return handler.answer_one({.status = 200, .body = "ok"}) || client.answers[id].ended; }) &&
               false);
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[id].ended; }));
  EXPECT_EQ(client.answers[id].headers["grpc-status"], "0");
  EXPECT_EQ(client.answers[id].body, write_grpc_message("ok"));
  close(socket);
}

TEST_F(GrpcServers, AStopSaysSoAndWaits) {
  GrpcClientOfTest client;
  const int socket = connected();
  const std::int32_t id = client.call(GrpcClientOfTest::export_headers(), write_grpc_message("spans"));
  talk(socket, client, [&] {
    const std::lock_guard lock(handler.mutex);
    return !handler.asked.empty();
  });
  std::thread stopping([&] { server.stop(2s); });
  EXPECT_TRUE(talk(socket, client, [&] { return client.told_to_go; }));
  EXPECT_TRUE(handler.answer_one({.status = 200, .body = "late"}));
  EXPECT_TRUE(talk(socket, client, [&] { return client.answers[id].ended; }));
  EXPECT_EQ(client.answers[id].body, write_grpc_message("late"));
  stopping.join();
  close(socket);
}

TEST_F(GrpcServers, WhoDoesNotGoOnIsDropped) {
  const int silent = connected(), hello = connected();
  EXPECT_EQ(send(hello, "\x16\x03\x01", 3, MSG_NOSIGNAL), 3);
  for (const int socket : {silent, hello}) {
    pollfd waited{socket, POLLIN, 0};
    char byte;
    EXPECT_EQ(poll(&waited, 1, 3000), 1);
    EXPECT_LE(recv(socket, &byte, 1, 0), 0);
    close(socket);
  }
}

}  // namespace
}  // namespace tocsin::wire
