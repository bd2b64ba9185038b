// Fetches the targets in turn and keeps what they expose.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/executor.h"
#include "telemetry/metrics/metric_store.h"
#include "telemetry/prometheus/scrape_target.h"

namespace tocsin::telemetry {

struct Fetched {
  std::string body;
  std::string content_type;
};
/// Fetches a URL with at most `timeout`; `done` is called once, on any thread.
using Fetch = std::function<void(const std::string& url, Duration timeout, std::function<void(Result<Fetched>)> done)>;

class Scraper {
 public:
  /// `executor` is the store's. All must outlive this object, which is destroyed on the executor or after it.
  Scraper(Executor& executor, MetricStore& metrics, Scope scope, std::vector<ScrapeTarget> targets, Fetch fetch);
  ~Scraper();
  void start();

 private:
  /// What an answer passes that comes from another thread, perhaps after the end.
  struct Gate {
    std::mutex mutex;
    Executor* executor = nullptr;
  };
  void scrape_later(std::size_t target, Duration wait);
  void scrape(std::size_t target);
  void keep(const ScrapeTarget& target, Instant begun, const Result<Fetched>& fetched);

  Executor& executor_;
  MetricStore& metrics_;
  const Scope scope_;
  const std::vector<ScrapeTarget> targets_;
  const Fetch fetch_;
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::telemetry
