#include "telemetry/logs/subscriptions/envelope.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "base/random.h"
#include "wire/http/gzip.h"

namespace tocsin::telemetry {
namespace {

Document unpacked(const std::string& text) { return *parse_json(*wire::gunzip(*from_base64(text), 10 << 20)); }

TEST(Envelope, IsTheGuidesDocumentInGzipAndBase64) {
  const Envelope envelope{
      "123456789012", "/shop", "a", "errors", {{"31953106606966983378809025079804211143289615424298221568", 1432826855000, "ERROR", {}}}};
  const auto texts = packed(envelope, 1000);
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_EQ(
      to_json(unpacked(texts[0])),
      R"({"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/shop","logStream":"a","subscriptionFilters":["errors"],)"
      R"("logEvents":[{"id":"31953106606966983378809025079804211143289615424298221568","timestamp":1432826855000,"message":"ERROR"}]})");
}

TEST(Envelope, IsSplitUntilEachPartFits) {
  SeededRandom random{4};
  Envelope envelope{"1", "g", "s", "f", {}};
  for (int i = 0; i < 100; ++i) envelope.events.push_back({std::to_string(i), i, random.letters("abcdefghijklmnopqrstuvwxyz", 200), {}});
  std::size_t events = 0;
  for (const std::string& text : packed(envelope, 4000)) {
    EXPECT_LE(text.size(), 4000u);
    const Document document = unpacked(text);
    for (const Document& each : array_at(document, "logEvents")) EXPECT_EQ(text_or(each, "id"), std::to_string(events++));
  }
  EXPECT_EQ(events, 100u);
}

}  // namespace
}  // namespace tocsin::telemetry
