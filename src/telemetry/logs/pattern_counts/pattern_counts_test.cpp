// Stories of pattern counts: lines are logged, and what is new, gone or changed is known at once, also after a restart.
#include "telemetry/logs/pattern_counts/pattern_counts.h"

#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::telemetry {
namespace {

using namespace std::chrono_literals;
const Scope shop{"111122223333", "eu-west-1"};
constexpr std::int64_t start_ms = 1'760'000'040'000;

/// The simulated executor under another owner.
class Borrowed final : public Executor {
 public:
  explicit Borrowed(Executor& lent) : lent_(lent) {}
  void post(Task task) override { lent_.post(std::move(task)); }
  TimerId post_at(Instant due, Task task) override { return lent_.post_at(due, std::move(task)); }
  void cancel(TimerId timer) override { lent_.cancel(timer); }
  Instant now() const override { return lent_.now(); }

 private:
  Executor& lent_;
};

struct World {
  ManualClock clock{instant_from_ms(start_ms)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> logs = storage::open_memory_database(), patterns = storage::open_memory_database();
  MemoryIngestLog log;
  BlockLogStore store{executor, *logs, log};
  std::unique_ptr<PatternCounts> counts;
  PatternCountOptions options;

  explicit World(PatternCountOptions given = {}) : options(given) {
    EXPECT_TRUE(store.open());
    store.on_arrival([this](const LogArrival& arrival) {
      std::vector<std::string_view> texts;
      for (const LogEvent& event : arrival.events) texts.push_back(event.message);
      if (counts) counts->arrived(arrival, texts);
    });
    begin();
  }
  void begin() {
    counts = std::make_unique<PatternCounts>(executor, std::make_unique<Borrowed>(executor), *patterns, store, options);
    EXPECT_TRUE(counts->open());
    counts->start(store.groups(shop, "", 1000, {}));
    executor.run_ready();
  }
  /// Without a word of farewell.
  void kill_and_begin() {
    counts.reset();
    begin();
  }
  void logged(std::vector<std::string> messages, const char* group = "/shop") {
    std::vector<LogEvent> events;
    for (std::string& message : messages) events.push_back({to_ms(clock.now()), std::move(message)});
    ASSERT_TRUE(store.append(*ensure_stream(store, shop, group, "i-1"), events));
  }
  std::vector<CountedPattern> ask(std::int64_t from_ms = start_ms - 3'600'000, const char* group = "/shop") {
    std::vector<CountedPattern> answer;
    counts->ask({{store.find_group(shop, group)->id}, from_ms, to_ms(clock.now())}, [&](auto found) { answer = std::move(found); });
    executor.run_ready();
    return answer;
  }
  std::uint64_t total() {
    std::uint64_t sum = 0;
    for (const auto& each : ask()) sum += each.total;
    return sum;
  }
  std::map<std::string, PatternChange> changes(Duration since) {
    const ChangeSpan span = span_since(to_ms(clock.now() - since), to_ms(clock.now()));
    std::map<std::string, PatternChange> found;
    for (const auto& each : ask(span.baseline_ms)) found[each.pattern] = change_of(each, span);
    return found;
  }
};

TEST(PatternCounts, TellWhatIsNewAndHowOftenItCame) {
  World world;
  for (int i = 0; i < 90; ++i) {
    world.logged({"GET /cart took " + std::to_string(i) + " ms", "heartbeat of worker " + std::to_string(i)});
    world.executor.run_for(1min);
  }
  for (int i = 0; i < 10; ++i) {
    world.logged({"GET /cart took " + std::to_string(i) + " ms", "ERROR pool exhausted after " + std::to_string(i) + " tries"});
    world.executor.run_for(1min);
  }
  const auto changes = world.changes(10min);
  ASSERT_EQ(changes.size(), 3u);
  int seen = 0;
  for (const auto& [pattern, change] : changes) {
    if (pattern.find("pool") != std::string::npos) seen += change == PatternChange::is_new;
    if (pattern.find("heartbeat") != std::string::npos) seen += change == PatternChange::gone;
    if (pattern.find("took") != std::string::npos) seen += change == PatternChange::none;
  }
  EXPECT_EQ(seen, 3);
  EXPECT_EQ(world.ask()[0].total, 100u);
  EXPECT_EQ(world.ask()[0].by_minute.size(), 100u);
}

TEST(PatternCounts, TellOfAChangedRate) {
  World world;
  for (int i = 0; i < 70; ++i) {
    for (int each = 0; each < (i < 60 ? 3 : 60); ++each) world.logged({"retry of call " + std::to_string(each)});
    world.executor.run_for(1min);
  }
  const auto changes = world.changes(10min);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes.begin()->second, PatternChange::more);
}

TEST(PatternCounts, CountEachEventOnceOverAKill) {
  World world;
  for (int i = 0; i < 20; ++i) {
    world.logged({"request " + std::to_string(i) + " done", "cache miss for key " + std::to_string(i)});
    world.executor.run_for(1s);
    if (i % 3 == 0) world.kill_and_begin();
  }
  world.executor.run_for(10s);
  EXPECT_EQ(world.total(), 40u);
  const auto before = world.ask();
  world.kill_and_begin();
  const auto after = world.ask();
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].id, after[i].id);
    EXPECT_EQ(before[i].first_ms, after[i].first_ms);
    EXPECT_EQ(before[i].by_minute, after[i].by_minute);
  }
  EXPECT_EQ(world.total(), 40u);
}

TEST(PatternCounts, WhatTheyCannotTakeAtOnceIsCountedLater) {
  World world({.waiting_bytes_max = 100});
  world.logged({"first"});
  world.executor.run_ready();
  for (int i = 0; i < 50; ++i) world.logged({"a line of some length to fill what may wait, number " + std::to_string(i)});
  world.executor.run_for(10s);
  EXPECT_EQ(world.total(), 51u);
  world.logged({"last"});
  world.executor.run_for(10s);
  EXPECT_EQ(world.total(), 52u);
}

TEST(PatternCounts, ForgetDeletedGroups) {
  World world;
  world.logged({"one"}, "/gone");
  world.executor.run_for(10s);
  const LogGroupId id = world.store.find_group(shop, "/gone")->id;
  ASSERT_TRUE(world.store.delete_group(shop, "/gone"));
  world.kill_and_begin();
  world.executor.run_for(10s);
  std::size_t patterns = 9;
  world.counts->ask({{id}, 0, to_ms(world.clock.now())}, [&](auto found) { patterns = found.size(); });
  world.executor.run_ready();
  EXPECT_EQ(patterns, 0u);
}

TEST(PatternTables, ReadAnyBytesAsAnHour) {
  HourCounts counts{};
  counts[0] = 1;
  counts[7] = 300;
  counts[59] = 4'000'000'000u;
  EXPECT_EQ(decode_hour(encode_hour(counts)), counts);
  std::uint32_t state = 5;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes;
    for (int each = 0; each < i % 40; ++each) bytes += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    decode_hour(bytes);
  }
}

}  // namespace
}  // namespace tocsin::telemetry
