#include "telemetry/audit/audit_trail.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::telemetry {
namespace {

const Scope shop{"111122223333", "eu-west-1"};

struct World {
  ManualClock clock{instant_from_ms(1'760'000'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{9};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  AuditTrail trail;

  explicit World(AuditSettings settings = {}) : trail(state, settings) { EXPECT_TRUE(trail.migrate()); }
  void in_unit(std::function<void()> work) {
    state.submit([&]() -> Result<void> {
      work();
      return {};
    });
    executor.run_ready();
  }
  AuditRecord call(const std::string& name, bool read_only, const std::string& user = "ann", const std::string& resource = "") {
    AuditRecord record{.scope = shop,
                       .event_id = make_uuid_v4(random),
                       .event_time = clock.now(),
                       .event_name = name,
                       .event_source = "sns.amazonaws.com",
                       .read_only = read_only,
                       .username = user,
                       .access_key_id = "AKIA1"};
    if (!resource.empty()) record.resources.push_back({"AWS::SNS::Topic", resource});
    record.record = Object{{"eventName", name}};
    trail.append(record);
    clock.advance(std::chrono::seconds(1));
    return record;
  }
  std::vector<std::string> names(const AuditLookup& lookup, const Scope& scope = shop) {
    std::vector<std::string> out;
    for (const AuditRecord& record : trail.lookup(scope, lookup).records) out.push_back(record.event_name);
    return out;
  }
};

using Names = std::vector<std::string>;
constexpr const char* topic = "arn:aws:sns:eu-west-1:111122223333:pages";

TEST(AuditTrail, FindsByEachAttributeNewestFirst) {
  World world;
  world.in_unit([&] {
    world.call("CreateTopic", false, "ann", topic);
    world.call("ListTopics", true, "bob");
    const AuditRecord last = world.call("DeleteTopic", false, "bob", topic);
    EXPECT_EQ(world.names({}), (Names{"DeleteTopic", "ListTopics", "CreateTopic"}));
    EXPECT_EQ(world.names({.attribute = AuditAttribute::event_id, .value = last.event_id}), Names{"DeleteTopic"});
    EXPECT_EQ(world.names({.attribute = AuditAttribute::event_name, .value = "ListTopics"}), Names{"ListTopics"});
    EXPECT_EQ(world.names({.attribute = AuditAttribute::read_only, .value = "false"}), (Names{"DeleteTopic", "CreateTopic"}));
    EXPECT_EQ(world.names({.attribute = AuditAttribute::username, .value = "bob"}), (Names{"DeleteTopic", "ListTopics"}));
    EXPECT_EQ(world.names({.attribute = AuditAttribute::resource_name, .value = "pages"}), (Names{"DeleteTopic", "CreateTopic"}));
    EXPECT_EQ(world.names({.attribute = AuditAttribute::resource_name, .value = topic}), (Names{"DeleteTopic", "CreateTopic"}));
    EXPECT_EQ(world.names({.attribute = AuditAttribute::resource_type, .value = "AWS::SNS::Topic"}).size(), 2u);
    EXPECT_EQ(world.names({.attribute = AuditAttribute::event_source, .value = "ssm.amazonaws.com"}), Names{});
    EXPECT_EQ(world.names({.attribute = AuditAttribute::access_key_id, .value = "AKIA1"}).size(), 3u);
    EXPECT_EQ(world.names({}, {"444455556666", "eu-west-1"}), Names{});
    EXPECT_EQ(world.names({}, {"111122223333", "us-east-1"}), Names{});
  });
}

TEST(AuditTrail, PagesWithoutGapsAlsoWithinOneMoment) {
  World world;
  world.in_unit([&] {
    for (int i = 0; i < 7; ++i) {
      world.call("Call" + std::to_string(i), true);
      world.clock.advance(-std::chrono::seconds(1));
    }
    Names all;
    AuditLookup lookup{.count_max = 3};
    do {
      const AuditPage page = world.trail.lookup(shop, lookup);
      for (const AuditRecord& record : page.records) all.push_back(record.event_name);
      lookup.after = page.next;
    } while (!lookup.after.empty());
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, (Names{"Call0", "Call1", "Call2", "Call3", "Call4", "Call5", "Call6"}));
  });
}

TEST(AuditTrail, TellsWhatWasChangedBeforeAnIncident) {
  World world;
  world.in_unit([&] {
    world.call("PutParameter", false, "ann", "arn:aws:ssm:eu-west-1:111122223333:parameter/db");
    world.clock.advance(std::chrono::hours(2));
    world.call("GetParameter", true);
    world.call("SetTopicAttributes", false, "bob", topic);
    const auto changes = world.trail.changes(shop, world.clock.now() - std::chrono::hours(1), world.clock.now(), 10);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].event_name, "SetTopicAttributes");
    EXPECT_EQ(changes[0].resources[0].arn, topic);
  });
}

TEST(AuditTrail, ForgetsWhatIsTooOldOrTooMuch) {
  World world({.retention = std::chrono::hours(24), .rows_max = 3});
  world.in_unit([&] {
    world.call("Old", false, "ann", topic);
    world.clock.advance(std::chrono::hours(25));
    for (int i = 0; i < 5; ++i) world.call("New" + std::to_string(i), false, "ann", topic);
    world.trail.trim();
    EXPECT_EQ(world.names({}), (Names{"New4", "New3", "New2"}));
    EXPECT_EQ(world.names({.attribute = AuditAttribute::resource_name, .value = "pages"}).size(), 3u);
  });
}

}  // namespace
}  // namespace tocsin::telemetry
