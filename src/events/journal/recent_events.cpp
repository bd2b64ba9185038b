#include "events/journal/recent_events.h"

#include <algorithm>

namespace tocsin::events {
namespace {
// an event is a few KiB, at most 256 KiB
constexpr std::size_t kept_max = 1024;
}  // namespace

void RecentEvents::begin_at(Position end) {
  events_.clear();
  floor_ = end_ = end;
}

void RecentEvents::add(StoredEvent stored) {
  end_ = stored.position;
  events_.push_back(std::move(stored));
  if (events_.size() <= kept_max) return;
  floor_ = events_.front().position;
  events_.pop_front();
}

std::vector<StoredEvent> RecentEvents::after(Position position, std::size_t count_max) const {
  const auto first = std::upper_bound(events_.begin(), events_.end(), position,
                                      [](Position at, const StoredEvent& stored) { return at < stored.position; });
  const auto count = std::min<std::size_t>(count_max, static_cast<std::size_t>(events_.end() - first));
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace tocsin::events
