// What the outbox keeps in memory, shared by its sources: outbox.cpp (what goes) and settling.cpp (what came of it).
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "delivery/lanes.h"
#include "delivery/outbox.h"
#include "delivery/parcel_store.h"

namespace tocsin::delivery {

/// How soon it is tried again when the storage fails.
inline constexpr Duration outbox_retry_first = std::chrono::seconds(10);

struct Outbox::Parts : std::enable_shared_from_this<Parts> {
  struct Owner {
    Outbox::OnSettled on_settled;
    Outbox::OnAttempt on_attempt;
  };

  struct Channel {
    Carrier* carrier = nullptr;
    Lanes lanes;
    bool backlog = true;         ///< more may be due in the store than is in memory
    ParcelStore::Place read_to;  ///< what is due up to here is in memory, while there is a backlog
    Instant reread{};            ///< when it was read from the beginning
    bool passing = false;
    bool pass_again = false;
    TimerId wake = 0;
    Instant wake_due{};
  };

  /// What a pass over a channel found to do, done after its unit.
  struct Pass {
    std::vector<SharedParcel> to_carry;
    std::vector<std::pair<std::string, Settled>> to_settle;
    std::optional<Instant> next;
    bool more = false;   ///< more may be due than was looked at
    bool moved = false;  ///< it was not in vain
    ParcelStore::Place read_to;
  };

  /// How a parcel came down: carried with an outcome, or ended without being carried.
  struct Landing {
    std::string id;
    std::string channel;
    SharedParcel flown;  ///< null of one that was not carried
    CarryOutcome outcome;
    Settled without_carrying = Settled::cancelled;
    Duration retry = outbox_retry_first;
  };
  using Landings = std::vector<Landing>;

  Parts(storage::StateExecutor& state, Random& random) : state(state), random(random), store(state.database()) {}

  void pass(const std::string& name);
  Result<void> look(const std::string& name, Pass& found);
  void look_for_due(Channel& channel, const std::string& name, const std::set<std::string>& ending, Pass& found);
  void passed(const std::string& name, Result<void> result, Pass& found);
  void enqueued(const StoredParcel& stored);
  void launch(const std::string& name);
  void carry(Channel& channel, SharedParcel stored);
  void land(Landing landing);
  void land_all();
  void landed(Landing landing, const Result<void>& result);
  void settle_all(const Landings& landings, std::vector<Result<void>>& results);
  Result<void> settle(const Landing& landing);
  Result<void> settle_carried(StoredParcel& stored, const CarryOutcome& outcome);
  Result<void> finish(const StoredParcel& stored, Settled outcome, int attempts, const CarryOutcome& last);
  Result<void> tell(const StoredParcel& stored, Settled outcome, int attempts, const CarryOutcome& last);
  Instant next_try(const StoredParcel& stored, int attempts);
  void arm(const std::string& name, Instant due);

  storage::StateExecutor& state;
  Random& random;
  ParcelStore store;
  std::map<std::string, Owner> owners;
  std::map<std::string, Channel> channels;
  Instant purged{};
  bool started = false;
  std::atomic<bool> stopped = false;
  std::mutex came_down_mutex;
  Landings came_down;  ///< under the mutex: they come from the carriers' threads
};

}  // namespace tocsin::delivery
