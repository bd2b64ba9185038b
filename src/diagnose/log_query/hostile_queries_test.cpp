// Queries that want too much: they end within their limits with a word that says why, while others are answered.
#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "diagnose/log_query/log_queries.h"
#include "diagnose/query_languages/query_languages.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::diagnose {
namespace {

const Scope shop{"111122223333", "eu-west-1"};
constexpr std::int64_t start_ms = 1'760'000'000'000;

/// A line of a megabyte: numbers in their order.
std::string numbers() {
  std::string line;
  for (int i = 0; line.size() < 1'000'000; ++i) line += std::to_string(i) + ' ';
  line.resize(1'000'000);
  return line;
}

struct World {
  ManualClock clock{instant_from_ms(start_ms)};
  SimulatedExecutor executor{clock};
  SeededRandom random{4};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  telemetry::MemoryIngestLog log;
  telemetry::BlockLogStore store{executor, *database, log};
  LogQueries queries{executor, store, random};

  World() { EXPECT_TRUE(store.open()); }
  void logged(const std::string& message, int times = 1) {
    for (int i = 0; i < times; ++i) {
      ASSERT_TRUE(store.append(*telemetry::ensure_stream(store, shop, "/shop", "s"), {{start_ms - 1000 + i, message}}));
      if (i % 8 == 7) {
        ASSERT_TRUE(store.flush());
      }
    }
  }
  std::string start(const std::string& text) {
    const auto id = queries.start({.scope = shop,
                                   .text = text,
                                   .group_names = {"/shop"},
                                   .range = {{store.find_group(shop, "/shop")->id}, 0, start_ms + 1'000'000, {}},
                                   .user = {}});
    EXPECT_TRUE(id) << text;
    return id ? *id : "";
  }
  const LogQuery& query(const std::string& id) { return *queries.find(shop, id); }
  /// Why it failed; "" when it did not.
  std::string failure(const std::string& text) {
    const std::string hostile = start(text), other = start("stats count(*) as n");
    executor.run_ready();
    EXPECT_EQ(query(other).status, QueryStatus::complete);
    EXPECT_EQ(query(other).results.size(), 1u);
    EXPECT_NE(query(hostile).status, QueryStatus::running);
    EXPECT_EQ(query(hostile).status == QueryStatus::failed, !query(hostile).failure.empty());
    return query(hostile).failure;
  }
};

TEST(HostileQueries, NestingIsRefusedInEveryLanguage) {
  for (const std::string& deep : {std::string(400, '('), std::string(400, '-'), std::string(400, '!')})
    EXPECT_FALSE(parse_query("filter " + deep + "a"));
  std::string nested = "a";
  for (int i = 0; i < 300; ++i) nested = "abs(" + nested + ")";
  EXPECT_FALSE(parse_query("fields " + nested));
  EXPECT_FALSE(parse_query_in(QueryLanguage::sql, "SELECT " + nested + " FROM `/shop`"));
  EXPECT_FALSE(parse_query_in(QueryLanguage::ppl, "eval b = " + nested));
  std::string indexed = "fields jsonParse(a)";
  for (int i = 0; i < 300; ++i) indexed += "[0]";
  EXPECT_FALSE(parse_query(indexed));
}

TEST(HostileQueries, AnExpressionThatExplodesIsLinearOrRefused) {
  World world;
  world.logged(std::string(1'000'000, 'a') + "!");
  for (const char* text : {"filter @message like /(a+)+$/", "filter @message like /(a|aa)+$/", "filter @message like /(a*)*b/",
                           "parse @message /(?<x>(a|a?)+)$/", "filter @message like /^(([a-z])+.)+[A-Z]([a-z])+$/"})
    EXPECT_EQ(world.failure(text), "") << text;
  EXPECT_FALSE(parse_query("filter @message like /((a{1000}){1000}){1000}/"));
  EXPECT_FALSE(parse_query("filter @message like /(x{1000}y{1000}){1000}/"));
}

TEST(HostileQueries, TooManyGroupsEndTheQuery) {
  World world;
  world.logged(numbers());
  const std::string parts = "parse @message /(?<number>[0-9]+)/ multi ";
  EXPECT_NE(world.failure(parts + "| stats count(*) by number").find("100,000 groups"), std::string::npos);
  EXPECT_NE(world.failure(parts + "| countFrequent number").find("100,000 groups"), std::string::npos);
  EXPECT_EQ(world.failure(parts + "| stats values(number) as v | fields jsonArraySize(v) as n"), "");
  EXPECT_EQ(world.failure(parts + "| stats count(*) as n, sum(number) as s, count_distinct(number) as d"), "");
}

TEST(HostileQueries, OneRowThatBecomesAMillionIsNotCopiedAMillionTimes) {
  World world;
  world.logged(numbers());
  EXPECT_EQ(world.failure("parse @message /(?<one>.)/ multi | stats count(*) as n, max(strlen(one)) as m"), "");
  EXPECT_NE(world.failure("fields concat(@message, \"\") as copy | parse copy /(?<one>.)/ multi | stats count(*)").find("too many rows"),
            std::string::npos);
  EXPECT_NE(world.failure("fields concat(@message, \"\") as copy | unnest split(copy, \" \") into one"), "");
}

TEST(HostileQueries, MemoryIsBounded) {
  World world;
  world.logged(std::string(1'000'000, 'x'), 80);
  EXPECT_NE(world.failure("fields strlen(@message) as n | sort n").find("memory"), std::string::npos);
  EXPECT_NE(world.failure("fields @message").find("memory"), std::string::npos);
  EXPECT_EQ(world.failure("fields @message | limit 3"), "");
  EXPECT_EQ(world.failure("stats sum(strlen(@message)) as n"), "");
  EXPECT_NE(world.failure("fields concat(@message, @timestamp) as a | dedup a").find("memory"), std::string::npos);
}

TEST(HostileQueries, AJoinOfTooManyKeysEnds) {
  World world;
  world.logged(numbers());
  const std::string right = "(SOURCE '/shop' | parse @message /(?<k>[0-9]+)/ multi | fields k)";
  EXPECT_NE(world.failure("join left=a right=b where a.k = b.k " + right).find("50,000"), std::string::npos);
}

TEST(HostileQueries, WhatIsKnownSoFarIsShownAndAStopKeepsIt) {
  World world;
  for (int i = 0; i < 30; ++i) {
    world.logged(std::string(500'000, 'x') + std::to_string(i));
    ASSERT_TRUE(world.store.flush());
  }
  const std::string id = world.start("stats count(*) as n");
  std::vector<ResultRow> early;
  // behind the first slice and before the second
  world.executor.post([&] {
    ASSERT_EQ(world.query(id).status, QueryStatus::running);
    early = world.query(id).run->results();
    EXPECT_TRUE(*world.queries.stop(shop, id));
  });
  world.executor.run_ready();
  ASSERT_EQ(early.size(), 1u);
  const auto counted = std::stoull(early[0][0].second);
  EXPECT_LT(counted, 30u);
  EXPECT_EQ(world.query(id).status, QueryStatus::cancelled);
  EXPECT_EQ(world.query(id).results, early);
  EXPECT_EQ(world.query(id).figures.records_scanned, counted);
}

TEST(HostileQueries, OneThatRunsForAnHourIsEnded) {
  World world;
  for (int i = 0; i < 30; ++i) {
    world.logged(std::string(500'000, 'x'));
    ASSERT_TRUE(world.store.flush());
  }
  const std::string id = world.start("stats count(*) as n");
  world.executor.post([&] { world.clock.advance(std::chrono::hours(1) + std::chrono::seconds(1)); });
  world.executor.run_ready();
  EXPECT_EQ(world.query(id).status, QueryStatus::timeout);
}

}  // namespace
}  // namespace tocsin::diagnose
