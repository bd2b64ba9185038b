// The outbox with real threads: carriers answer from threads of their own while units are submitted from others. For the thread sanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <latch>
#include <thread>

#include "delivery/outbox.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::delivery {
namespace {

class ThreadedCarrier final : public Carrier {
 public:
  ThreadedCarrier() : executor_(make_thread_executor(clock_, "carrier")) {}
  void carry(const std::string&, const Document&, Done done) override {
    executor_->post([done = std::move(done)]() mutable { done({.result = CarryResult::delivered}); });
  }

 private:
  SystemClock clock_;
  std::unique_ptr<Executor> executor_;
};

TEST(OutboxThreads, EveryParcelIsSettledOnce) {
  constexpr int senders = 4, parcels_each = 100;
  auto database = storage::open_memory_database();
  SystemClock clock;
  SystemRandom random;
  std::latch settled(senders * parcels_each);
  ThreadedCarrier carrier;
  auto executor = make_thread_executor(clock, "state");
  storage::StateExecutor state(*executor, *database);
  Outbox outbox(state, random);
  ASSERT_TRUE(outbox.migrate());
  outbox.add_carrier("out", carrier);
  outbox.handle("test", [&](const Settlement&) -> Result<void> { return settled.count_down(), Result<void>{}; });
  outbox.start();
  std::vector<std::jthread> threads;
  for (int sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&] {
      for (int i = 0; i < parcels_each; ++i) {
        state.submit([&]() -> Result<void> {
          outbox.enqueue({.channel = "out", .owner = "test", .content = Object{}});
          return {};
        });
      }
    });
  }
  settled.wait();
  threads.clear();
  executor.reset();
}

}  // namespace
}  // namespace tocsin::delivery
