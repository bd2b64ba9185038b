// What is scraped, as it is configured.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin::telemetry {

struct ScrapeTarget {
  std::string url;  ///< "http://127.0.0.1:9100/metrics"
  std::string job;  ///< the label `job`
  Duration every = std::chrono::seconds(15);
};

/// "URL[;job=NAME][;every=15s]": the path is /metrics when none is given, the job the host.
Result<ScrapeTarget> parse_scrape_target(std::string_view text);

/// HOST:PORT of its URL: the label `instance`.
std::string instance_of(const ScrapeTarget& target);

}  // namespace tocsin::telemetry
