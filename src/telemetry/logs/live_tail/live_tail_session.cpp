#include "telemetry/logs/live_tail/live_tail_session.h"

#include <algorithm>

namespace tocsin::telemetry {
namespace {
constexpr std::int64_t second_ms = 1000;
}

bool LiveTailSession::wants(const LogGroup& group, const LogStream& stream) const {
  if (std::find(request_.groups.begin(), request_.groups.end(), group.id) == request_.groups.end()) return false;
  if (!request_.stream_names.empty())
    return std::find(request_.stream_names.begin(), request_.stream_names.end(), stream.name) != request_.stream_names.end();
  return request_.stream_prefixes.empty() || std::any_of(request_.stream_prefixes.begin(), request_.stream_prefixes.end(),
                                                         [&](const std::string& prefix) { return stream.name.starts_with(prefix); });
}

void LiveTailSession::offer(LiveTailEvent event) {
  const std::uint64_t number = offered_++;
  const std::size_t room = events_per_second_max - shown_;
  if (kept_.size() < room) return kept_.push_back({number, std::move(event)});
  // reservoir: the n-th replaces one of those kept with probability room / n
  if (room == 0) return;
  const std::uint64_t place = random_.below(number + 1);
  if (place < kept_.size()) kept_[place] = {number, std::move(event)};
}

std::optional<LiveTailUpdate> LiveTailSession::update(std::int64_t now_ms) {
  const bool due = now_ms - last_update_ms_ >= second_ms;
  if (kept_.empty() && !due) return std::nullopt;
  LiveTailUpdate update{.sampled = offered_ > kept_.size(), .events = {}};
  std::sort(kept_.begin(), kept_.end(), [](const Kept& a, const Kept& b) { return a.number < b.number; });
  for (Kept& kept : kept_) update.events.push_back(std::move(kept.event));
  if (now_ms - second_began_ms_ >= second_ms) {
    second_began_ms_ = now_ms;
    shown_ = 0;
  }
  shown_ += update.events.size();
  // what came beyond the second's share is told of in the next update, when this second is over
  shown_ = std::min(shown_, events_per_second_max);
  kept_.clear();
  offered_ = 0;
  last_update_ms_ = now_ms;
  return update;
}

}  // namespace tocsin::telemetry
