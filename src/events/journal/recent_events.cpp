#include "events/journal/recent_events.h"

#include <algorithm>

namespace tocsin::events {
namespace {
constexpr std::size_t kept_max = 16'384;
// of their text: in memory they are a few times as large
constexpr std::size_t bytes_max = std::size_t{4} << 20;
}  // namespace

void RecentEvents::begin_at(Position end) {
  events_.clear();
  bytes_ = 0;
  floor_ = end_ = end;
}

void RecentEvents::add(StoredEvent stored) {
  end_ = stored.position;
  bytes_ += stored.bytes;
  events_.push_back(std::move(stored));
  while (events_.size() > kept_max || (bytes_ > bytes_max && events_.size() > 1)) {
    floor_ = events_.front().position;
    bytes_ -= events_.front().bytes;
    events_.pop_front();
  }
}

std::vector<StoredEvent> RecentEvents::after(Position position, std::size_t count_max) const {
  const auto first = std::upper_bound(events_.begin(), events_.end(), position,
                                      [](Position at, const StoredEvent& stored) { return at < stored.position; });
  const auto count = std::min<std::size_t>(count_max, static_cast<std::size_t>(events_.end() - first));
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace tocsin::events
