// What one live tail shows, and when. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "telemetry/logs/filters/filter_pattern.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::telemetry {

struct LiveTailRequest {
  Scope scope;
  std::vector<std::string> group_identifiers;  ///< as the caller gave them
  std::vector<LogGroupId> groups;
  std::vector<std::string> stream_names, stream_prefixes;
  std::string filter_pattern;
  std::optional<FilterPattern> filter;
};

struct LiveTailEvent {
  std::string group, stream, message;
  std::int64_t time_ms = 0, ingested_ms = 0;
};

struct LiveTailUpdate {
  bool sampled = false;
  std::vector<LiveTailEvent> events;  ///< in the order of arrival
};

class LiveTailSession {
 public:
  static constexpr std::size_t events_per_second_max = 500;

  LiveTailSession(LiveTailRequest request, Random& random) : request_(std::move(request)), random_(random) {}
  const LiveTailRequest& request() const { return request_; }

  bool wants(const LogGroup& group, const LogStream& stream) const;
  bool matches(const MessageView& message) const { return !request_.filter || request_.filter->matches(message); }
  /// Of an event that is wanted and matches. A fair sample of those that came since the last update is kept.
  void offer(LiveTailEvent event);
  /// What is to be shown at `now_ms`; nullopt when it can wait: nothing came and the last update is younger than a second.
  std::optional<LiveTailUpdate> update(std::int64_t now_ms);

 private:
  LiveTailRequest request_;
  Random& random_;
  struct Kept {
    std::uint64_t number;
    LiveTailEvent event;
  };
  std::vector<Kept> kept_;
  std::uint64_t offered_ = 0;  ///< since the last update
  std::size_t shown_ = 0;      ///< in this second
  std::int64_t second_began_ms_ = 0, last_update_ms_ = 0;
};

}  // namespace tocsin::telemetry
