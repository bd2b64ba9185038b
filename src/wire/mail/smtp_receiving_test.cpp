#include "wire/mail/smtp_receiving.h"

#include <gtest/gtest.h>

#include "fuzz/mutate.h"

namespace tocsin::wire {
namespace {

TEST(SmtpReceiving, AMailComesInWholeAndIsAnsweredWhenKept) {
  SmtpReceiving receiving("t.example");
  receiving.feed("EHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<bounces@t.example>\r\nDATA\r\nSubject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n");
  const std::string said = receiving.take_output();
  EXPECT_NE(said.find("354 "), std::string::npos);
  EXPECT_EQ(said.find("kept"), std::string::npos) << "not before it is safe";
  const auto mail = receiving.take_mail();
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->from, "");
  EXPECT_EQ(mail->to, std::vector<std::string>{"bounces@t.example"});
  EXPECT_EQ(mail->data, "Subject: x\r\n\r\n.dot\r\n");
  receiving.answer(true);
  EXPECT_EQ(receiving.take_output(), "250 2.0.0 kept\r\n221 2.0.0 bye\r\n");
  EXPECT_TRUE(receiving.is_over());
}

TEST(SmtpReceiving, TheOrderOfCommandsIsKept) {
  SmtpReceiving receiving("t");
  (void)receiving.take_output();
  for (const auto& [line, code] : std::vector<std::pair<std::string, std::string>>{{"MAIL FROM:<a@b>", "503"},
                                                                                   {"EHLO x", "250"},
                                                                                   {"RCPT TO:<a@b>", "503"},
                                                                                   {"DATA", "503"},
                                                                                   {"MAIL a@b", "502"},
                                                                                   {"MAIL FROM:a@b", "501"},
                                                                                   {"mail from:<a@b> SIZE=3", "250"},
                                                                                   {"RCPT TO:<>", "501"},
                                                                                   {"XYZ", "502"},
                                                                                   {"RSET", "250"},
                                                                                   {"RCPT TO:<a@b>", "503"}}) {
    receiving.feed(line + "\r\n");
    EXPECT_EQ(receiving.take_output().substr(0, 3), code) << line;
  }
}

// Fuzz: any bytes of a peer. Invariants: it ends, memory stays bounded, and no mail comes without a recipient.
TEST(SmtpReceivingFuzz, AnyBytesAreAnswered) {
  fuzz::mutate({"EHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<b@t>\r\nDATA\r\nSubject: x\r\n\r\n.\r\nQUIT\r\n"},
               {"\r\n.\r\n", "DATA\r\n", "RCPT TO:<"}, 5000, [](std::string_view bytes) {
                 SmtpReceiving receiving("t");
                 receiving.feed(bytes);
                 for (int mails = 0; mails < 50; ++mails) {
                   const auto mail = receiving.take_mail();
                   if (!mail) break;
                   EXPECT_FALSE(mail->to.empty());
                   receiving.answer(mails % 2 == 0);
                 }
                 EXPECT_FALSE(receiving.take_output().empty());
               });
}

}  // namespace
}  // namespace tocsin::wire
