// Measures, spools and sends: once a round. The thread and the clock are its caller's.
#pragma once

#include <functional>
#include <string>

#include "agent/host_metrics/host_metrics.h"
#include "agent/host_metrics/metric_spool.h"
#include "base/clock.h"

namespace tocsin::agent {

class MetricSender {
 public:
  using Read = std::function<HostReading()>;
  /// Sends the body of a PutMetricData. `invalid`: it can never be taken; any other error: another time.
  using Send = std::function<Result<void>(const std::string& body)>;

  MetricSender(std::string host, MetricSpool& spool, Read read, Send send)
      : host_(std::move(host)), spool_(spool), read_(std::move(read)), send_(std::move(send)) {}

  /// Measures, keeps it, and sends what waits, the oldest first, until one is not taken.
  void round(Instant now);

 private:
  void keep(const std::vector<HostDatum>& data, Instant now);
  void send_waiting();

  const std::string host_;
  MetricSpool& spool_;
  const Read read_;
  const Send send_;
  std::optional<HostReading> before_;
  bool refused_ = false;  ///< so that the same trouble is said once
};

}  // namespace tocsin::agent
