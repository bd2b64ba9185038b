// Which entries of a feed were told, and what is to be told of them now.
#pragma once

#include "detect/feeds/feed.h"
#include "detect/health/health.h"
#include "storage/state_executor.h"

namespace tocsin::detect {

/// The event of an entry; its key is the feed's and the entry's.
HealthEvent event_of(const Scope& scope, const FeedSpec& spec, const FeedEntry& entry, Instant now);

class FeedEntries {
 public:
  FeedEntries(storage::StateExecutor& state, Health& health) : state_(state), health_(health) {}
  /// What stands in one document of a feed now, of which `document` is the number.
  void take(const Scope& scope, const FeedSpec& spec, int document, const std::vector<FeedEntry>& entries);
  /// Ends all of a feed.
  void forget(const Scope& scope, const std::string& feed);

 private:
  void take_one(const Scope& scope, const FeedSpec& spec, int document, const FeedEntry& entry);

  storage::StateExecutor& state_;
  Health& health_;
};

}  // namespace tocsin::detect
