// Every series that is known, in memory: found by its key when points come in, walked in order when metrics are listed.
#pragma once

#include <deque>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "telemetry/metrics/metric.h"

namespace tocsin::telemetry {

inline constexpr std::int64_t never_seen_s = std::numeric_limits<std::int64_t>::min();

struct Series {
  std::uint32_t id = 0;
  std::uint32_t metric_key_size = 0;
  std::string key;
  std::int64_t last_seen_s = never_seen_s;
  std::int64_t written_last_seen_s = never_seen_s;  ///< as on disk; never: the series is not there yet
  bool named = false;                               ///< its key is on disk, or in the log beyond what is flushed
  Series* follower = nullptr;                       ///< the one that came after it last time

  std::string_view metric_key() const { return std::string_view(key).substr(0, metric_key_size); }
  std::string_view unit() const { return std::string_view(key).substr(metric_key_size + 1); }
};

/// The key of a metric: its parts in the order of listing. Dimensions are sorted by name; characters that separate parts are replaced.
std::string metric_key(const Scope& scope, const MetricId& metric);
/// The beginning that all metrics of a scope (and namespace) share.
std::string metric_key_prefix(const Scope& scope, const std::optional<std::string>& metric_namespace = {});
std::string series_key(std::string metric_key, std::string_view unit);
MetricId metric_of_key(std::string_view metric_key);

class SeriesDictionary {
 public:
  Series* find(std::string_view key);
  /// A new one gets the next id, or `id` when that is given (as read from disk).
  Series& add(std::string key, std::optional<std::uint32_t> id = {});
  /// nullptr when there is none of that id.
  Series* of_id(std::uint32_t id);
  /// All units of one metric.
  std::vector<Series*> units_of(std::string_view metric_key) const;
  /// In the order of keys, from `from` on.
  template <typename Visit>
  void walk(std::string_view from, Visit&& visit) const {
    for (auto at = ordered_.lower_bound(from); at != ordered_.end(); ++at)
      if (!visit(**at)) return;
  }
  std::size_t size() const { return by_key_.size(); }

 private:
  struct ByKey {
    using is_transparent = void;
    bool operator()(const Series* a, const Series* b) const { return a->key < b->key; }
    bool operator()(const Series* a, std::string_view b) const { return a->key < b; }
    bool operator()(std::string_view a, const Series* b) const { return a < b->key; }
  };
  std::deque<Series> all_;  ///< addresses are stable
  std::vector<Series*> by_id_;
  std::unordered_map<std::string_view, Series*> by_key_;
  std::set<Series*, ByKey> ordered_;
  std::uint32_t next_id_ = 1;
};

}  // namespace tocsin::telemetry
