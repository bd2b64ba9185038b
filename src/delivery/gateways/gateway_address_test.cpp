#include "delivery/gateways/gateway_address.h"

#include <gtest/gtest.h>

#include "fuzz/mutate.h"

namespace tocsin::delivery {
namespace {

TEST(GatewayAddress, HasItsParts) {
  const auto address = parse_gateway_address("twilio://AC12:p%40ss%3A@api.twilio.com:8443/base?from=%2B15550100&voice-from=%2B15550101");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->scheme, "twilio");
  EXPECT_EQ(address->user, "AC12");
  EXPECT_EQ(address->secret, "p@ss:");
  EXPECT_EQ(address->base_url("https"), "https://api.twilio.com:8443");
  EXPECT_EQ(address->path, "/base");
  EXPECT_EQ(address->option("from"), "+15550100");
  EXPECT_EQ(address->option("region", "us1"), "us1");
}

TEST(GatewayAddress, WhatIsNoneShowsNoSecret) {
  for (const char* wrong : {"", "twilio", "://x", "smpp://", "smpp://u:secret@", "smpp://u:secret@host:port", "smpp://u:secret@ho st"}) {
    const auto address = parse_gateway_address(wrong);
    ASSERT_FALSE(address) << wrong;
    EXPECT_EQ(address.error().message.find("secret"), std::string::npos);
  }
}

TEST(GatewayForms, GoThereAndBack) {
  const std::map<std::string, std::string> fields = {{"Body", "SEV2 & more = ä"}, {"To", "+4917"}};
  EXPECT_EQ(form_body(fields), "Body=SEV2%20%26%20more%20%3D%20%C3%A4&To=%2B4917");
  EXPECT_EQ(read_form(form_body(fields)), fields);
  EXPECT_EQ(read_form("a=1+2&b&=x").at("a"), "1 2");
}

TEST(GatewayFuzz, AnyTextIsReadOrRefused) {
  fuzz::mutate({"twilio://AC12:token@api.twilio.com?from=%2B1555", "smpp://u:p@[::1]:2775?from=T"}, 3000, [](std::string_view text) {
    const auto address = parse_gateway_address(text);
    EXPECT_TRUE(!address || !address->host.empty());
    (void)read_form(text);
  });
}

}  // namespace
}  // namespace tocsin::delivery
