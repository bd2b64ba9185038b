#include "wire/event_stream/event_stream.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::wire {
namespace {

// The framing's own vector: no headers, no payload.
TEST(EventStream, AnEmptyMessageIsSixteenBytes) { EXPECT_EQ(to_hex(encode({})), "000000100000000005c248eb7d98c8ff"); }

// The framing's own vector: one header, a JSON payload.
TEST(EventStream, APayloadAndAHeader) {
  const EventStreamMessage message{{{"content-type", "application/json"}}, "{'foo':'bar'}"};
  EXPECT_EQ(to_hex(encode(message)),
            "0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b27666f6f273a27626172277d8d9c08b1");
}

TEST(EventStream, WhatIsEncodedIsReadBack) {
  const std::string bytes = encode_event("sessionStart", R"({"a":1})") + encode_exception("SessionTimeoutException", "{}");
  const auto first = decode(bytes);
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->first.header(":event-type"), "sessionStart");
  EXPECT_EQ((*first)->first.payload, R"({"a":1})");
  const auto second = decode(std::string_view(bytes).substr((*first)->second));
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->first.header(":exception-type"), "SessionTimeoutException");
  for (std::size_t size = 0; size < (*first)->second; ++size) {
    const auto part = decode(std::string_view(bytes).substr(0, size));
    EXPECT_TRUE(part && !*part) << size;
  }
}

// Strategy: damage a message. Invariant: refused, or read as it was; no crash.
TEST(EventStreamFuzz, DamageIsSeen) {
  SeededRandom random{2};
  const std::string whole = encode_event("sessionUpdate", R"({"sessionResults":[]})");
  for (int i = 0; i < fuzz::input_count(3000); ++i) {
    std::string bytes = whole;
    bytes[random.below(bytes.size())] ^= static_cast<char>(1 + random.below(255));
    EXPECT_FALSE(decode(bytes));
  }
}

}  // namespace
}  // namespace tocsin::wire
