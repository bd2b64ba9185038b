// Reads status pages on their time and makes events of Health of what changed. Settings come as parameters /tocsin/feeds/NAME.
// Threads: only on the StateExecutor, inside a unit of work; pages are fetched and read outside of it.
#pragma once

#include <functional>
#include <memory>

#include "detect/feeds/feed.h"
#include "detect/health/health.h"
#include "detect/reports/reports.h"
#include "model/self_metrics.h"
#include "storage/state_executor.h"

namespace tocsin::detect {

/// Gets a page; `done` may be called from any thread, exactly once.
using FetchPage = std::function<void(const std::string& url, Duration timeout, std::function<void(Result<std::string>)> done)>;

class Feeds {
 public:
  /// `metrics` may be null; without `fetch` nothing is read.
  Feeds(storage::StateExecutor& state, Health& health, Reports& reports, SelfMetrics* metrics, FetchPage fetch);
  ~Feeds();
  Result<void> migrate();
  /// Begins to read what was set.
  void start();
  /// What the parameter says now; nullopt when it is gone: then its events are over. An error says what is wrong with the text.
  Result<void> on_setting(const Scope& scope, const std::string& name, const std::optional<std::string>& text);

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace tocsin::detect
