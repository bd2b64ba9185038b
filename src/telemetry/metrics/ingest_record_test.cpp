#include "telemetry/metrics/ingest_record.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace tocsin::telemetry {
namespace {

TEST(IngestRecord, NamesASeriesInFullOnce) {
  SeriesDictionary dictionary;
  Series &first = dictionary.add("a\x01"), &second = dictionary.add("b\x01");
  first.named = true;
  const Sample set = StatisticSet{3, 6, 1, 3}, weighted = std::vector<WeightedValue>{{1, 2}, {2.5, 0.5}};
  const std::vector<KnownPoint> points = {{&first, 1'795'000'000'123, true, 12.5, nullptr},
                                          {&second, 1'795'000'000'123, false, -1, nullptr},
                                          {&second, 1'795'000'000'100, false, 0, &set},
                                          {&first, -5, true, 0, &weighted}};
  const std::string bytes = encode_ingest_record(points);
  ASSERT_TRUE(is_ingest_record(bytes));
  const auto record = decode_ingest_record(bytes);
  ASSERT_TRUE(record);
  ASSERT_EQ(record->names.size(), 1u);
  EXPECT_EQ(record->names[0].id, second.id);
  EXPECT_EQ(record->names[0].key, "b\x01");
  ASSERT_EQ(record->points.size(), points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(record->points[i].id, points[i].series->id);
    EXPECT_EQ(record->points[i].time_ms, points[i].time_ms);
    EXPECT_EQ(record->points[i].high_resolution, points[i].high_resolution);
    EXPECT_EQ(record->points[i].sample, points[i].sample ? *points[i].sample : Sample(points[i].value));
  }
}

TEST(IngestRecordFuzz, DamagedBytesAreAnErrorOrARecord) {
  SeriesDictionary dictionary;
  Series& series = dictionary.add("a\x01");
  const Sample weighted = std::vector<WeightedValue>{{1, 2}, {2.5, 0.5}};
  const std::string whole =
      encode_ingest_record(std::vector<KnownPoint>{{&series, 1'795'000'000'123, true, 12.5, nullptr}, {&series, 1, true, 0, &weighted}});
  SeededRandom random(9);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = whole.substr(0, 1 + random.below(whole.size()));
    for (std::uint64_t i = random.below(4); i > 0; --i) bytes[random.below(bytes.size())] = static_cast<char>(random.next());
    decode_ingest_record(bytes);
  }
}

}  // namespace
}  // namespace tocsin::telemetry
