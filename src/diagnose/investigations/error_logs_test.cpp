#include "diagnose/investigations/error_logs.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "diagnose/investigations/log_pattern.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::diagnose {
namespace {
using namespace std::chrono_literals;

const Scope shop{"111122223333", "eu-west-1"};
constexpr std::int64_t opened_ms = 1'760'000'000'000;

struct World {
  ManualClock clock{instant_from_ms(opened_ms)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> state_database = storage::open_memory_database(), telemetry_database = storage::open_memory_database();
  storage::StateExecutor state{executor, *state_database};
  telemetry::MemoryIngestLog log;
  telemetry::BlockLogStore store{executor, *telemetry_database, log};
  ErrorLogs source{state, store};

  World() { EXPECT_TRUE(store.open()); }
  void logged(const std::string& group, std::int64_t after_s, const std::string& message) {
    ASSERT_TRUE(store.append(*telemetry::ensure_stream(store, shop, group, "shop-2"), {{opened_ms + after_s * 1000, message}}));
  }
  std::vector<incidents::Evidence> gather() {
    clock.advance(10s);
    std::vector<incidents::Evidence> found;
    source.gather({.scope = shop, .opened = instant_from_ms(opened_ms)},
                  [&](Result<std::vector<incidents::Evidence>> evidence) { found = std::move(*evidence); });
    executor.run_ready();
    return found;
  }
};

TEST(ErrorLogs, LinesThatDifferInIdsAloneAreOnePatternAndTheMostFrequentComesFirst) {
  World world;
  for (int i = 0; i < 5; ++i)
    world.logged("/otlp/payment", i,
                 R"({"severity":"ERROR","severity_number":17,"body":"order )" + std::to_string(i) +
                     R"(: pool timed out after 3.5s","trace_id":"ab"})");
  world.logged("/otlp/payment", 1, R"({"severity":"INFO","severity_number":9,"body":"no error at all"})");
  world.logged("/var/log/nginx", 2, "2026/11/24 [error] 31#31: upstream timed out");
  world.logged("/var/log/nginx", -600, "[error] long before");
  const auto found = world.gather();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].title, "Error logs of /otlp/payment");
  EXPECT_EQ(integer_or(found[0].result, "count", 0), 5);
  EXPECT_EQ(text_or(found[0].result, "pattern"), "order <*>: pool timed out after <*>");
  EXPECT_EQ(text_or(found[0].result, "traceId"), "ab");
  EXPECT_EQ(text_or(*find(found[0].query, "parameters"), "queryString"),
            R"(fields @timestamp, @logStream, @message | filter body like ": pool timed out after" | sort @timestamp desc | limit 100)");
  EXPECT_EQ(found[1].resource, "arn:aws:logs:eu-west-1:111122223333:log-group:/var/log/nginx");
}

TEST(ErrorLogs, SaysThatThereAreNone) {
  World world;
  world.logged("/otlp/payment", 0, R"({"severity":"INFO","body":"fine"})");
  const auto found = world.gather();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].title, "No error logs");
}

TEST(LogPattern, SeverityDecidesWhereThereIsOne) {
  EXPECT_FALSE(read_error_line(R"({"level":"info","msg":"0 errors"})"));
  EXPECT_TRUE(read_error_line(R"({"level":"CRITICAL","msg":"disk"})"));
  EXPECT_TRUE(read_error_line("java.lang.NullPointerException: x\n at y"));
  EXPECT_EQ(read_error_line("java.lang.NullPointerException: x\n at y")->text, "java.lang.NullPointerException: x");
  EXPECT_FALSE(read_error_line("GET /index.html 200"));
}

TEST(LogPattern, IdsAndNumbersAreMasked) {
  EXPECT_EQ(pattern_of("user 3f0c1b2a-1111-2222-3333-444455556666 at 10.0.0.1:80 failed"), "user <*> at <*> failed");
  EXPECT_EQ(longest_literal("<*> a <*>"), "");
  EXPECT_EQ(longest_literal("user <*> at"), "user");
}

}  // namespace
}  // namespace tocsin::diagnose
