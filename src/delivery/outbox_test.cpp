#include "delivery/outbox.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <deque>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

const Instant start = instant_from_ms(1'795'500'000'000);

/// A carrier that answers when and what the test says.
class HeldCarrier final : public Carrier {
 public:
  void carry(const std::string& parcel_id, const Document& content, Done done) override {
    carried.push_back(parcel_id);
    contents.push_back(content);
    if (always)
      done(*always);
    else
      waiting.emplace_back(std::move(done));
  }
  void answer(CarryOutcome outcome) {
    Done done = std::move(waiting.front());
    waiting.pop_front();
    done(std::move(outcome));
  }
  std::vector<std::string> carried;
  std::vector<Document> contents;
  std::deque<Done> waiting;
  std::optional<CarryOutcome> always;
};

const CarryOutcome delivered{.result = CarryResult::delivered};
const CarryOutcome busy{.result = CarryResult::try_again, .error = "busy", .status = 503};
const CarryOutcome refused{.result = CarryResult::refused, .error = "no such mailbox", .status = 550};

/// One life of a server over a database and a world that outlive it.
struct Life {
  Life(ManualClock& clock, storage::Database& database, HeldCarrier& carrier)
      : executor(clock), state(executor, database), outbox(state, random) {
    EXPECT_TRUE(outbox.migrate());
    outbox.add_carrier("mail", carrier);
    outbox.handle(
        "sns",
        [this](const Settlement& settlement) -> Result<void> {
          if (owner_failures-- > 0) return fail(ErrorKind::internal, "not now");
          settled.emplace_back(settlement.parcel.id, settlement.outcome);
          last = settlement;
          return {};
        },
        [this](const Parcel&, int attempt, const CarryOutcome&) { attempts.push_back(attempt); });
    outbox.start();
    executor.run_ready();
  }
  void in_unit(std::function<void()> work) {
    state.submit([work]() -> Result<void> { return work(), Result<void>{}; });
    executor.run_ready();
  }
  void send(std::string id, std::string order_key = {}, RetryPlan plan = {{10s, 1min}, 1h}) {
    in_unit([&] {
      outbox.enqueue({.id = id,
                      .channel = "mail",
                      .owner = "sns",
                      .order_key = order_key,
                      .content = Object{{"to", id}},
                      .context = Object{{"n", 1}},
                      .plan = plan});
    });
  }

  SimulatedExecutor executor;
  SeededRandom random{5};
  storage::StateExecutor state;
  Outbox outbox;
  std::vector<std::pair<std::string, Settled>> settled;
  std::optional<Settlement> last;
  std::vector<int> attempts;
  int owner_failures = 0;
};

using AllSettled = std::vector<std::pair<std::string, Settled>>;

class OutboxTest : public testing::Test {
 protected:
  ManualClock clock{start};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  HeldCarrier carrier;
};

TEST_F(OutboxTest, AParcelIsCarriedAfterItsCommitAndItsOwnerIsTold) {
  Life life(clock, *database, carrier);
  life.send("p1");
  ASSERT_EQ(carrier.carried, std::vector<std::string>{"p1"});
  EXPECT_EQ(carrier.contents[0], Document(Object{{"to", "p1"}}));
  EXPECT_TRUE(life.settled.empty());
  carrier.answer(delivered);
  life.executor.run_ready();
  EXPECT_EQ(life.settled, (AllSettled{{"p1", Settled::delivered}}));
  EXPECT_EQ(life.last->attempts, 1);
  EXPECT_EQ(life.last->parcel.context, Document(Object{{"n", 1}}));
  EXPECT_EQ(life.outbox.depth("mail").waiting, 0);
}

TEST_F(OutboxTest, AnUndoneUnitSendsNothing) {
  Life life(clock, *database, carrier);
  life.state.submit([&]() -> Result<void> {
    life.outbox.enqueue({.channel = "mail", .owner = "sns"});
    return fail(ErrorKind::invalid, "no");
  });
  life.executor.run_for(1h);
  EXPECT_TRUE(carrier.carried.empty());
}

TEST_F(OutboxTest, TriesAgainByThePlanThenIsExhausted) {
  Life life(clock, *database, carrier);
  carrier.always = busy;
  life.send("p1");
  life.executor.run_for(9s);
  EXPECT_EQ(carrier.carried.size(), 1u);
  life.executor.run_for(4s);
  EXPECT_EQ(carrier.carried.size(), 2u);
  life.executor.run_for(73s);
  EXPECT_EQ(carrier.carried.size(), 3u);
  EXPECT_EQ(life.settled, (AllSettled{{"p1", Settled::exhausted}}));
  EXPECT_EQ(life.attempts, (std::vector{1, 2}));
  EXPECT_EQ(life.last->last.status, 503);
  const auto attempts = life.outbox.attempts("p1");
  ASSERT_EQ(attempts.size(), 3u);
  EXPECT_EQ(attempts[2].error, "busy");
}

TEST_F(OutboxTest, ARefusalIsNotTriedAgain) {
  Life life(clock, *database, carrier);
  carrier.always = refused;
  life.send("p1");
  life.executor.run_for(1h);
  EXPECT_EQ(carrier.carried.size(), 1u);
  EXPECT_EQ(life.settled, (AllSettled{{"p1", Settled::refused}}));
}

TEST_F(OutboxTest, WhatIsPastItsTimeExpiresAlsoBehindAnother) {
  Life life(clock, *database, carrier);
  life.send("head", "topic-1");
  life.send("behind", "topic-1", {{}, 30s});
  life.executor.run_for(31s);
  EXPECT_EQ(life.settled, (AllSettled{{"behind", Settled::expired}}));
  EXPECT_EQ(carrier.carried, std::vector<std::string>{"head"});
}

TEST_F(OutboxTest, ParcelsOfOneKeyGoOneAfterAnotherAndOthersPass) {
  Life life(clock, *database, carrier);
  life.send("a1", "a");
  life.send("a2", "a");
  life.send("b1", "b");
  EXPECT_EQ(carrier.carried, (std::vector<std::string>{"a1", "b1"}));
  carrier.answer(busy);
  life.executor.run_for(5s);
  EXPECT_EQ(carrier.carried.size(), 2u) << "a2 must wait while a1 is tried again";
  life.executor.run_for(10s);
  EXPECT_EQ(carrier.carried.back(), "a1");
  carrier.answer(delivered);
  carrier.answer(delivered);
  life.executor.run_ready();
  EXPECT_EQ(carrier.carried.back(), "a2");
}

TEST_F(OutboxTest, TheSameIdTwiceIsOneParcelAlsoAfterItSettledForADay) {
  Life life(clock, *database, carrier);
  carrier.always = delivered;
  life.send("p1");
  life.send("p1");
  EXPECT_EQ(carrier.carried.size(), 1u);
  life.executor.run_for(26h);
  life.send("other");
  life.executor.run_for(11min);
  life.send("p1");
  EXPECT_EQ(carrier.carried.size(), 3u) << "remembered for a day, not for ever";
}

TEST_F(OutboxTest, AtMostThirtyTwoAreInTheAir) {
  Life life(clock, *database, carrier);
  for (int i = 0; i < 100; ++i) life.send("p" + std::to_string(i));
  EXPECT_EQ(carrier.carried.size(), 32u);
  EXPECT_EQ(life.outbox.depth("mail").waiting, 100);
  while (!carrier.waiting.empty()) {
    carrier.answer(delivered);
    life.executor.run_ready();
  }
  EXPECT_EQ(life.settled.size(), 100u);
}

TEST_F(OutboxTest, WhatWasInTheAirAtACrashIsCarriedAgainUnderTheSameId) {
  {
    Life before(clock, *database, carrier);
    before.send("p1");
    before.send("p2", "k");
    before.send("p3", "k");
  }
  EXPECT_EQ(carrier.carried, (std::vector<std::string>{"p1", "p2"}));
  carrier = {};
  Life after(clock, *database, carrier);
  EXPECT_EQ(carrier.carried, (std::vector<std::string>{"p1", "p2"}));
}

TEST_F(OutboxTest, ACancelledOneIsNotCarriedAndLetsTheNextGo) {
  Life life(clock, *database, carrier);
  carrier.always = busy;
  life.send("head", "k");
  life.send("middle", "k");
  life.send("tail", "k");
  carrier.always = delivered;
  life.in_unit([&] {
    life.outbox.cancel("head");
    life.outbox.cancel("middle");
    life.outbox.cancel("unknown");
  });
  life.executor.run_for(1s);
  EXPECT_EQ(life.settled, (AllSettled{{"head", Settled::cancelled}, {"middle", Settled::cancelled}, {"tail", Settled::delivered}}));
  EXPECT_EQ(carrier.carried, (std::vector<std::string>{"head", "tail"}));
}

TEST_F(OutboxTest, OneInTheAirMayStillArriveAfterCancelling) {
  Life life(clock, *database, carrier);
  life.send("p1");
  life.in_unit([&] { life.outbox.cancel("p1"); });
  EXPECT_TRUE(life.settled.empty());
  carrier.answer(delivered);
  life.executor.run_ready();
  EXPECT_EQ(life.settled, (AllSettled{{"p1", Settled::delivered}}));
}

TEST_F(OutboxTest, AnOwnerThatFailsIsToldAgainWithoutCarryingAgain) {
  Life life(clock, *database, carrier);
  carrier.always = delivered;
  life.owner_failures = 2;
  life.send("p1");
  life.executor.run_for(1min);
  EXPECT_EQ(carrier.carried.size(), 1u);
  EXPECT_EQ(life.settled, (AllSettled{{"p1", Settled::delivered}}));
}

TEST_F(OutboxTest, ParcelsWithoutANameLeaveNothingBehind) {
  Life life(clock, *database, carrier);
  carrier.always = delivered;
  life.send("");
  EXPECT_EQ(life.settled.size(), 1u);
  EXPECT_EQ(database->query_one("SELECT COUNT(*) FROM delivery_outbox_parcels")->integer(0), 0);
}

TEST_F(OutboxTest, NoStatementOfTheOutboxScansItsTables) {
  Life life(clock, *database, carrier);
  for (const char* sql :
       {"SELECT id, cancelled FROM delivery_outbox_parcels WHERE channel='a' AND state=1 AND due_ns<=5 ORDER BY due_ns, sequence LIMIT 5",
        "SELECT 1 FROM delivery_outbox_parcels WHERE channel='a' AND order_key='b' AND order_key<>'' AND state<2 LIMIT 1",
        "SELECT MIN(expires_ns) FROM delivery_outbox_parcels WHERE channel='a' AND state<2 AND expires_ns>5",
        "SELECT sequence FROM delivery_outbox_parcels WHERE state=2 AND settled_ns<5 ORDER BY settled_ns LIMIT 5000"}) {
    for (const storage::Row& row : database->query(std::string("EXPLAIN QUERY PLAN ") + sql, {})) {
      EXPECT_NE(row.text(3).find("USING"), std::string::npos) << sql << ": " << row.text(3);
      EXPECT_EQ(row.text(3).find("TEMP B-TREE"), std::string::npos) << sql << ": " << row.text(3);
    }
  }
}

}  // namespace
}  // namespace tocsin::delivery
