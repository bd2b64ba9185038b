#include "wire/mail/mail_listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>

namespace tocsin::wire {
namespace {

std::string converse(std::uint16_t port, const std::string& say) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  EXPECT_EQ(send(socket, say.data(), say.size(), 0), static_cast<ssize_t>(say.size()));
  std::string heard;
  char buffer[4096];
  for (ssize_t got; (got = recv(socket, buffer, sizeof buffer, 0)) > 0;) heard.append(buffer, static_cast<std::size_t>(got));
  close(socket);
  return heard;
}

TEST(MailListener, MailsOfSeveralPeersComeIn) {
  std::atomic<int> mails = 0;
  MailListener listener({{"127.0.0.1", 0}}, "t.example", [&](IncomingMail, auto kept) { kept(++mails != 2); });
  ASSERT_TRUE(listener.start());
  const std::string mail = "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n";
  EXPECT_NE(converse(listener.bound()[0].port, mail).find("250 2.0.0 kept"), std::string::npos);
  EXPECT_NE(converse(listener.bound()[0].port, mail).find("451 4.3.0"), std::string::npos);
  EXPECT_EQ(mails, 2);
  listener.stop();
}

}  // namespace
}  // namespace tocsin::wire
