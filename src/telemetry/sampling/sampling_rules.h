// X-Ray's sampling rules, and the quotas that clients get of their reservoirs.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "model/scope.h"
#include "storage/state_executor.h"

namespace tocsin::telemetry {

struct SamplingRule {
  std::string name;
  Document definition;  ///< as the API's SamplingRule, with its ARN
  Instant created{}, modified{};
};

struct SamplingReport {
  std::string rule, client;
  Instant at{};
  std::int64_t requests = 0, sampled = 0, borrowed = 0;
};
struct SamplingTarget {
  std::string rule;
  double fixed_rate = 0;
  std::int64_t quota = 0;
  Instant quota_until{};
};
struct SamplingSummary {
  std::string rule;
  Instant at{};
  std::int64_t requests = 0, sampled = 0, borrowed = 0;
};

inline constexpr const char* default_rule = "Default";
inline constexpr std::size_t sampling_rules_max = 25;
inline constexpr std::int64_t report_every_s = 10;

class SamplingRules {
 public:
  explicit SamplingRules(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  static std::string arn(const Scope& scope, const std::string& name);
  /// By priority, then name; the default rule last.
  std::vector<SamplingRule> list(const Scope& scope);
  std::optional<SamplingRule> find(const Scope& scope, const std::string& name);
  /// Makes or replaces it.
  SamplingRule put(const Scope& scope, Document definition);
  void remove(const Scope& scope, const std::string& name);
  /// When a rule was last made, changed or removed.
  Instant last_modified(const Scope& scope);

  /// Notes what a client did, and gives it its share of the reservoir; nullopt when there is no such rule.
  std::optional<SamplingTarget> report(const Scope& scope, const SamplingReport& report);
  /// What all clients reported, newest first.
  std::vector<SamplingSummary> summaries(const Scope& scope);

 private:
  void note_change(const Scope& scope);

  storage::StateExecutor& state_;
};

/// The part of a reservoir for the client at `index` of `count`: they add up to the whole. Pure.
std::int64_t share_of(std::int64_t reservoir, std::size_t index, std::size_t count);

}  // namespace tocsin::telemetry
