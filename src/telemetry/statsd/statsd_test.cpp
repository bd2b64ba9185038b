#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "fuzz/mutate.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"
#include "telemetry/metrics/statistic.h"
#include "telemetry/statsd/statsd_receiver.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

TEST(StatsdLine, HasNameValueTypeRateAndTags) {
  const auto sample = parse_statsd_line("page.views:2.5|c|@0.1|#host:a,canary");
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->name, "page.views");
  EXPECT_EQ(sample->value, 2.5);
  EXPECT_EQ(sample->rate, 0.1);
  EXPECT_EQ(sample->tags, (Dimensions{{"canary", "true"}, {"host", "a"}}));
  EXPECT_TRUE(parse_statsd_line("heap:-5|g")->relative);
  EXPECT_EQ(parse_statsd_line("users:peter|s")->member, "peter");
  for (const char* wrong : {"", "a", ":1|c", "a:1", "a:1|x", "a:one|c", "a:1|c|@2", "a:1|c|#:b", "a:1e999|g", "a\x01:1|c"})
    EXPECT_FALSE(parse_statsd_line(wrong)) << wrong;
}

TEST(StatsdReceiver, JoinsTenSecondsOfEachSeries) {
  ManualClock clock{instant_from_ms(1'795'348'800'000)};
  const Instant noon = clock.now();
  SimulatedExecutor executor{clock};
  const auto database = storage::open_memory_database();
  MemoryIngestLog log;
  ChunkMetricStore store{executor, *database, log};
  ASSERT_TRUE(store.open());
  const Scope scope{"000000000000", "eu-west-1"};
  StatsdReceiver receiver(executor, store, scope);
  receiver.start();
  receiver.receive("hits:1|c\nhits:2|c|@0.5\r\nbroken\nheap:10|g\nheap:-3|g\n");
  receiver.receive("took:5|ms|#path:/\ntook:7|ms|#path:/\ntook:9|ms|@0.5|#path:/");
  receiver.receive("users:a|s\nusers:b|s\nusers:a|s");
  executor.run_for(11s);
  EXPECT_EQ(receiver.lost(), 1u);
  const auto read = [&](const char* name, Dimensions dimensions, const char* statistic) {
    const auto periods = store.read({.scope = scope,
                                     .metric = {"CWAgent", name, std::move(dimensions)},
                                     .unit = {},
                                     .start = noon,
                                     .end = noon + 1min,
                                     .period_s = 60});
    return periods.size() == 1 ? compute(*parse_statistic(statistic), periods[0].aggregate).value_or(-1) : -2;
  };
  EXPECT_EQ(read("hits", {{"metric_type", "counter"}}, "Sum"), 5);
  EXPECT_EQ(read("heap", {{"metric_type", "gauge"}}, "Average"), 7);
  EXPECT_EQ(read("users", {{"metric_type", "set"}}, "Sum"), 2);
  EXPECT_EQ(read("took", {{"metric_type", "timing"}, {"path", "/"}}, "SampleCount"), 4);
  EXPECT_EQ(read("took", {{"metric_type", "timing"}, {"path", "/"}}, "p50"), 7);
}

TEST(StatsdFuzz, AnyDatagramIsTaken) {
  fuzz::mutate({"page.views:2.5|c|@0.1|#host:a,canary\nheap:-5|g", "users:peter|s", "took:5|ms"}, {"|", ":", "@", "#", ",", "\n", "1e309"},
               5000, [](std::string_view datagram) {
                 StatsdBuckets buckets;
                 if (const auto sample = parse_statsd_line(datagram)) buckets.add(*sample);
                 EXPECT_LE(buckets.take(Instant{}).size(), 1u);
               });
}

}  // namespace
}  // namespace tocsin::telemetry
