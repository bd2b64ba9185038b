// What is asked in SQL and PPL, and what is answered.
#include "diagnose/query_languages/query_languages.h"

#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "diagnose/log_query/log_queries.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::diagnose {
namespace {

const Scope shop{"111122223333", "eu-west-1"};
constexpr std::int64_t start_ms = 1'760'000'040'000;
using Rows = std::vector<std::string>;

struct World {
  ManualClock clock{instant_from_ms(start_ms)};
  SimulatedExecutor executor{clock};
  SeededRandom random{4};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  telemetry::MemoryIngestLog log;
  telemetry::BlockLogStore store{executor, *database, log};
  LogQueries queries{executor, store, random};

  World() {
    EXPECT_TRUE(store.open());
    add("/shop", {R"({"host":"a","status":200,"ms":10,"user":"ann"})", R"({"host":"b","status":500,"ms":30,"user":"bob"})",
                  R"({"host":"a","status":500,"ms":20})", R"({"host":"c","status":404,"ms":5,"user":"ann"})"});
    add("/users", {R"({"name":"ann","team":"red"})", R"({"name":"bob","team":"blue"})"});
  }
  void add(const char* group, std::vector<std::string> messages) {
    std::vector<telemetry::LogEvent> events;
    for (std::string& message : messages)
      events.push_back({start_ms + static_cast<std::int64_t>(events.size()) * 60'000, std::move(message)});
    ASSERT_TRUE(store.append(*telemetry::ensure_stream(store, shop, group, "s"), events));
  }
  Rows ask(QueryLanguage language, const std::string& text) {
    LogQueries::Start start{
        .scope = shop, .text = text, .group_names = {}, .range = {{}, start_ms - 1000, start_ms + 10'000'000, {}}, .user = {}};
    start.language = std::string(to_text(language));
    start.parse = [language](std::string_view query) { return parse_query_in(language, query); };
    const auto plan = parse_query_in(language, text);
    if (plan && !plan->source) {
      start.group_names = {"/shop"};
      start.range.groups = {store.find_group(shop, "/shop")->id};
    }
    const auto id = queries.start(std::move(start));
    if (!id) return {"! " + (id.error().index() == 0 ? std::get<0>(id.error()).message : std::get<1>(id.error()).message)};
    executor.run_ready();
    const LogQuery* query = queries.find(shop, *id);
    EXPECT_EQ(query->status, QueryStatus::complete) << query->failure;
    Rows rows;
    for (const ResultRow& row : query->results) {
      std::string line;
      for (const auto& [name, value] : row)
        if (name != "@ptr") line += (line.empty() ? "" : " ") + name + "=" + value;
      rows.push_back(line);
    }
    return rows;
  }
  Rows sql(const std::string& text) { return ask(QueryLanguage::sql, text); }
  Rows ppl(const std::string& text) { return ask(QueryLanguage::ppl, text); }
};

TEST(Sql, SelectsFiltersAndOrders) {
  World world;
  EXPECT_EQ(world.sql("SELECT host, ms FROM `/shop` WHERE status = 500 ORDER BY ms DESC"), (Rows{"host=b ms=30", "host=a ms=20"}));
  EXPECT_EQ(world.sql("SELECT ms * 2 AS twice FROM `/shop` WHERE status <> 500 AND ms BETWEEN 5 AND 10 ORDER BY twice LIMIT 1;"),
            (Rows{"twice=10"}));
  EXPECT_EQ(world.sql("SELECT t.host FROM `/shop` AS t WHERE t.user IS NULL"), (Rows{"host=a"}));
  EXPECT_EQ(world.sql("SELECT host FROM `/shop` WHERE user LIKE 'a%' AND host NOT IN ('c')"), (Rows{"host=a"}));
  EXPECT_EQ(world.sql("SELECT upper(substring(user, 1, 2)) AS u FROM `/shop` WHERE user = 'bob'"), (Rows{"u=BO"}));
  EXPECT_EQ(world.sql("SELECT CASE WHEN status >= 500 THEN 'bad' ELSE 'good' END AS kind FROM `/shop` WHERE ms = 30"), (Rows{"kind=bad"}));
  EXPECT_EQ(world.sql("SELECT DISTINCT host FROM `/shop` ORDER BY host"), (Rows{"host=a", "host=b", "host=c"}));
  EXPECT_EQ(world.sql("SELECT `@message` FROM `logGroups(logGroupIdentifier: ['/users'])` WHERE team = 'red'"),
            (Rows{R"(@message={"name":"ann","team":"red"})"}));
}

TEST(Sql, GroupsAndFiltersGroups) {
  World world;
  EXPECT_EQ(world.sql("SELECT host, COUNT(*) AS n, AVG(ms) FROM `/shop` GROUP BY host ORDER BY n DESC, host"),
            (Rows{"host=a n=2 AVG(ms)=15", "host=b n=1 AVG(ms)=30", "host=c n=1 AVG(ms)=5"}));
  EXPECT_EQ(world.sql("SELECT host FROM `/shop` GROUP BY host HAVING COUNT(*) > 1"), (Rows{"host=a"}));
  EXPECT_EQ(world.sql("SELECT COUNT(*) FROM `/shop`"), (Rows{"COUNT(*)=4"}));
  EXPECT_EQ(world.sql("SELECT COUNT(DISTINCT host) AS hosts, SUM(ms) / COUNT(*) AS mean FROM `/shop`"), (Rows{"hosts=3 mean=16.25"}));
  EXPECT_EQ(world.sql("SELECT date_trunc('hour', `@timestamp`) AS t, max(ms) AS m FROM `/shop` GROUP BY t"),
            (Rows{"t=2025-10-09 08:00:00.000 m=30"}));
}

TEST(Sql, JoinsAndAsksWithin) {
  World world;
  EXPECT_EQ(world.sql("SELECT s.host, u.team FROM `/shop` AS s INNER JOIN `/users` AS u ON s.user = u.name WHERE u.team = 'blue'"),
            (Rows{"s.host=b u.team=blue"}));
  EXPECT_EQ(world.sql("SELECT host FROM `/shop` WHERE user IN (SELECT name FROM `/users` WHERE team = 'red') ORDER BY host"),
            (Rows{"host=a", "host=c"}));
}

TEST(Sql, SaysWhatIsWrongAndWhere) {
  const auto error = [](const char* text) {
    const auto plan = parse_query_in(QueryLanguage::sql, text);
    EXPECT_FALSE(plan) << text;
    return plan ? QueryError{} : plan.error();
  };
  EXPECT_EQ(error("SELECT a FRM `g`").begin, 16u);
  EXPECT_NE(error("SELECT a FROM `g` WHERE").message.find("expression"), std::string::npos);
  EXPECT_NE(error("SELECT soundex(a) FROM `g`").message.find("soundex"), std::string::npos);
  EXPECT_EQ(error("SELECT soundex(a) FROM `g`").begin, 7u);
  EXPECT_NE(error("SELECT a, COUNT(*) FROM `g`").message.find("GROUP BY"), std::string::npos);
  EXPECT_NE(error("SELECT a FROM `g` UNION SELECT b FROM `h`").message.find("union"), std::string::npos);
  EXPECT_NE(error("DELETE FROM `g`").message.find("select"), std::string::npos);
  EXPECT_NE(error("SELECT a FROM `g` WHERE a = NULL").message.find("IS NULL"), std::string::npos);
}

TEST(Ppl, FiltersShowsAndCounts) {
  World world;
  EXPECT_EQ(world.ppl("fields host, ms | where status = 500 | sort - ms"), (Rows{"host=b ms=30", "host=a ms=20"}));
  EXPECT_EQ(world.ppl("source = `/shop` | where like(user, 'a%') | fields host | sort host | head 1"), (Rows{"host=a"}));
  EXPECT_EQ(world.ppl("stats count() as n, avg(ms) by host | sort -n, host"),
            (Rows{"n=2 avg(ms)=15 host=a", "n=1 avg(ms)=30 host=b", "n=1 avg(ms)=5 host=c"}));
  EXPECT_EQ(world.ppl("stats count() by span(@timestamp, 1h) as t"), (Rows{"count()=4 t=2025-10-09 08:00:00.000"}));
  EXPECT_EQ(world.ppl("eval twice = ms * 2 | where twice > 30 | fields twice | sort twice"), (Rows{"twice=40", "twice=60"}));
  EXPECT_EQ(world.ppl("top 1 host"), (Rows{"host=a count=2"}));
  EXPECT_EQ(world.ppl("dedup user | fields user"), (Rows{"user=ann", "user=bob"}));
  EXPECT_EQ(world.ppl("rename host as machine | fields machine, ms | sort ms | head 1"), (Rows{"machine=c ms=5"}));
  EXPECT_EQ(world.ppl("fillnull with 'nobody' in user | where user = 'nobody' | fields host"), (Rows{"host=a"}));
  EXPECT_EQ(world.ppl("parse @message '\"ms\":(?<took>\\d+)' | where took > 20 | fields took"), (Rows{"took=30"}));
  EXPECT_EQ(world.ppl("where isnull(user) | fields host"), (Rows{"host=a"}));
  EXPECT_EQ(world.ppl("where user in [ source = `/users` | where team = 'blue' | fields name ] | fields host"), (Rows{"host=b"}));
}

TEST(Ppl, RefusesByName) {
  for (const char* command : {"kmeans", "ad", "ml", "flatten", "geoip"}) {
    const auto plan = parse_query_in(QueryLanguage::ppl, std::string("fields a | ") + command + " x");
    ASSERT_FALSE(plan);
    EXPECT_NE(plan.error().message.find(command), std::string::npos);
    EXPECT_EQ(plan.error().begin, 11u);
  }
}

TEST(QueryLanguages, AnyBytesAreAQueryOrAnError) {
  const std::vector<std::string> seeds = {
      "SELECT host, COUNT(*) AS n FROM `/shop` s WHERE a LIKE '%x%' AND b IN (1, 2) GROUP BY host HAVING COUNT(*) > 1 ORDER BY n DESC "
      "LIMIT 5",
      "source = `/shop` | where like(a, 'x%') and b in (1, 2) | stats count() as n by span(@timestamp, 5m), host | sort - n | head 5",
      "SELECT CASE WHEN a THEN b ELSE CAST(c AS INT) END FROM logGroups(logGroupIdentifier: ['a'])"};
  std::uint32_t state = 7;
  const auto next = [&] { return (state = state * 1664525 + 1013904223) >> 8; };
  for (int i = 0; i < 6000; ++i) {
    std::string text = seeds[next() % seeds.size()];
    for (std::uint32_t change = next() % 6; change > 0; --change) {
      const std::size_t at = next() % text.size();
      switch (next() % 3) {
        case 0:
          text[at] = static_cast<char>(next());
          break;
        case 1:
          text.erase(at, next() % 8 + 1);
          break;
        default:
          text.insert(at, text.substr(next() % text.size(), next() % 12));
      }
      if (text.empty()) text = " ";
    }
    (void)parse_query_in(QueryLanguage::sql, text);
    (void)parse_query_in(QueryLanguage::ppl, text);
  }
  EXPECT_FALSE(parse_query_in(QueryLanguage::sql, "SELECT " + std::string(9000, '(') + "a FROM `g`"));
  EXPECT_FALSE(parse_query_in(QueryLanguage::ppl, "where " + std::string(9000, '-') + "a"));
}

}  // namespace
}  // namespace tocsin::diagnose
