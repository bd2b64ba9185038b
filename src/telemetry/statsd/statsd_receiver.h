// Takes StatsD's datagrams from any thread and puts their datapoints to the store every ten seconds.
#pragma once

#include <memory>
#include <mutex>

#include "base/executor.h"
#include "telemetry/metrics/metric_store.h"
#include "telemetry/statsd/statsd_buckets.h"

namespace tocsin::telemetry {

class StatsdReceiver {
 public:
  /// `executor` is the store's. Both must outlive this object, which is destroyed on the executor or after it.
  StatsdReceiver(Executor& executor, MetricStore& metrics, Scope scope)
      : executor_(executor), metrics_(metrics), scope_(std::move(scope)) {}

  /// From any thread. Lines of a datagram are parted by line ends.
  void receive(std::string_view datagram);
  void start() { flush_later(); }
  /// Puts what has come so far; on the executor.
  void flush();
  /// Lines that were wrong, or for which there was no room.
  std::uint64_t lost() const;

 private:
  void flush_later();

  Executor& executor_;
  MetricStore& metrics_;
  const Scope scope_;
  mutable std::mutex mutex_;
  StatsdBuckets buckets_;
  std::uint64_t lost_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::telemetry
