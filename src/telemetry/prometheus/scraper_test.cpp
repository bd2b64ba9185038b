#include "telemetry/prometheus/scraper.h"

#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Instant noon = instant_from_ms(1'795'348'800'000);

TEST(ScrapeTarget, IsAUrlWithOptions) {
  const auto target = parse_scrape_target("http://10.0.0.5:9100;job=node;every=5s");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->url, "http://10.0.0.5:9100/metrics");
  EXPECT_EQ(target->job, "node");
  EXPECT_EQ(target->every, 5s);
  EXPECT_EQ(parse_scrape_target("https://shop.example/stats")->job, "shop.example");
  for (const char* wrong : {"", "10.0.0.5:9100", "http://", "http://a;every=5", "http://a;b"})
    EXPECT_FALSE(parse_scrape_target(wrong)) << wrong;
}

TEST(Scraper, KeepsWhatATargetExposesAndWhetherItIsUp) {
  ManualClock clock{noon};
  SimulatedExecutor executor{clock};
  const auto database = storage::open_memory_database();
  MemoryIngestLog log;
  ChunkMetricStore store{executor, *database, log};
  ASSERT_TRUE(store.open());
  const Scope scope{"000000000000", "eu-west-1"};
  bool broken = false;
  Scraper scraper(executor, store, scope, {*parse_scrape_target("http://10.0.0.5:9100;job=node;every=10s")},
                  [&](const std::string& url, Duration timeout, std::function<void(Result<Fetched>)> done) {
                    EXPECT_EQ(url, "http://10.0.0.5:9100/metrics");
                    EXPECT_EQ(timeout, 10s);
                    if (broken) return done(fail(ErrorKind::unavailable, "refused"));
                    done(Fetched{"load{job=\"own\"} 5\nnothing NaN\n", "text/plain; version=0.0.4"});
                  });
  scraper.start();
  executor.run_for(15s);
  broken = true;
  executor.run_for(10s);
  const auto read = [&](const char* name, Dimensions dimensions) {
    std::vector<double> values;
    for (const PeriodAggregate& each : store.read({.scope = scope,
                                       .metric = {"Prometheus", name, std::move(dimensions)},
                                       .unit = {},
                                       .start = noon,
                                       .end = noon + 1min,
                                       .period_s = 10}))
      values.push_back(each.aggregate.sum);
    return values;
  };
  EXPECT_EQ(read("load", {{"exported_job", "own"}, {"instance", "10.0.0.5:9100"}, {"job", "node"}}), (std::vector<double>{5, 5}));
  EXPECT_EQ(read("up", {{"instance", "10.0.0.5:9100"}, {"job", "node"}}), (std::vector<double>{1, 1, 0}));
  EXPECT_EQ(read("scrape_samples_scraped", {{"instance", "10.0.0.5:9100"}, {"job", "node"}}), (std::vector<double>{1, 1, 0}));
}

}  // namespace
}  // namespace tocsin::telemetry
