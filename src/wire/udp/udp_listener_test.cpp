#include "wire/udp/udp_listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

namespace tocsin::wire {
namespace {

TEST(UdpListener, HandsOnEachDatagram) {
  std::promise<std::string> received;
  UdpListener listener([&](std::string_view datagram) { received.set_value(std::string(datagram)); });
  ASSERT_TRUE(listener.start({"127.0.0.1", 0}));
  ASSERT_NE(listener.bound().port, 0);
  const int sender = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(listener.bound().port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(sendto(sender, "a:1|c", 5, 0, reinterpret_cast<sockaddr*>(&to), sizeof to), 5);
  close(sender);
  EXPECT_EQ(received.get_future().get(), "a:1|c");
  listener.stop();
}

TEST(UdpListener, SaysWhyItCannot) {
  UdpListener listener([](std::string_view) {});
  EXPECT_FALSE(listener.start({"203.0.113.1", 9}));
}

}  // namespace
}  // namespace tocsin::wire
