#include "delivery/bounces/delivery_report.h"

#include <gtest/gtest.h>

#include "fuzz/mutate.h"

namespace tocsin::delivery {
namespace {

// as Postfix writes it
const std::string postfix =
    "Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.example (Mail Delivery System)\r\nSubject: Undelivered Mail Returned to Sender\r\nTo: "
    "tocsin@example.com\r\n"
    "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; "
    "report-type=delivery-status;\r\n\tboundary=\"9B7E.1/mail.example\"\r\n\r\n"
    "This is a MIME-encapsulated message.\r\n\r\n--9B7E.1/mail.example\r\nContent-Description: Notification\r\nContent-Type: text/plain; "
    "charset=us-ascii\r\n\r\n"
    "<ann@example.org>: host mx.example.org said: 550 5.1.1 user unknown\r\n\r\n--9B7E.1/mail.example\r\nContent-Type: "
    "message/delivery-status\r\n\r\n"
    "Reporting-MTA: dns; mail.example\r\nArrival-Date: Tue, 24 Nov 2026 06:00:00 +0000 (UTC)\r\n\r\nFinal-Recipient: rfc822; "
    "ann@example.org\r\n"
    "Original-Recipient: rfc822;ann@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.example.org\r\nDiagnostic-Code: "
    "smtp; 550 5.1.1 user\r\n    unknown\r\n\r\n"
    "--9B7E.1/mail.example\r\nContent-Description: Undelivered Message\r\nContent-Type: message/rfc822\r\n\r\nFrom: "
    "tocsin@example.com\r\nTo: ann@example.org\r\n"
    "Subject: [SEV2] checkout\r\nMessage-ID: <018f.1@tocsin>\r\n\r\nWhat: checkout\r\n\r\n--9B7E.1/mail.example--\r\n";

TEST(DeliveryReport, AReturnedMailIsFoundAgain) {
  const auto report = read_delivery_report(postfix);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->action, ReportedAction::failed);
  EXPECT_EQ(report->message_id, "018f.1@tocsin");
  EXPECT_EQ(report->recipient, "ann@example.org");
  EXPECT_EQ(report->words(), "550 5.1.1 user unknown");
}

TEST(DeliveryReport, ADelayIsNoFailure) {
  std::string delayed = postfix;
  delayed.replace(delayed.find("Action: failed"), 14, "Action: delayed");
  EXPECT_EQ(read_delivery_report(delayed)->action, ReportedAction::delayed);
}

TEST(DeliveryReport, ReturnsOfNoStandardAreUnderstoodToo) {
  const auto qmail = read_delivery_report(
      "From: MAILER-DAEMON@old.example\nSubject: failure notice\n\nHi. This is the qmail-send program.\n<ann@example.org>:\nno mailbox "
      "here by that name.\n\n"
      "--- Below this line is a copy of the message.\n\nReturn-Path: <tocsin@example.com>\nMessage-ID: <018f.2@tocsin>\nSubject: x\n");
  ASSERT_TRUE(qmail);
  EXPECT_EQ(qmail->message_id, "018f.2@tocsin");
  const auto exim = read_delivery_report(
      "From: Mail Delivery System <Mailer-Daemon@x>\nX-Failed-Recipients: ann@example.org\nSubject: Mail delivery "
      "failed\n\ntext\n\nMessage-Id: <a@tocsin>\n");
  ASSERT_TRUE(exim);
  EXPECT_EQ(exim->recipient, "ann@example.org");
}

TEST(DeliveryReport, AnOrdinaryMailReportsNothing) {
  EXPECT_FALSE(read_delivery_report("From: ann@example.org\nSubject: Re: failure\nIn-Reply-To: <a@tocsin>\n\nI am away.\n"));
  EXPECT_FALSE(read_delivery_report(""));
}

// Fuzz: any mail. Invariant: it is read without harm, and what it names is never longer than it.
TEST(DeliveryReportFuzz, AnyMailIsReadWithoutHarm) {
  fuzz::mutate({postfix, "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n--a--\n"},
               {"\r\n\r\n", "--", "boundary=", "Message-ID: <", "Action: failed"}, 5000, [](std::string_view mail) {
                 const auto report = read_delivery_report(mail);
                 EXPECT_TRUE(!report || report->message_id.size() <= mail.size());
               });
}

}  // namespace
}  // namespace tocsin::delivery
