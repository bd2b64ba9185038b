// Stories of saved queries, lookup tables and the fields of groups, as a client asks for them.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/logs/query_operations.h"
#include "api/logs/saved_query_operations.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::api {
namespace {

const Scope shop{"111122223333", "eu-west-1"};
constexpr std::int64_t now_ms = 1'760'000'000'000;

struct World {
  ManualClock clock{instant_from_ms(now_ms)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  std::unique_ptr<storage::Database> state_database = storage::open_memory_database();
  storage::StateExecutor state{executor, *state_database};
  telemetry::MemoryIngestLog log;
  telemetry::BlockLogStore store{executor, *database, log};
  SeededRandom random{8};
  diagnose::LogQueries queries{executor, store, random};
  diagnose::QueryDefinitions definitions{state, random};
  diagnose::LookupTables tables{state};
  ListTokens tokens{[](const Call&, std::string_view key) { return "sealed:" + std::string(key); },
                    [](const Call&, std::string_view token) {
                      return token.starts_with("sealed:") ? std::optional<std::string>(token.substr(7)) : std::nullopt;
                    }};
  Service service{"logs",
                  {{"StartQuery", Handle([this](const Call& call) { return logs::start_query(store, queries, call); })},
                   {"GetLogGroupFields", Handle([this](const Call& call) { return logs::get_log_group_fields(store, call); })},
                   {"GetQueryResults", Handle([this](const Call& call) { return logs::get_query_results(queries, tokens, call); })}}};

  World() {
    EXPECT_TRUE(store.open());
    EXPECT_TRUE(definitions.migrate());
    queries.bind_lookup_tables([this](const Scope& scope, const std::string& name) { return tables.find(scope, name); });
    queries.bind_saved_queries([this](const Scope& scope, const std::string& name) { return definitions.find(scope, name); });
    for (Operation& each : logs::saved_query_operations({store, queries, definitions, tables, tokens}))
      service.operations.push_back(std::move(each));
    const std::vector<telemetry::LogEvent> events = {{now_ms - 2000, R"({"level":"ERROR","user":"u1"})"}, {now_ms - 1000, "plain"}};
    EXPECT_TRUE(store.append(*telemetry::ensure_stream(store, shop, "/shop", "a"), events));
  }
  Reply ask(const std::string& operation, Object input) {
    for (const Operation& each : service.operations)
      if (each.name == operation)
        return std::get<Handle>(each.handle)(
            {.service = "logs", .operation = operation, .input = std::move(input), .scope = shop, .now = clock.now()});
    return refuse("NotImplementedException", operation);
  }
  Document done(const std::string& operation, Object input) {
    auto reply = ask(operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply ? *reply : Document{};
  }
  std::string refused(const std::string& operation, Object input) {
    auto reply = ask(operation, std::move(input));
    return reply ? "not refused" : reply.error().code + ": " + reply.error().message;
  }
  std::string run(const std::string& text) {
    const Document started = done(
        "StartQuery", {{"logGroupName", "/shop"}, {"startTime", now_ms / 1000 - 60}, {"endTime", now_ms / 1000}, {"queryString", text}});
    executor.run_ready();
    return text_or(started, "queryId");
  }
  std::string answer(const std::string& text) { return to_json(*find(done("GetQueryResults", {{"queryId", run(text)}}), "results")); }
};

TEST(SavedQueries, AreKeptFoundRunWithParametersAndRemoved) {
  World world;
  const Array parameters = {Object{{"name", "level"}, {"defaultValue", "ERROR"}}, Object{{"name", "n"}, {"defaultValue", "5"}}};
  const Document made = world.done("PutQueryDefinition", {{"name", "team/Errors"},
                                                          {"queryString", "filter level = {{level}} | display level, user | limit {{n}}"},
                                                          {"logGroupNames", Array{"/shop"}},
                                                          {"parameters", parameters}});
  world.done("PutQueryDefinition", {{"name", "All"}, {"queryString", "fields @message"}});
  const Document listed = world.done("DescribeQueryDefinitions", {{"queryDefinitionNamePrefix", "team/"}});
  EXPECT_EQ(array_at(listed, "queryDefinitions").size(), 1u);
  EXPECT_EQ(text_or(array_at(listed, "queryDefinitions")[0], "queryDefinitionId"), text_or(made, "queryDefinitionId"));
  const Document page = world.done("DescribeQueryDefinitions", {{"maxResults", 1}});
  EXPECT_EQ(text_or(array_at(page, "queryDefinitions")[0], "name"), "All");
  EXPECT_EQ(array_at(world.done("DescribeQueryDefinitions", {{"nextToken", text_or(page, "nextToken")}}), "queryDefinitions").size(), 1u);
  EXPECT_NE(world.answer("$`team/Errors`()").find(R"({"field":"user","value":"u1"})"), std::string::npos);
  EXPECT_EQ(world.answer("$`team/Errors`(level = \"INFO\")"), "[]");
  EXPECT_NE(world.refused("StartQuery", {{"logGroupName", "/shop"}, {"startTime", 0}, {"endTime", 9}, {"queryString", "$Nothing()"}})
                .find("does not exist"),
            std::string::npos);
  EXPECT_EQ(world.refused("PutQueryDefinition", {{"name", "x"}, {"queryString", "fields a"}, {"parameters", parameters}}),
            "InvalidParameterException: Required parameters not found in queryString");
  world.done("PutQueryDefinition",
             {{"name", "Renamed"}, {"queryString", "fields a"}, {"queryDefinitionId", text_or(made, "queryDefinitionId")}});
  world.done("DeleteQueryDefinition", {{"queryDefinitionId", text_or(made, "queryDefinitionId")}});
  EXPECT_TRUE(world.refused("DeleteQueryDefinition", {{"queryDefinitionId", "none"}}).starts_with("ResourceNotFoundException"));
}

TEST(LookupTables, EnrichQueriesAndAreMadeOfResults) {
  World world;
  const Document made = world.done("CreateLookupTable", {{"lookupTableName", "users"}, {"tableBody", "user,name\nu1,Ann\n"}});
  const std::string arn = text_or(made, "lookupTableArn");
  EXPECT_EQ(arn, "arn:aws:logs:eu-west-1:111122223333:lookup-table:users");
  EXPECT_NE(world.answer("filter ispresent(user) | lookup users user OUTPUT name | display name").find("Ann"), std::string::npos);
  world.done("UpdateLookupTable", {{"lookupTableArn", arn}, {"tableBody", "user,name\nu1,Bob\n"}});
  EXPECT_NE(world.answer("filter ispresent(user) | lookup users user OUTPUT name | display name").find("Bob"), std::string::npos);
  const Document described = world.done("DescribeLookupTables", {});
  EXPECT_EQ(integer_at(array_at(described, "lookupTables")[0], "recordsCount"), 1);
  EXPECT_EQ(text_or(world.done("GetLookupTable", {{"lookupTableArn", arn}}), "tableBody"), "user,name\nu1,Bob\n");
  EXPECT_TRUE(world.refused("CreateLookupTable", {{"lookupTableName", "users"}, {"tableBody", "a\n1\n"}})
                  .starts_with("ResourceAlreadyExistsException"));
  EXPECT_TRUE(world.refused("CreateLookupTable", {{"lookupTableName", "x"}, {"tableBody", "a,b\n1\n"}}).starts_with("ValidationException"));
  EXPECT_TRUE(world.refused("CreateLookupTable", {{"lookupTableName", "x"}}).starts_with("InvalidParameterException"));
  world.done("CreateLookupTable", {{"lookupTableName", "found"}, {"queryId", world.run("filter ispresent(user) | display user, level")}});
  EXPECT_EQ(
      text_or(world.done("GetLookupTable", {{"lookupTableArn", "arn:aws:logs:eu-west-1:111122223333:lookup-table:found"}}), "tableBody"),
      "user,level\nu1,ERROR\n");
  world.done("DeleteLookupTable", {{"lookupTableArn", arn}});
  EXPECT_TRUE(world.refused("GetLookupTable", {{"lookupTableArn", arn}}).starts_with("ResourceNotFoundException"));
  EXPECT_TRUE(world
                  .refused("StartQuery",
                           {{"logGroupName", "/shop"}, {"startTime", 0}, {"endTime", 9}, {"queryString", "lookup users user OUTPUT name"}})
                  .find("does not exist") != std::string::npos);
}

TEST(LogGroupFields, TellTheShareOfEvents) {
  World world;
  const Document found = world.done("GetLogGroupFields", {{"logGroupName", "/shop"}});
  std::map<std::string, std::int64_t> shares;
  for (const Document& each : array_at(found, "logGroupFields")) shares[text_or(each, "name")] = integer_or(each, "percent", 0);
  EXPECT_EQ(shares.at("@message"), 100);
  EXPECT_EQ(shares.at("user"), 50);
  EXPECT_EQ(integer_at(array_at(found, "logGroupFields")[0], "percent"), 100);
  const std::string query = world.run("fields @message");
  EXPECT_EQ(array_at(world.done("ListLogGroupsForQuery", {{"queryId", query}}), "logGroupIdentifiers").size(), 1u);
}

TEST(LogQueries, TellWhereTheyAreWrongAndCountAllThatMatches) {
  World world;
  const auto wrong =
      world.ask("StartQuery", {{"logGroupName", "/shop"}, {"startTime", 0}, {"endTime", 9}, {"queryString", "fields a | nonsense"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, "MalformedQueryException");
  EXPECT_EQ(integer_at(*find(find(wrong.error().members, "queryCompileError"), "location"), "startCharOffset"), 11);
  const Document answer = world.done("GetQueryResults", {{"queryId", world.run("fields @message | limit 1")}});
  EXPECT_EQ(array_at(answer, "results").size(), 1u);
  EXPECT_EQ(number_at(*find(answer, "statistics"), "recordsMatched"), 2);
  EXPECT_EQ(number_at(*find(answer, "statistics"), "recordsScanned"), 2);
}

}  // namespace
}  // namespace tocsin::api
