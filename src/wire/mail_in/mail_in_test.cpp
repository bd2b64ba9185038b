// A conversation as senders have it, and mails as they are written.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "fuzz/mutate.h"
#include "wire/mail_in/mail_text.h"
#include "wire/mail_in/smtp_session.h"

namespace tocsin::wire {
namespace {

TEST(SmtpSession, TakesAMailAndAnswersAfterItsVerdict) {
  SmtpSession session;
  EXPECT_TRUE(session.greeting().starts_with("220 "));
  EXPECT_NE(session.feed("EHLO host\r\n").find("250 AUTH PLAIN LOGIN"), std::string::npos);
  EXPECT_EQ(session.feed("AUTH PLAIN " + to_base64(std::string("\0me\0tik_1", 9)) + "\r\n"), "235 ok\r\n");
  EXPECT_EQ(session.feed("MAIL FROM:<a@b> SIZE=10\r\nRCPT TO:<alerts@t>\r\nDATA\r\n"), "250 ok\r\n250 ok\r\n354 end with a dot\r\n");
  EXPECT_EQ(session.feed("Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n"), "");
  const auto mail = session.take_mail();
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->bytes, "Subject: x\r\n\r\n.dot\r\n");
  EXPECT_EQ(mail->recipients, std::vector<std::string>{"alerts@t"});
  EXPECT_EQ(mail->password, "tik_1");
  EXPECT_EQ(session.verdict(250, "kept"), "250 kept\r\n221 bye\r\n");
  EXPECT_TRUE(session.closed());
}

TEST(SmtpSession, RefusesWhatIsOutOfOrderOrTooLong) {
  SmtpSession session;
  EXPECT_EQ(session.feed("MAIL FROM:<a@b>\r\n"), "503 EHLO first\r\n");
  session.feed("HELO h\r\n");
  EXPECT_EQ(session.feed("RCPT TO:<a@b>\r\n"), "503 MAIL first\r\n");
  EXPECT_EQ(session.feed("MAIL a\r\n"), "501 MAIL FROM:<address>\r\n");
  session.feed("MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n");
  for (int n = 0; n < 2000; ++n) session.feed(std::string(1000, 'x') + "\r\n");
  EXPECT_EQ(session.feed(".\r\n"), "552 the mail is too long\r\n");
  for (int n = 0; n < 11; ++n) session.feed("WHAT\r\n");
  EXPECT_TRUE(session.closed());
}

TEST(MailText, ReadsSubjectsAndTheTextPart) {
  const MailText mail = read_mail(
      "From: Nagios <n@x>\r\nSubject: =?utf-8?B?RMOpZmF1dA==?= =?utf-8?Q?_disque?=\r\nContent-Type: multipart/alternative; "
      "boundary=\"b\"\r\n\r\n"
      "--b\r\nContent-Type: text/html\r\n\r\n<b>no</b>\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
      "quoted-printable\r\n\r\n97=20% full=\r\n!\r\n--b--\r\n");
  EXPECT_EQ(mail.from, "Nagios <n@x>");
  EXPECT_EQ(mail.subject, "Défaut disque");
  EXPECT_TRUE(mail.text.starts_with("97 % full!"));
  EXPECT_EQ(read_mail("Subject: a\r\n b\r\n\r\nbody").subject, "a b");
  EXPECT_EQ(read_mail("\r\nbody").text, "body");
}

TEST(MailIn, DamagedBytesDoNoHarm) {
  fuzz::mutate({"EHLO h\r\nAUTH LOGIN\r\nYQ==\r\nYg==\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: "
                "=?utf-8?Q?a=20b?=\r\nContent-Type: multipart/mixed; "
                "boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhi\r\n--x--\r\n.\r\nQUIT\r\n"},
               20'000, [](std::string_view bytes) {
                 SmtpSession session;
                 session.feed(bytes);
                 if (const auto mail = session.take_mail()) {
                   read_mail(mail->bytes);
                   session.verdict(250, "ok");
                 }
                 read_mail(bytes);
               });
}

}  // namespace
}  // namespace tocsin::wire
