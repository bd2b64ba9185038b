#include "api/log_push/pushed_logs.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/log_push/loki_receiver.h"
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
  SeededRandom random{2};
  std::unique_ptr<storage::Database> database = storage::open_memory_database(), state_database = storage::open_memory_database();
  telemetry::MemoryIngestLog log;
  telemetry::BlockLogStore store{executor, *database, log};
  storage::StateExecutor state{executor, *state_database};
  access::IngestKeyStore keys{state, random};
  LokiReceiver loki{state, keys, store, {}};
  World() {
    EXPECT_TRUE(store.open());
    EXPECT_TRUE(keys.migrate());
  }
  std::vector<std::string> messages(const std::string& group) {
    const auto* found = store.find_group(shop, group);
    std::vector<std::string> texts;
    if (found)
      for (const telemetry::LogRow& row : telemetry::read_all(store, {.groups = {found->id}}))
        texts.push_back(store.stream(row.stream)->name + ": " + row.message);
    return texts;
  }
  int push(const std::string& body, const std::string& authorization) {
    wire::HttpRequest request{.method = "POST", .path = "/loki/api/v1/push", .body = body};
    request.headers.add("Content-Type", "application/json");
    request.headers.add("Authorization", authorization);
    int status = 0;
    loki.handle(std::move(request), [&](wire::HttpResponse response) { status = response.status; });
    executor.run_ready();
    return status;
  }
};

TEST(LokiReceiver, KeepsLinesUnderTheirLabels) {
  World world;
  std::string secret;
  world.state.submit([&]() -> Result<void> {
    secret = world.keys.create(shop, "loki", {access::Signal::logs}).secret;
    return {};
  });
  world.executor.run_ready();
  const std::string body =
      R"({"streams":[{"stream":{"app":"shop","env":"prod"},"values":[["1759999999000000000","two"],["1759999998000000000","one"]]}]})";
  EXPECT_EQ(world.push(body, "Bearer " + secret), 204);
  EXPECT_EQ(world.messages("/loki/shop"), (std::vector<std::string>{"app=shop,env=prod: one", "app=shop,env=prod: two"}));
  EXPECT_EQ(world.push(body, "Bearer wrong"), 401);
  EXPECT_EQ(world.push("nonsense", "Bearer " + secret), 400);
  EXPECT_EQ(world.push(R"({"streams":[{"stream":{},"values":[["1","old"]]}]})", "Bearer " + secret), 400);
}

TEST(Syslog, KeepsMessagesByHost) {
  World world;
  ASSERT_TRUE(keep_syslog(world.store, shop,
                          {"<34>1 2025-10-09T08:53:19Z web1 su - ID47 - failed", "<13>no time", "<13>Oct  9 08:53:18 web1 app[7]: \xff"},
                          "10.0.0.9", instant_from_ms(now_ms)));
  EXPECT_EQ(
      world.messages("/syslog"),
      (std::vector<std::string>{R"(web1: {"severity":"notice","facility":"user","host":"web1","app":"app","pid":"7","message":"�"})",
                                R"(web1: {"severity":"crit","facility":"auth","host":"web1","app":"su","msgid":"ID47","message":"failed"})",
                                R"(10.0.0.9: {"severity":"notice","facility":"user","host":"10.0.0.9","message":"no time"})"}));
}

}  // namespace
}  // namespace tocsin::api
