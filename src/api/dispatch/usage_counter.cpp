#include "api/dispatch/usage_counter.h"

namespace tocsin::api {
namespace {
using namespace std::chrono_literals;

/// Just before the minute ends, so that the datapoint stands in the minute of its calls.
Instant next_flush(Instant now) {
  const Instant due = std::chrono::floor<std::chrono::minutes>(now) + 59s + 900ms;
  return due > now ? due : due + 1min;
}
}  // namespace

void UsageCounter::count(const Scope& scope, std::string_view service, std::string_view operation) {
  if (counts_.empty()) timer_ = executor_.post_at(next_flush(executor_.now()), [this] { flush(); });
  counts_[{scope, std::string(service), std::string(operation)}] += 1;
}

void UsageCounter::flush() {
  const auto counts = std::exchange(counts_, {});
  for (const auto& [key, calls] : counts) {
    const auto& [scope, service, operation] = key;
    metrics_.record(scope, "AWS/Usage", "CallCount", {{"Service", service}, {"Type", "API"}, {"Resource", operation}, {"Class", "None"}},
                    calls, "None");
  }
}

}  // namespace tocsin::api
