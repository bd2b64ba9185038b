// The ground that the stories of this stage stand on: virtual time, a database in memory, journal and timers.
#pragma once

#include <memory>

#include "base/simulated_executor.h"
#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::remediate::testing {

struct World {
  World() { must(journal.migrate()), must(timers.migrate()); }

  static void must(const Result<void>& result) {
    if (!result) throw std::runtime_error(result.error().message);
  }

  /// Runs `work` in a unit of its own and waits for its commit.
  template <typename Work>
  auto in_unit(Work work) {
    using Outcome = decltype(work());
    std::optional<Outcome> outcome;
    state.submit([&]() -> Result<void> {
      outcome = work();
      return {};
    });
    executor.run_ready();
    return std::move(*outcome);
  }

  std::vector<EventEnvelope> events(const Scope& scope) {
    return in_unit([&] { return journal.between(scope, instant_from_ns(0), clock.now() + std::chrono::hours(1), 10'000); });
  }

  ManualClock clock{instant_from_ms(1'795'000'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  events::Journal journal{state, random};
  delivery::Timers timers{state};
};

}  // namespace tocsin::remediate::testing
