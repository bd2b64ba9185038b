#include "agent/host_metrics/metric_sender.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/document.h"

namespace tocsin::agent {
namespace {

class MetricSenderStory : public testing::Test {
 protected:
  MetricSenderStory() { std::filesystem::remove_all(folder); }
  ~MetricSenderStory() override { std::filesystem::remove_all(folder); }

  MetricSender sender(MetricSpool& spool) {
    EXPECT_TRUE(spool.open());
    return {"web-1", spool,
            [] {
              return HostReading{.cpu = {}, .memory = {{"MemTotal", 100}}, .interfaces = {}, .disks = {}, .mounts = {}, .processes = {}};
            },
            [this](const std::string& body) -> Result<void> {
              if (answer) return std::unexpected(*answer);
              taken.push_back(body);
              return {};
            }};
  }

  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("metric-spool-" + std::to_string(getpid()));
  std::optional<Error> answer;
  std::vector<std::string> taken;
};

TEST_F(MetricSenderStory, WhatCouldNotBeSentIsSentByTheNextRunInOrder) {
  answer = Error{ErrorKind::unavailable, "no route", {}};
  {
    MetricSpool spool(folder);
    MetricSender first = sender(spool);
    first.round(instant_from_ms(60'000));
    first.round(instant_from_ms(120'000));
  }
  EXPECT_TRUE(taken.empty());
  answer.reset();
  MetricSpool spool(folder);
  sender(spool).round(instant_from_ms(180'000));
  ASSERT_EQ(taken.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    const Document body = *parse_json(taken[i]);
    EXPECT_EQ(text_or(body, "Namespace"), "CWAgent");
    const Document& datum = array_at(body, "MetricData").front();
    EXPECT_EQ(integer_at(datum, "Timestamp"), 60 * static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(to_json(*find(datum, "Dimensions")), R"([{"Name":"host","Value":"web-1"}])");
  }
  EXPECT_TRUE(spool.empty());
}

TEST_F(MetricSenderStory, WhatIsRefusedForGoodIsDropped) {
  answer = Error{ErrorKind::invalid, "400", {}};
  MetricSpool spool(folder);
  sender(spool).round(instant_from_ms(60'000));
  EXPECT_TRUE(spool.empty());
}

TEST_F(MetricSenderStory, TheOldestMakeRoom) {
  MetricSpool spool(folder, 30);
  ASSERT_TRUE(spool.open());
  for (const char* request : {"0123456789", "abcdefghij", "klmnopqrst", "uvwxyzuvwx"}) ASSERT_TRUE(spool.add(request));
  EXPECT_EQ(spool.front(), "abcdefghij");
  EXPECT_EQ(spool.lost(), 1u);
}

}  // namespace
}  // namespace tocsin::agent
