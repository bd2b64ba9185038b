#include "wire/agent_channel/frame.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "fuzz/mutate.h"

namespace tocsin::wire {
namespace {

const AgentFrame job = {.message_type = "agent_job", .created_ms = 1'700'000'000'000, .sequence = -1, .flags = 3,
                        .message_id = "00112233-4455-6677-8899-aabbccddeeff", .payload_type = 1, .payload = R"({"JobId":"x"})"};

TEST(AgentFrame, ReadsWhatItWrote) {
  const auto read = decode_frame(encode_frame(job));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, job);
}

TEST(AgentFrame, LaysBytesWhereTheAgentReadsThem) {
  const std::string bytes = encode_frame(job);
  EXPECT_EQ(bytes.size(), 120 + job.payload.size());
  EXPECT_EQ(to_hex(bytes.substr(0, 4)), "00000074");
  EXPECT_EQ(bytes.substr(4, 32), "agent_job                       ");
  EXPECT_EQ(to_hex(bytes.substr(64, 16)), "8899aabbccddeeff0011223344556677");
  EXPECT_EQ(to_hex(bytes.substr(112, 8)), "000000010000000d");
}

TEST(AgentFrame, RefusesWhatIsCutShortOrChanged) {
  std::string bytes = encode_frame(job);
  EXPECT_FALSE(decode_frame(bytes.substr(0, 119)));
  EXPECT_FALSE(decode_frame(bytes.substr(0, 125)));
  bytes.back() = '!';
  EXPECT_FALSE(decode_frame(bytes));
  bytes[3] = 0x10;
  EXPECT_FALSE(decode_frame(bytes));
}

TEST(AgentFrameFuzz, WhateverComesIsReadOrRefused) {
  fuzz::mutate({encode_frame(job), std::string(120, '\0')}, 20'000, [](std::string_view bytes) {
    const auto frame = decode_frame(bytes);
    EXPECT_TRUE(!frame || frame->payload.size() <= bytes.size());
  });
}

}  // namespace
}  // namespace tocsin::wire
