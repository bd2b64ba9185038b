// The outbox's tables: parcels and the record of their tries.
//
// A parcel waits (due at a time), is held (behind an earlier one of its order key), or is settled. Only waiting ones stand in the index of
// what is due, so a held one costs nothing until it is promoted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "delivery/outbox.h"

namespace tocsin::delivery {

struct StoredParcel {
  std::int64_t sequence = 0;
  Parcel parcel;
  Instant expires;
  int attempts = 0;
  bool cancelled = false;
  bool named = false;     ///< the caller gave the id and may give it again
  std::size_t bytes = 0;  ///< of its content's text
  bool held = false;      ///< behind an earlier one of its order key, or of a lane that is full
};

/// Threads and units: as the Outbox.
class ParcelStore {
 public:
  explicit ParcelStore(storage::Database& database) : database_(database) {}
  Result<void> migrate();

  /// Its sequence; nullopt when the id is known already. `hold`: it does not become due until its lane is promoted.
  std::optional<StoredParcel> insert(Parcel parcel, bool named, Instant now, bool hold);
  /// Whether it waits (and is not held behind another).
  static bool is_waiting(const StoredParcel& stored) { return !stored.held; }
  /// nullopt when it is not there or settled.
  std::optional<StoredParcel> unsettled(const std::string& id);

  /// Of those not settled.
  std::vector<std::string> channels_with_parcels();

  /// Whether it is still unsettled, and cancelled: read for a parcel that is in memory.
  enum class Standing { waiting, cancelled, gone };
  Standing standing(std::int64_t sequence);

  struct Due {
    std::int64_t sequence;
    std::string id;
    bool cancelled;
    std::string lane;
    Instant at;
  };
  /// Where reading went on to in the order of what is due.
  struct Place {
    Instant due{};
    std::int64_t sequence = 0;
  };
  std::vector<Due> due(const std::string& channel, Instant now, const Place& after, std::size_t count_max);
  /// Of a lane that is full: due again when it is promoted.
  void hold(std::int64_t sequence);
  /// Up to `count_max` held parcels of a lane become due; how many did.
  std::int64_t promote_lane(const std::string& channel, const std::string& lane, Instant now, std::size_t count_max);
  /// All lanes' held parcels become due: at start nobody remembers which were full.
  void promote_all_lanes();
  /// Waiting or held past their time.
  std::vector<std::string> expired(const std::string& channel, Instant now, std::size_t count_max);
  /// The next moment after `now` at which something becomes due or expires.
  std::optional<Instant> next_moment(const std::string& channel, Instant now);

  void record_attempt(const std::string& id, int attempt, Instant at, const CarryOutcome& outcome);
  void wait_until(const StoredParcel& stored, int attempts, Instant due);
  /// Also lets the next parcel of its order key go.
  void settle(const StoredParcel& stored, Settled outcome, Instant now);
  /// Of one that nobody can ask for any more; false when it was settled already.
  bool remove(std::int64_t sequence);
  /// The parcel, when it was not settled yet.
  std::optional<StoredParcel> cancel(const std::string& id);

  std::vector<Outbox::Attempt> attempts(const std::string& id);
  Outbox::Depth depth(const std::string& channel);
  /// Forgets what settled a day ago, and the oldest beyond 100,000; a bounded piece of work a call.
  void purge(Instant now);

 private:
  bool key_is_taken(const Parcel& parcel);
  void promote_next(const StoredParcel& settled, Instant now);

  storage::Database& database_;
};

}  // namespace tocsin::delivery
