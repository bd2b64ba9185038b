#include "wire/syslog/syslog_message.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text_time.h"
#include "fuzz/input_count.h"
#include "wire/syslog/syslog_framing.h"

namespace tocsin::wire {
namespace {

const Instant now = *parse_rfc3339("2026-11-24T10:00:00Z");

// The examples of RFC 5424, 6.5.
TEST(SyslogMessage, Rfc5424) {
  const auto first = parse_syslog(
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xef\xbb\xbf'su root' failed for lonvick on /dev/pts/8", now);
  EXPECT_EQ(first.facility, 4);
  EXPECT_EQ(first.severity, 2);
  EXPECT_EQ(to_rfc3339_ms(*first.time), "2003-10-11T22:14:15.003Z");
  EXPECT_EQ(first.host, "mymachine.example.com");
  EXPECT_EQ(first.app, "su");
  EXPECT_EQ(first.process_id, "");
  EXPECT_EQ(first.message_id, "ID47");
  EXPECT_EQ(first.text, "'su root' failed for lonvick on /dev/pts/8");
  const auto second = parse_syslog(
      R"(<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - [a@1 iut="3" x="a\"b\]"][b class="high"] %% It's time)", now);
  EXPECT_EQ(second.process_id, "8710");
  EXPECT_EQ(second.structured_data.at("a@1").at("x"), "a\"b]");
  EXPECT_EQ(second.structured_data.at("b").at("class"), "high");
  EXPECT_EQ(second.text, "%% It's time");
  EXPECT_EQ(parse_syslog("<0>1 - - - - - -", now).text, "");
}

// The examples of RFC 3164, 5.4, and what rsyslog's forwarding writes.
TEST(SyslogMessage, Rfc3164) {
  const auto first = parse_syslog("<34>Oct 11 22:14:15 mymachine su[230]: 'su root' failed\n", now);
  EXPECT_EQ(first.host, "mymachine");
  EXPECT_EQ(first.app, "su");
  EXPECT_EQ(first.process_id, "230");
  EXPECT_EQ(first.text, "'su root' failed");
  EXPECT_EQ(to_rfc3339_ms(*first.time), "2026-10-11T22:14:15.000Z");
  EXPECT_EQ(to_rfc3339_ms(*parse_syslog("<34>Dec 31 23:59:59 h a: x", now).time), "2025-12-31T23:59:59.000Z");
  const auto local = parse_syslog("<13>Feb  5 17:32:18 app: started", now);
  EXPECT_EQ(local.host, "");
  EXPECT_EQ(local.app, "app");
  const auto precise = parse_syslog("<13>2026-11-24T09:59:59.123456+00:00 web1 nginx: GET /", now);
  EXPECT_EQ(precise.host, "web1");
  EXPECT_EQ(precise.text, "GET /");
}

TEST(SyslogMessage, WhatIsInNoFormIsAText) {
  EXPECT_EQ(parse_syslog("hello", now).text, "hello");
  EXPECT_EQ(parse_syslog("<999>hello", now).text, "<999>hello");
  EXPECT_EQ(parse_syslog("<13>just words", now).text, "just words");
  EXPECT_EQ(parse_syslog("<13>just words", now).severity, 5);
}

using Messages = std::vector<std::string>;

TEST(SyslogFraming, CountsOctetsAndSplitsLines) {
  SyslogFraming framing;
  EXPECT_EQ(framing.feed("5 <1>ab3 <2>"), (Messages{"<1>ab", "<2>"}));
  EXPECT_EQ(framing.feed("<13>one\n<13>tw"), (Messages{"<13>one"}));
  EXPECT_EQ(framing.feed("o\n11"), (Messages{"<13>two"}));
  EXPECT_EQ(framing.feed(" <13>with\nnl<13>rest"), (Messages{"<13>with\nnl"}));
  EXPECT_EQ(framing.rest(), "<13>rest");
  SyslogFraming broken;
  broken.feed("99999999999 x");
  EXPECT_TRUE(broken.broken());
}

// Strategy: the same bytes in pieces of any size, then damaged ones. Invariant: the same messages; no crash.
TEST(SyslogFuzz, PiecesDoNotMatterAndDamageDoesNoHarm) {
  SeededRandom random{4};
  const std::string whole =
      "5 <1>ab<13>line one\n<34>1 2003-10-11T22:14:15.003Z h a - - [x y=\"z\"] t\n3 <2><13>Oct 11 22:14:15 m su[2]: x\n";
  SyslogFraming at_once;
  const Messages wanted = at_once.feed(whole);
  for (int i = 0; i < fuzz::input_count(1000); ++i) {
    SyslogFraming framing;
    Messages found;
    for (std::size_t at = 0; at < whole.size();) {
      const std::size_t size = 1 + random.below(9);
      for (std::string& each : framing.feed(std::string_view(whole).substr(at, size))) found.push_back(std::move(each));
      at += size;
    }
    EXPECT_EQ(found, wanted);
    std::string damaged = whole;
    for (int n = 0; n < 4; ++n) damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    SyslogFraming other;
    for (const std::string& each : other.feed(damaged)) (void)parse_syslog(each, now);
  }
}

}  // namespace
}  // namespace tocsin::wire
