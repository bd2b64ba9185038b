#include "telemetry/statsd/statsd_receiver.h"

#include <algorithm>

#include "base/log.h"

namespace tocsin::telemetry {
namespace {
constexpr Duration interval = std::chrono::seconds(10);
}

void StatsdReceiver::receive(std::string_view datagram) {
  while (!datagram.empty()) {
    std::string_view line = datagram.substr(0, datagram.find('\n'));
    datagram.remove_prefix(std::min(datagram.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const auto sample = parse_statsd_line(line);
    const std::lock_guard lock(mutex_);
    if (!sample || !buckets_.add(*sample)) ++lost_;
  }
}

std::uint64_t StatsdReceiver::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

void StatsdReceiver::flush() {
  std::vector<MetricPoint> points;
  {
    const std::lock_guard lock(mutex_);
    points = buckets_.take(executor_.now());
  }
  if (points.empty()) return;
  if (const auto put = metrics_.put(scope_, points); !put)
    log::error("telemetry/statsd", "points could not be kept", {{"error", put.error().message}});
}

void StatsdReceiver::flush_later() {
  executor_.post_after(interval, [this, living = std::weak_ptr(alive_)] {
    if (living.expired()) return;
    flush();
    flush_later();
  });
}

}  // namespace tocsin::telemetry
