// The newest events, kept in memory so that consumers at the journal's end read no table and parse no text.
#pragma once

#include <deque>

#include "events/journal/event_store.h"

namespace tocsin::events {

class RecentEvents {
 public:
  /// From now on every committed event is added; what is at `end` or before is not here.
  void begin_at(Position end);
  void add(StoredEvent stored);
  /// Whether everything after `position` is here.
  bool covers(Position position) const { return position >= floor_; }
  std::vector<StoredEvent> after(Position position, std::size_t count_max) const;
  Position end() const { return end_; }

 private:
  std::deque<StoredEvent> events_;
  std::size_t bytes_ = 0;
  Position floor_ = 0;
  Position end_ = 0;
};

}  // namespace tocsin::events
