// Stories of log queries: what is asked of lines that were logged, and what is answered.
#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "diagnose/log_query/log_queries.h"
#include "diagnose/log_query/query_parser.h"
#include "fuzz/input_count.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::diagnose {
namespace {

const Scope shop{"111122223333", "eu-west-1"};
constexpr std::int64_t start_ms = 1'760'000'040'000;  // 2025-10-09 08:54:00

struct World {
  ManualClock clock{instant_from_ms(start_ms)};
  SimulatedExecutor executor{clock};
  SeededRandom random{4};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  telemetry::MemoryIngestLog log;
  telemetry::BlockLogStore store{executor, *database, log};
  LogQueries queries{executor, store, random};

  World() { EXPECT_TRUE(store.open()); }
  void logged(std::vector<std::string> messages, std::int64_t step_ms = 1000) {
    std::vector<telemetry::LogEvent> events;
    for (std::string& message : messages)
      events.push_back({start_ms + static_cast<std::int64_t>(events.size()) * step_ms, std::move(message)});
    ASSERT_TRUE(store.append(*telemetry::ensure_stream(store, shop, "/shop", "i-1"), events));
  }
  auto start(const std::string& text, std::size_t rows_max = 10'000) {
    return queries.start({.scope = shop,
                          .text = text,
                          .group_names = {"/shop"},
                          .range = {{store.find_group(shop, "/shop")->id}, start_ms - 1'000'000, start_ms + 100'000'000, rows_max},
                          .user = {}});
  }
  /// Rows as "name=value name=value", without @ptr.
  std::vector<std::string> ask(const std::string& text, std::size_t rows_max = 10'000) {
    const auto id = start(text, rows_max);
    if (!id) {
      ADD_FAILURE() << text << ": " << (id.error().index() == 0 ? std::get<0>(id.error()).message : std::get<1>(id.error()).message);
      return {};
    }
    executor.run_ready();
    const LogQuery* query = queries.find(shop, *id);
    EXPECT_EQ(query->status, QueryStatus::complete);
    std::vector<std::string> rows;
    for (const ResultRow& row : query->results) {
      std::string line;
      for (const auto& [name, value] : row)
        if (name != "@ptr") line += (line.empty() ? "" : " ") + name + "=" + value;
      rows.push_back(line);
    }
    return rows;
  }
};
using Rows = std::vector<std::string>;

const std::vector<std::string> requests = {
    R"({"level":"INFO","path":"/pay","ms":10,"user":{"id":"u1","tags":["a","b"]},"http.status":200})",
    R"({"level":"ERROR","path":"/pay","ms":30,"user":{"id":"u2"},"http.status":500,"body":"card refused"})",
    R"({"level":"INFO","path":"/cart","ms":20,"user":{"id":"u1"},"http.status":200})",
    "plain text without fields",
    R"(ERROR {"path":"/pay","ms":"40"} trailing)",
};

TEST(LogQuery, WithoutCommandsShowsTimeAndMessageNewestFirst) {
  World world;
  world.logged({"one", "two"});
  EXPECT_EQ(world.ask("filter 1 = 1"),
            (Rows{"@timestamp=2025-10-09 08:54:01.000 @message=two", "@timestamp=2025-10-09 08:54:00.000 @message=one"}));
  EXPECT_EQ(world.ask("fields @message, @logStream, @log | sort @timestamp asc | limit 1"),
            (Rows{"@message=one @logStream=i-1 @log=111122223333:/shop"}));
  EXPECT_EQ(world.ask("fields @message", 1).size(), 1u);
}

TEST(LogQuery, FiltersByDiscoveredFields) {
  World world;
  world.logged(requests);
  EXPECT_EQ(world.ask("fields ms | filter level = 'ERROR'"), (Rows{"ms=30"}));
  EXPECT_EQ(world.ask("fields ms | filter ms >= 20 and path = \"/pay\""), (Rows{"ms=40", "ms=30"}));
  EXPECT_EQ(world.ask("fields user.id as u | filter ispresent(user.id) and not (user.id = 'u1')"), (Rows{"u=u2"}));
  EXPECT_EQ(world.ask("fields user.tags.1 | filter ispresent(user.tags.1)"), (Rows{"user.tags.1=b"}));
  EXPECT_EQ(world.ask("fields `http.status` | filter http.status = 500"), (Rows{"http.status=500"}));
  EXPECT_EQ(world.ask("fields ms | filter @message like 'refused'"), (Rows{"ms=30"}));
  EXPECT_EQ(world.ask("fields ms | filter @message like /(?i)REFUSED/"), (Rows{"ms=30"}));
  EXPECT_EQ(world.ask("fields ms | filter body =~ /^card/ # a comment"), (Rows{"ms=30"}));
  EXPECT_EQ(world.ask("fields @message | filter @message not like /path/"), (Rows{"@message=plain text without fields"}));
  EXPECT_EQ(world.ask("fields ms | filter path in ['/cart', '/x'] or ms in [30]"), (Rows{"ms=20", "ms=30"}));
  EXPECT_EQ(world.ask("filter missing != 'x'"), Rows{});
}

TEST(LogQuery, ParsesByGlobAndByRegex) {
  World world;
  world.logged({"user=ann, latency:=12 ms", "user=bob, latency:=30 ms", "nothing"});
  EXPECT_EQ(world.ask("parse @message 'user=*, latency:=* ms' as who, ms | filter ms > 20 | display who, ms"), (Rows{"who=bob ms=30"}));
  EXPECT_EQ(world.ask("parse @message /user=(?<who>\\w+), latency:=(?<ms>\\d+)/ | stats avg(ms) as mean, count(*) by who | sort who"),
            (Rows{"count(*)=1", "who=ann mean=12 count(*)=1", "who=bob mean=30 count(*)=1"}));
  EXPECT_EQ(world.ask("parse 'user=*,' as who | stats count(who), count(*)"), (Rows{"count(who)=2 count(*)=3"}));
}

TEST(LogQuery, StatsByFieldsAndBins) {
  World world;
  world.logged(requests, 30'000);
  EXPECT_EQ(world.ask("stats count(*) by path | sort count(*) desc, path"),
            (Rows{"path=/pay count(*)=3", "count(*)=1", "path=/cart count(*)=1"}));
  EXPECT_EQ(world.ask("stats sum(ms) as total, max(ms), min(ms), pct(ms, 50) as p50, count_distinct(user.id) as users"),
            (Rows{"total=100 max(ms)=40 min(ms)=10 p50=20 users=2"}));
  EXPECT_EQ(world.ask("stats count(*) as n by bin(1m)"),
            (Rows{"bin(1m)=2025-10-09 08:54:00.000 n=2", "bin(1m)=2025-10-09 08:55:00.000 n=2", "bin(1m)=2025-10-09 08:56:00.000 n=1"}));
  EXPECT_EQ(world.ask("stats count(*) as n by bin(1m) as t | stats max(n) as most, count(*) as minutes"), (Rows{"most=2 minutes=3"}));
  EXPECT_EQ(world.ask("stats count(*) as n by bin(300s)").size(), 3u);  // the cap: 60 s
  EXPECT_EQ(world.ask("filter path = 'none' | stats count(*)"), (Rows{"count(*)=0"}));
  EXPECT_EQ(world.ask("stats sum(ms) by path | filter path = '/pay' | sort @timestamp | limit 1"), (Rows{"path=/pay sum(ms)=80"}));
}

TEST(LogQuery, FunctionsAndArithmetic) {
  World world;
  world.logged({R"({"a":" Xy ","n":-2.5})"});
  EXPECT_EQ(
      world.ask("display strlen(a) as s, tolower(trim(a)) as l, toupper(a) as u, concat('<', trim(a), '>') as c, coalesce(b, n) as k"),
      (Rows{"s=4 l=xy u= XY  c=<Xy> k=-2.5"}));
  EXPECT_EQ(world.ask("display abs(n) as a1, floor(n) as f, ceil(n) as c, 1 + 2 * 3 ^ 2 as v, -n % 2 as r, 1 / 0 as none"),
            (Rows{"a1=2.5 f=-3 c=-2 v=19 r=0.5"}));
  EXPECT_EQ(world.ask("fields n*2 | display `n*2`"), (Rows{"n*2=-5"}));
  EXPECT_EQ(world.ask("display datefloor(@timestamp, 1h) as h, substr('héllo', 1, 3) as s"), (Rows{"h=2025-10-09 08:00:00.000 s=éll"}));
}

TEST(LogQuery, SortIsNatural) {
  World world;
  world.logged({R"({"v":"i-10"})", R"({"v":"i-9"})", R"({"v":7})", R"({"v":"a"})"});
  EXPECT_EQ(world.ask("fields v | sort v"), (Rows{"v=a", "v=i-9", "v=i-10", "v=7"}));
  EXPECT_EQ(world.ask("fields v | sort v desc | limit 2"), (Rows{"v=7", "v=i-10"}));
}

TEST(LogQuery, WrongQueriesAreRefusedWithTheirPlace) {
  World world;
  world.logged({"x"});
  for (const auto& [text, begin] : std::vector<std::pair<std::string, std::size_t>>{{"filter", 6},
                                                                                    {"fields a | nonsense b", 11},
                                                                                    {"filter a like", 13},
                                                                                    {"stats foo(a)", 6},
                                                                                    {"parse 'a*' as b, c", 6},
                                                                                    {"filter a = 'x", 11},
                                                                                    {"limit 0", 6},
                                                                                    {"filter x(1)", 7},
                                                                                    {"filter a ~ b", 9}}) {
    const auto id = world.start(text);
    ASSERT_FALSE(id) << text;
    EXPECT_EQ(std::get<QueryError>(id.error()).begin, begin) << text << ": " << std::get<QueryError>(id.error()).message;
  }
}

TEST(LogQuery, AQueryIsStoppedOnceAndFiguresAreTold) {
  World world;
  world.logged(requests);
  const auto id = world.start("filter level = 'ERROR'");
  EXPECT_EQ(world.queries.find(shop, *id)->status, QueryStatus::running);
  EXPECT_TRUE(*world.queries.stop(shop, *id));
  EXPECT_FALSE(*world.queries.stop(shop, *id));
  EXPECT_EQ(world.queries.find(shop, *id)->status, QueryStatus::cancelled);
  EXPECT_FALSE(world.queries.stop({"999", "eu-west-1"}, *id));
  const auto again = world.start("filter level = 'ERROR'");
  world.executor.run_ready();
  EXPECT_EQ(world.queries.find(shop, *again)->figures.records_scanned, 5u);
  EXPECT_EQ(world.queries.find(shop, *again)->records_matched, 1u);
  EXPECT_EQ(world.queries.list(shop).front()->id, *again);
}

// Strategy: mutate valid queries; parse; run what parsed over a few lines. Invariant: no crash, no hang, an error lies within the text.
TEST(LogQueryFuzz, AnyTextIsRunOrRefused) {
  World world;
  world.logged(requests);
  SeededRandom random{6};
  const std::vector<std::string> seeds = {
      "fields a.b as c, strlen(`x y`) | filter (ms > 1e3 or not level like /E(R+)/) and path in ['/a', 2] | sort c desc | limit 5",
      "parse @message 'a=*, b=*' as a, b | stats count(*) as n, pct(a, 99), avg(-b ^ 2 % 3) by bin(5m), path | sort n desc",
      "filter ispresent(a) | parse @message /x(?<y>\\d+)/ | display concat(y, \"z\"), datefloor(@timestamp, 1mo) # end"};
  for (int i = 0; i < fuzz::input_count(4000); ++i) {
    std::string text = seeds[random.below(seeds.size())];
    for (std::uint64_t n = random.below(6); n > 0 && !text.empty(); --n) {
      const std::size_t at = random.below(text.size());
      if (random.below(2))
        text[at] = random.letters("|()[]/'\"`=<>!~^%*+-., ab01#\\", 1)[0];
      else
        text.erase(at, random.below(5) + 1);
    }
    const auto plan = parse_query(text);
    if (!plan) {
      EXPECT_LE(plan.error().begin, text.size());
      continue;
    }
    if (plan->source) continue;
    QueryRun run(*plan, world.store, {{1}, 0, start_ms * 2, 100}, start_ms);
    while (run.step()) {
    }
    (void)run.results();
  }
  EXPECT_FALSE(parse_query("filter " + std::string(5000, '(')));
  EXPECT_FALSE(parse_query("filter " + std::string(5000, '-') + "1"));
}

}  // namespace
}  // namespace tocsin::diagnose
