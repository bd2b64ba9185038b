#include "wire/syslog/syslog_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

namespace tocsin::wire {
namespace {

struct Collected {
  std::mutex mutex;
  std::condition_variable came;
  std::vector<std::string> messages;
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex);
    return came.wait_for(lock, std::chrono::seconds(10), [&] { return messages.size() >= count; });
  }
};

int connect_to(int type, std::uint16_t port) {
  const int socket = ::socket(AF_INET, type, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return socket;
}

TEST(SyslogServer, TakesDatagramsAndStreams) {
  Collected collected;
  SyslogServer server({*parse_syslog_listen("udp://127.0.0.1:0"), *parse_syslog_listen("tcp://127.0.0.1:0")}, nullptr,
                      [&](std::vector<std::string> messages, std::string peer, Task kept) {
                        EXPECT_EQ(peer, "127.0.0.1");
                        {
                          const std::lock_guard lock(collected.mutex);
                          for (std::string& each : messages) collected.messages.push_back(std::move(each));
                        }
                        collected.came.notify_all();
                        kept();
                      });
  ASSERT_TRUE(server.start());
  const int datagrams = connect_to(SOCK_DGRAM, server.bound()[0].address.port);
  EXPECT_EQ(::send(datagrams, "<13>one", 7, 0), 7);
  ASSERT_TRUE(collected.wait_for(1));
  const int stream = connect_to(SOCK_STREAM, server.bound()[1].address.port);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(::send(stream, "<13>two\n7 <13>abc", 17, 0), 17);
  ASSERT_TRUE(collected.wait_for(201));
  EXPECT_EQ(::send(stream, "<13>last", 8, 0), 8);
  ::close(stream);
  ASSERT_TRUE(collected.wait_for(202));
  EXPECT_EQ(collected.messages.back(), "<13>last");
  ::close(datagrams);
  server.stop();
}

TEST(SyslogServer, SaysWhyItCannotListen) {
  EXPECT_FALSE(parse_syslog_listen("http://127.0.0.1:1"));
  SyslogServer server({*parse_syslog_listen("tls://127.0.0.1:0")}, nullptr, {});
  EXPECT_FALSE(server.start());
}

}  // namespace
}  // namespace tocsin::wire
