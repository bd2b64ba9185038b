#include "delivery/smtp/mail_message.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::delivery {
namespace {

const Instant date = instant_from_ms(1'795'000'000'000);  // 2026-11-18T11:06:40Z

MailMessage plain_mail() {
  return {.from = "Tocsin <tocsin@example.com>",
          .to = {"ann@example.com"},
          .subject = "checkout errors",
          .text = "one\ntwo\n",
          .message_id = "p1@example.com"};
}

TEST(MailMessageTest, PlainTextStaysReadable) {
  EXPECT_EQ(*mail_text(plain_mail(), date),
            "From: \"Tocsin\" <tocsin@example.com>\r\n"
            "To: ann@example.com\r\n"
            "Subject: checkout errors\r\n"
            "Date: Wed, 18 Nov 2026 11:06:40 +0000\r\n"
            "Message-ID: <p1@example.com>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "one\r\ntwo\r\n");
}

TEST(MailMessageTest, ThreadsAreNamed) {
  MailMessage mail = plain_mail();
  mail.in_reply_to = "<root@example.com>";
  mail.references = {"root@example.com", "second@example.com"};
  const std::string text = *mail_text(mail, date);
  EXPECT_NE(text.find("In-Reply-To: <root@example.com>\r\nReferences: <root@example.com>\r\n <second@example.com>\r\n"), std::string::npos);
}

TEST(MailMessageTest, OtherAlphabetsAreEncoded) {
  MailMessage mail = plain_mail();
  mail.subject = "Störung: Kasse lässt sich nicht öffnen, jeder fünfte Kauf schlägt fehl";
  mail.from = "Glöckner <t@example.com>";
  mail.text = "über = alles\n" + std::string(200, 'x') + "\n";
  const std::string text = *mail_text(mail, date);
  EXPECT_NE(text.find("From: =?UTF-8?B?R2zDtmNrbmVy?= <t@example.com>\r\n"), std::string::npos);
  EXPECT_NE(text.find("Content-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BCber =3D alles\r\n"), std::string::npos);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    EXPECT_LE(end - at, 78u);
    at = end + 2;
  }
}

TEST(MailMessageTest, HtmlIsAnAlternative) {
  MailMessage mail = plain_mail();
  mail.html = "<p>one</p>";
  const std::string text = *mail_text(mail, date);
  const std::size_t plain_at = text.find("Content-Type: text/plain"), html_at = text.find("Content-Type: text/html");
  EXPECT_NE(text.find("multipart/alternative; boundary="), std::string::npos);
  EXPECT_LT(plain_at, html_at);
  EXPECT_EQ(text, *mail_text(mail, date));
}

TEST(MailMessageTest, NothingAddsAHeaderField) {
  MailMessage subject = plain_mail();
  subject.subject = "a\r\nBcc: eve@example.com";
  EXPECT_EQ(mail_text(subject, date)->find("\r\nBcc"), std::string::npos);
  MailMessage from = plain_mail(), to = plain_mail(), reference = plain_mail(), header = plain_mail();
  from.from = "x <a@b>\r\nBcc: c@d";
  to.to = {"a@b\r\nBcc: c@d"};
  reference.references = {"a\r\nBcc: c@d"};
  header.headers = {{"X-A", "b\r\nBcc: c@d"}};
  for (const MailMessage* mail : {&from, &to, &reference, &header}) EXPECT_FALSE(mail_text(*mail, date));
}

TEST(MailMessageTest, AddressesAreFound) {
  EXPECT_EQ(address_of("a@b"), "a@b");
  EXPECT_EQ(address_of("A B <a@b.c>"), "a@b.c");
  for (const char* wrong : {"", "a", "@b", "a@", "a b@c", "<a@b", "a@b>", "a@b,c@d", "a@b\n"}) EXPECT_FALSE(address_of(wrong)) << wrong;
}

TEST(MailMessageFuzz, WhateverStrangersWriteKeepsTheLinesOfAMail) {
  SeededRandom random(3);
  for (int round = 0; round < fuzz::input_count(5'000); ++round) {
    MailMessage mail = plain_mail();
    mail.subject = random.letters("a \r\n\t=?\"<\xc3\xbc:", random.below(120));
    mail.text = random.letters("a \r\n\t=.\xc3\xbc", random.below(400));
    if (random.below(2)) mail.html = random.letters("a\n<>=", random.below(60));
    const auto text = mail_text(mail, date);
    ASSERT_TRUE(text);
    for (std::size_t at = 0; at < text->size(); ++at) {
      ASSERT_TRUE((*text)[at] != '\n' || (*text)[at - 1] == '\r');
      ASSERT_TRUE((*text)[at] != '\r' || (*text)[at + 1] == '\n');
    }
  }
}

}  // namespace
}  // namespace tocsin::delivery
