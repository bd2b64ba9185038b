// Stories of parcels that leave as mail, with a mail server on a real socket.
#include "delivery/smtp/smtp_carrier.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <future>
#include <thread>

#include "tests/support/mail_sink.h"
#include "wire/tls/certificate_authority.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

class SmtpCarrierTest : public ::testing::Test {
 protected:
  ManualClock clock{instant_from_ms(1'795'000'000'000)};

  CarryOutcome carry(const std::string& url, Object content, std::string ca_file = {}) {
    SmtpCarrier carrier({.url = url, .from = "Tocsin <tocsin@example.com>", .ca_file = std::move(ca_file), .total_timeout = 500ms}, clock);
    std::promise<CarryOutcome> outcome;
    carrier.carry("p1", content, [&](CarryOutcome came) { outcome.set_value(std::move(came)); });
    return outcome.get_future().get();
  }
  static Object mail() { return {{"to", "ann@example.com"}, {"subject", "checkout errors"}, {"text", "first\n.second\n..third"}}; }
};

TEST_F(SmtpCarrierTest, AMailArrivesWhole) {
  testing::MailSink sink;
  Object content = mail();
  content["to"] = Array{"ann@example.com", "Bob <bob@example.com>"};
  content["in_reply_to"] = "root@example.com";
  const auto outcome = carry(sink.url(), content);
  EXPECT_EQ(outcome.result, CarryResult::delivered) << outcome.error;
  ASSERT_EQ(sink.mails().size(), 1u);
  const auto received = sink.mails()[0];
  EXPECT_EQ(received.from, "tocsin@example.com");
  EXPECT_EQ(received.to, (std::vector<std::string>{"ann@example.com", "bob@example.com"}));
  EXPECT_EQ(received.header("Subject"), "checkout errors");
  EXPECT_EQ(received.header("Message-ID"), "<p1@example.com>");
  EXPECT_EQ(received.header("In-Reply-To"), "<root@example.com>");
  EXPECT_EQ(received.header("Date"), "Wed, 18 Nov 2026 11:06:40 +0000");
  EXPECT_EQ(received.body(), "first\r\n.second\r\n..third\r\n");
}

TEST_F(SmtpCarrierTest, TheServersWordDecidesWhetherToTryAgain) {
  testing::MailSink sink;
  const std::vector<std::tuple<std::string, std::string, CarryResult, int>> cases = {
      {"CONNECT", "421 too busy", CarryResult::try_again, 421},  // first, while there is no connection to use again
      {"RCPT", "451 greylisted", CarryResult::try_again, 451},  {"RCPT", "550 no such user", CarryResult::refused, 550},
      {"MAIL", "452 disk full", CarryResult::try_again, 452},   {"DATA", "554 no", CarryResult::refused, 554},
      {"END", "451 later", CarryResult::try_again, 451},        {"END", "554 spam", CarryResult::refused, 554}};
  for (const auto& [command, reply, result, status] : cases) {
    sink.answer(command, reply);
    const auto outcome = carry(sink.url(), mail());
    EXPECT_EQ(outcome.result, result) << command << " " << reply << ": " << outcome.error;
    EXPECT_EQ(outcome.status, status) << command << " " << reply;
    EXPECT_FALSE(outcome.error.empty());
    sink.answer(command, "");
  }
  EXPECT_TRUE(sink.mails().empty());
  EXPECT_EQ(carry(sink.url(), mail()).result, CarryResult::delivered);
}

TEST_F(SmtpCarrierTest, ASlowOrAbsentServerIsTriedAgain) {
  testing::MailSink sink;
  sink.answer("END", "MUTE");
  EXPECT_EQ(carry(sink.url(), mail()).error_code, "TIMEOUT");
  sink.answer("CONNECT", "MUTE");
  EXPECT_EQ(carry(sink.url(), mail()).error_code, "TIMEOUT");
  const auto absent = carry("smtp://127.0.0.1:1", mail());
  EXPECT_EQ(absent.result, CarryResult::try_again);
  EXPECT_EQ(absent.error_code, "CONNECTION_FAILURE");
}

TEST_F(SmtpCarrierTest, MailsThatHangDelayNoOther) {
  testing::MailSink sink;
  sink.answer("END", "MUTE");
  SmtpCarrier carrier({.url = sink.url(), .from = "Tocsin <tocsin@example.com>", .total_timeout = 1s}, clock);
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::promise<CarryOutcome>> outcomes(10);
  for (auto& outcome : outcomes) carrier.carry("p", mail(), [&outcome](CarryOutcome came) { outcome.set_value(std::move(came)); });
  for (auto& outcome : outcomes) EXPECT_EQ(outcome.get_future().get().error_code, "TIMEOUT");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 7s) << "one after another they would take ten seconds";
}

TEST_F(SmtpCarrierTest, StoppingEndsAMailThatHangs) {
  testing::MailSink sink;
  sink.answer("END", "MUTE");
  std::promise<CarryOutcome> outcome;
  {
    SmtpCarrier carrier({.url = sink.url(), .from = "Tocsin <tocsin@example.com>", .total_timeout = 60s}, clock);
    carrier.carry("p", mail(), [&](CarryOutcome came) { outcome.set_value(std::move(came)); });
    std::this_thread::sleep_for(300ms);
  }
  EXPECT_EQ(outcome.get_future().get().result, CarryResult::try_again);
}

TEST_F(SmtpCarrierTest, WhatIsNoMailIsRefusedUnsent) {
  testing::MailSink sink;
  for (const char* to : {"", "nobody", "a@b\r\nRCPT TO:<eve@example.com>"}) {
    Object content = mail();
    content["to"] = to;
    EXPECT_EQ(carry(sink.url(), content).result, CarryResult::refused) << to;
  }
  Object evil = mail();
  evil["headers"] = Object{{"X-A", "b\r\n\r\ninjected"}};
  EXPECT_EQ(carry(sink.url(), evil).result, CarryResult::refused);
  EXPECT_TRUE(sink.mails().empty());
}

TEST_F(SmtpCarrierTest, CredentialsOfTheUrlAreUsed) {
  testing::MailSink sink;
  sink.want_credentials("ann", "secret");
  const std::string host = "127.0.0.1:" + std::to_string(sink.port());
  EXPECT_EQ(carry("smtp://ann:secret@" + host, mail()).result, CarryResult::delivered);
  EXPECT_EQ(sink.mails().at(0).user, "ann");
  const auto wrong = carry("smtp://ann:wrong@" + host, mail());
  EXPECT_EQ(wrong.result, CarryResult::try_again);
  EXPECT_EQ(wrong.error.find("wrong@"), std::string::npos);
}

TEST_F(SmtpCarrierTest, StartTlsIsUsedWhenOffered) {
  const auto directory = std::filesystem::temp_directory_path() / ("tocsin-smtp-" + std::to_string(::getpid()));
  std::filesystem::create_directories(directory);
  ASSERT_TRUE(wire::create_tls_files(directory, {}, SystemClock().now()));
  const auto files = wire::tls_files(directory);
  testing::MailSink sink(files.certificate, files.key);
  const auto outcome = carry(sink.url(), mail());
  EXPECT_EQ(outcome.result, CarryResult::delivered) << outcome.error;
  EXPECT_TRUE(sink.mails().at(0).tls);
  std::filesystem::remove_all(directory);
}

TEST_F(SmtpCarrierTest, AProbeLeavesNoMail) {
  testing::MailSink sink;
  EXPECT_TRUE(probe_smtp_server({.url = sink.url()}));
  EXPECT_TRUE(sink.mails().empty());
  EXPECT_FALSE(probe_smtp_server({.url = "smtp://127.0.0.1:1"}));
}

TEST_F(SmtpCarrierTest, AnUnusableUrlIsSaidWithoutItsPassword) {
  EXPECT_TRUE(check_smtp_url("smtps://a:b@mail.example:465"));
  const auto wrong = check_smtp_url("http://ann:secret@mail.example");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace tocsin::delivery
