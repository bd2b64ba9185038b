// What a data directory remembers, for the commands that look at the past: a copy of its files as they are at one moment, also while a
// server runs on them. The copy lies in a folder of its own and goes away with this object.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/document.h"
#include "telemetry/metrics/metric_store.h"

namespace tocsin::server {

struct Outside;
struct ServerConfig;

class PastStore {
 public:
  virtual ~PastStore() = default;
  virtual telemetry::MetricStore& metrics() = 0;
  /// The definition of a metric alarm, as it was put.
  virtual std::optional<Document> alarm(const Scope& scope, const std::string& name) = 0;
};
using OpenPastStore = std::function<Result<std::unique_ptr<PastStore>>(const ServerConfig&)>;

/// `not_found` without a data directory; `unavailable` when it cannot be copied.
Result<std::unique_ptr<PastStore>> open_past_store(const ServerConfig& config, const Outside& outside);

}  // namespace tocsin::server
