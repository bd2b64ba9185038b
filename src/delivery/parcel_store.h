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
  bool named = false;  ///< the caller gave the id and may give it again
};

/// Threads and units: as the Outbox.
class ParcelStore {
 public:
  explicit ParcelStore(storage::Database& database) : database_(database) {}
  Result<void> migrate();

  /// False when the id is known already.
  bool insert(const Parcel& parcel, bool named, Instant now);
  /// nullopt when it is not there or settled.
  std::optional<StoredParcel> unsettled(const std::string& id);

  /// Of those not settled.
  std::vector<std::string> channels_with_parcels();

  struct Due {
    std::string id;
    bool cancelled;
  };
  std::vector<Due> due(const std::string& channel, Instant now, std::size_t count_max);
  /// Waiting or held past their time.
  std::vector<std::string> expired(const std::string& channel, Instant now, std::size_t count_max);
  /// The next moment after `now` at which something becomes due or expires.
  std::optional<Instant> next_moment(const std::string& channel, Instant now);

  void record_attempt(const std::string& id, int attempt, Instant at, const CarryOutcome& outcome);
  void wait_until(const StoredParcel& stored, int attempts, Instant due);
  /// Also lets the next parcel of its order key go.
  void settle(const StoredParcel& stored, Settled outcome, Instant now);
  /// The parcel's channel, when it was not settled yet.
  std::optional<std::string> cancel(const std::string& id);

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
