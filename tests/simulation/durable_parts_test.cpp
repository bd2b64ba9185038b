// Timers, outbox and journal through power cuts, failing disks and failing handlers.
//
// Strategy: a ledger outside the server remembers what was acknowledged. Lives of the server follow one another on one simulated disk; each
// is given random work (append an event, set or cancel a timer, enqueue or cancel a parcel) and random faults, and ends by a power cut. The
// effects of handlers are rows that they write in their units. A last life without faults runs for two days. Invariants: every acknowledged
// event is seen by each consumer, every acknowledged timer has fired, every acknowledged parcel is settled; every effect is there once; no
// timer fires early; what settled as delivered was carried; parcels of one key are never carried out of order; at most 32 are in the air.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <map>
#include <set>

#include "base/log.h"
#include "base/simulated_executor.h"
#include "delivery/outbox.h"
#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "storage/simulated/simulated_database.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;

const Scope scope{"123456789012", "eu-west-1"};

/// What outlives the server: the disk, the time, the receivers, and the sender's own book.
struct Outside {
  explicit Outside(std::uint64_t seed) : random(seed), disk(seed * 1009 + 5) {}

  SeededRandom random;
  storage::SimulatedDisk disk;
  ManualClock clock{instant_from_ms(1'795'500'000'000)};
  int names_given = 0;
  std::string name() { return std::to_string(1'000'000 + ++names_given); }

  std::set<std::string> events, parcels;
  std::map<std::string, Instant> timers;
  std::set<std::string> timers_cancelled;
  std::set<std::string> carried;
  std::map<std::string, std::string> last_carried_of_key;
};

class RandomCarrier final : public delivery::Carrier {
 public:
  RandomCarrier(Outside& outside, Executor& executor) : outside_(outside), executor_(executor) {}

  void carry(const std::string& id, const Document& content, Done done) override {
    EXPECT_LE(++in_the_air_, 32);
    outside_.carried.insert(id);
    if (const std::string key = text_or(content, "key"); !key.empty()) {
      std::string& last = outside_.last_carried_of_key[key];
      EXPECT_LE(last, id) << "out of order within " << key;
      last = std::max(last, id);
    }
    const auto result = static_cast<delivery::CarryResult>(outside_.random.below(3));
    executor_.post_after(outside_.random.below(3) * 7s, [this, result, done = std::move(done)]() mutable {
      --in_the_air_;
      done({.result = result});
    });
  }

 private:
  Outside& outside_;
  Executor& executor_;
  int in_the_air_ = 0;
};

/// One life of the server.
class Life {
 public:
  Life(Outside& outside, std::unique_ptr<storage::Database> opened)
      : outside_(outside),
        random_(outside.random.next()),
        executor_(outside.clock),
        database_(std::move(opened)),
        state_(executor_, *database_),
        journal_(state_, random_),
        outbox_(state_, random_),
        timers_(state_),
        carrier_(outside, executor_) {}

  bool begin() {
    const bool ready = database_->migrate("sim", {{1, "CREATE TABLE sim_effects (kind TEXT, name TEXT)"}}) && journal_.migrate() &&
                       outbox_.migrate() && timers_.migrate();
    if (!ready) return false;
    for (const char* consumer : {"rules", "incidents"}) {
      journal_.subscribe(consumer, [this, consumer](const EventEnvelope& event) { return effect(consumer, event.type); });
    }
    journal_.subscribe(
        "timer_events", [this](const EventEnvelope& event) { return effect("timer_events", event.type); },
        [](const EventEnvelope& event) { return event.source == "timer"; });
    timers_.handle("t", [this](const std::string& key, Instant due, const Document&) {
      EXPECT_LE(due, state_.now()) << "fired early";
      journal_.append(event("fired " + key, "timer"));
      return effect("fired", key);
    });
    outbox_.add_carrier("out", carrier_);
    outbox_.handle("owner", [this](const delivery::Settlement& settlement) {
      const bool sent = settlement.outcome == delivery::Settled::delivered || settlement.outcome == delivery::Settled::refused;
      EXPECT_TRUE(!sent || outside_.carried.contains(settlement.parcel.id));
      return effect("settled", settlement.parcel.id);
    });
    journal_.start();
    outbox_.start();
    timers_.start();
    return true;
  }

  void work(int rounds) {
    for (int round = 0; round < rounds && outside_.disk.powered(); ++round) {
      for (std::uint64_t count = outside_.random.below(8); count-- > 0;) submit_something();
      executor_.run_for(outside_.random.below(4) * 6s);
    }
  }
  void run_for(Duration span) { executor_.run_for(span); }
  storage::Database& database() { return *database_; }
  void never_fail() { handlers_fail_ = false; }
  events::Journal& journal() { return journal_; }

 private:
  static EventEnvelope event(std::string type, std::string source) {
    return {.scope = scope, .source = std::move(source), .type = type, .detail = Object{}, .idempotency_key = type};
  }

  Result<void> effect(const std::string& kind, const std::string& name) {
    database_->execute("INSERT INTO sim_effects (kind, name) VALUES (?, ?)", {kind, name});
    if (handlers_fail_ && outside_.random.below(12) == 0) return fail(ErrorKind::unavailable, "a handler fails");
    return {};
  }

  void submit(std::function<void()> work, std::function<void()> acknowledged) {
    state_.submit([work]() -> Result<void> { return work(), Result<void>{}; },
                  [acknowledged](Result<void> result) {
                    if (result) acknowledged();
                  });
  }

  void submit_something() {
    const std::string name = outside_.name();
    switch (outside_.random.below(5)) {
      case 0:
        return submit([this, name] { journal_.append(event(name, "sender")); }, [this, name] { outside_.events.insert(name); });
      case 1: {
        const Instant due = state_.now() + outside_.random.below(300) * 1s - 60s;
        return submit([this, name, due] { timers_.set("t", name, due); }, [this, name, due] { outside_.timers[name] = due; });
      }
      case 2: {
        if (outside_.timers.empty()) return;
        const std::string victim = outside_.timers.rbegin()->first;
        outside_.timers_cancelled.insert(victim);
        return submit([this, victim] { timers_.cancel("t", victim); }, [] {});
      }
      case 3:
        return enqueue(name);
      default: {
        if (outside_.parcels.empty() || outside_.random.below(3)) return enqueue(name);
        return submit([this, victim = *outside_.parcels.rbegin()] { outbox_.cancel(victim); }, [] {});
      }
    }
  }

  void enqueue(const std::string& name) {
    const std::string key = std::vector<std::string>{"", "", "a", "b", "c"}[outside_.random.below(5)];
    const delivery::RetryPlan plan{{5s, 30s, 2min}, outside_.random.below(4) ? Duration(24h) : Duration(1min)};
    submit(
        [this, name, key, plan] {
          outbox_.enqueue(
              {.id = name, .channel = "out", .owner = "owner", .order_key = key, .content = Object{{"key", key}}, .plan = plan});
        },
        [this, name] { outside_.parcels.insert(name); });
  }

  Outside& outside_;
  SeededRandom random_;
  SimulatedExecutor executor_;
  std::unique_ptr<storage::Database> database_;
  storage::StateExecutor state_;
  events::Journal journal_;
  delivery::Outbox outbox_;
  delivery::Timers timers_;
  RandomCarrier carrier_;
  bool handlers_fail_ = true;
};

void draw_faults(Outside& outside) {
  storage::SimulatedDisk& disk = outside.disk;
  SeededRandom& random = outside.random;
  if (random.below(4)) disk.cut_power_after(static_cast<int>(random.below(400)));
  switch (random.below(5)) {
    case 0:
      return disk.fail_writes(static_cast<int>(random.below(200)), 1 + static_cast<int>(random.below(8)));
    case 1:
      return disk.fail_syncs(static_cast<int>(random.below(40)), 1 + static_cast<int>(random.below(3)));
    case 2:
      return disk.set_capacity(disk.bytes_used() + random.below(300'000));
    default:
      return;
  }
}

void check_effects(const Outside& outside, Life& life) {
  std::map<std::pair<std::string, std::string>, int> effects;
  for (const storage::Row& row : life.database().query("SELECT kind, name FROM sim_effects", {})) ++effects[{row.text(0), row.text(1)}];
  for (const auto& [effect, count] : effects) EXPECT_EQ(count, 1) << effect.first << " of " << effect.second << " happened more than once";
  const auto happened = [&](const char* kind, const std::string& name) { return effects.contains({kind, name}); };
  for (const std::string& name : outside.events)
    EXPECT_TRUE(happened("rules", name) && happened("incidents", name)) << "event " << name << " is lost";
  for (const std::string& name : outside.parcels) EXPECT_TRUE(happened("settled", name)) << "parcel " << name << " never settled";
  for (const auto& [name, due] : outside.timers) {
    if (outside.timers_cancelled.contains(name)) continue;
    EXPECT_TRUE(happened("fired", name)) << "timer " << name << " never fired";
    EXPECT_TRUE(happened("timer_events", "fired " + name) && happened("rules", "fired " + name))
        << "the event of timer " << name << " is lost";
  }
  EXPECT_EQ(life.database().query_one("SELECT COUNT(*) FROM delivery_timers")->integer(0), 0);
  EXPECT_EQ(life.database().query_one("SELECT COUNT(*) FROM delivery_outbox_parcels WHERE state<2")->integer(0), 0);
}

void campaign(std::uint64_t seed) {
  Outside outside(seed);
  for (int lives = 0; lives < 5; ++lives) {
    auto opened = storage::open_simulated_database(outside.disk);
    ASSERT_TRUE(opened) << opened.error().message;
    auto life = std::make_unique<Life>(outside, std::move(*opened));
    if (lives > 0 || outside.random.below(4) == 0) draw_faults(outside);
    if (life->begin()) life->work(20);
    // what is on its way when the power goes never lands
    outside.disk.cut_power();
    life.reset();
    outside.disk.heal();
    outside.disk.restore_power();
    outside.clock.advance(outside.random.below(3) * 2min);
  }
  Life last(outside, std::move(*storage::open_simulated_database(outside.disk)));
  last.never_fail();
  ASSERT_TRUE(last.begin());
  last.run_for(48h);
  check_effects(outside, last);
}

TEST(DurableParts, LoseNothingAndDoNothingTwice) {
  log::set_level(log::Level::off);
  const char* one = std::getenv("TOCSIN_SEED");
  const std::uint64_t first = one ? std::strtoull(one, nullptr, 10) : 0;
  const std::uint64_t count = one ? 1 : std::getenv("TOCSIN_LONG") ? 5'000 : 200;
  for (std::uint64_t seed = first; seed < first + count && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    campaign(seed);
  }
  log::set_level(log::Level::info);
}

}  // namespace
}  // namespace tocsin
