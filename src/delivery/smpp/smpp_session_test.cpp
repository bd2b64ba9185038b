// Stories of a session, with a message centre made of its units.
#include "delivery/smpp/smpp_session.h"

#include <gtest/gtest.h>

#include "fuzz/mutate.h"

namespace tocsin::delivery::smpp {
namespace {

using namespace std::chrono_literals;
using Kind = Happening::Kind;

struct SessionStory : ::testing::Test {
  Instant now = instant_from_ms(1'795'000'000'000);
  SmppSession session{{.bind = {"tocsin", "secret", ""}, .from = "Tocsin", .window_max = 2}, now};

  std::vector<Pdu> sent() {
    PduReader reader;
    reader.feed(session.take_output());
    std::vector<Pdu> out;
    while (auto unit = *reader.next()) out.push_back(*unit);
    return out;
  }
  void answer(const Pdu& asked, std::uint32_t status = 0, std::string body = {}) {
    session.feed(write_pdu({asked.command | answer_bit, status, asked.sequence, std::move(body)}), now);
  }
  void bind() {
    answer(sent().at(0));
    (void)session.take_happenings();
  }
};

TEST_F(SessionStory, AMessageIsTakenAndItsReceiptCalledByName) {
  session.submit("p1", "+491701234567", "SEV2 checkout", now);
  const auto first = sent();
  ASSERT_EQ(first.size(), 1u) << "nothing is sent before the bind is answered";
  answer(first[0]);
  const auto submitted = sent();
  ASSERT_EQ(submitted.size(), 1u);
  EXPECT_TRUE(submitted[0].is(Command::submit_sm));
  answer(submitted[0], 0, std::string("42\0", 3));
  const auto happened = session.take_happenings();
  ASSERT_EQ(happened.size(), 2u);
  EXPECT_EQ(happened[1].kind, Kind::taken);
  EXPECT_EQ(happened[1].message_ids, std::vector<std::string>{"42"});

  ShortMessage receipt{.source = address_of("+491701234567"), .destination = address_of("Tocsin"), .esm_class = 4};
  receipt.text = "id:42 stat:UNDELIV err:001";
  session.feed(write_pdu({5, 0, 9, write_message(receipt)}), now);
  EXPECT_TRUE(sent().at(0).answers(Command::deliver_sm));
  EXPECT_EQ(session.take_happenings().at(0).receipt.state, "UNDELIV");
}

TEST_F(SessionStory, ALongTextIsDoneWhenEveryPartWasTaken) {
  bind();
  session.submit("p1", "+49170", std::string(400, 'x'), now);
  auto parts = sent();
  ASSERT_EQ(parts.size(), 2u) << "the window is two";
  answer(parts[0], 0, std::string("a\0", 2));
  EXPECT_TRUE(session.take_happenings().empty());
  answer(parts[1], 0, std::string("b\0", 2));
  parts = sent();
  ASSERT_EQ(parts.size(), 1u);
  answer(parts[0], 0, std::string("c\0", 2));
  EXPECT_EQ(session.take_happenings().at(0).message_ids, (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(SessionStory, ThrottledIsForNowAWrongNumberForGood) {
  bind();
  session.submit("p1", "+49170", "a", now);
  session.submit("p2", "+49", "b", now);
  const auto units = sent();
  answer(units.at(0), 0x58);
  answer(units.at(1), 0x0b);
  const auto happened = session.take_happenings();
  EXPECT_EQ(happened.at(0).kind, Kind::failed);
  EXPECT_EQ(happened.at(1).kind, Kind::refused);
  EXPECT_EQ(happened.at(1).words, "the message centre answered ESME_RINVDSTADR (0x0b)");
}

TEST_F(SessionStory, ACentreThatIsSilentIsAskedAndThenLeft) {
  bind();
  now += 30s;
  session.tick(now);
  const auto enquiry = sent();
  ASSERT_EQ(enquiry.size(), 1u);
  EXPECT_TRUE(enquiry[0].is(Command::enquire_link));
  session.submit("p1", "+49170", "a", now);
  now += 11s;
  session.tick(now);
  const auto happened = session.take_happenings();
  EXPECT_EQ(happened.at(0).kind, Kind::failed);
  EXPECT_EQ(happened.at(1).kind, Kind::down);
  EXPECT_TRUE(session.is_down());
}

TEST_F(SessionStory, ARefusedBindSaysSoWithoutThePassword) {
  session.submit("p1", "+49170", "a", now);
  answer(sent().at(0), 0x0e);
  const auto happened = session.take_happenings();
  EXPECT_EQ(happened.at(0).words, "the message centre refused to bind: ESME_RINVPASWD (0x0e)");
}

TEST_F(SessionStory, AReplyComesIn) {
  bind();
  ShortMessage reply{.source = address_of("+491701234567"), .destination = address_of("4711")};
  reply.text = "4821";
  session.feed(write_pdu({5, 0, 9, write_message(reply)}), now);
  const auto happened = session.take_happenings();
  EXPECT_EQ(happened.at(0).from, "+491701234567");
  EXPECT_EQ(happened.at(0).words, "4821");
}

// Fuzz: a centre that says anything. Invariant: every message that was submitted has one end at most, and one when the session ends.
TEST_F(SessionStory, WhateverTheCentreSaysEveryMessageEndsOnce) {
  const std::string bound = write_pdu({0x80000009, 0, 1, "centre"});
  const std::string taken = write_pdu({0x80000004, 0, 2, std::string("42\0", 3)});
  fuzz::mutate({bound + taken, bound + write_pdu({0x80000004, 0x58, 2, ""}) + write_pdu({6, 0, 5, ""})}, 3000,
               [this](std::string_view bytes) {
                 SmppSession fresh({.bind = {"a", "b", ""}, .from = "T"}, now);
                 fresh.submit("p1", "+49", "text", now);
                 fresh.feed(bytes, now);
                 fresh.end("over");
                 int ends = 0;
                 for (const Happening& each : fresh.take_happenings())
                   ends += each.kind == Kind::taken || each.kind == Kind::refused || each.kind == Kind::failed;
                 EXPECT_EQ(ends, 1);
               });
}

}  // namespace
}  // namespace tocsin::delivery::smpp
