// What is unusual about a pattern of a log group, as an anomaly. Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/LogsAnomalyDetection.html
#pragma once

#include "base/document.h"
#include "telemetry/logs/pattern_counts/counted_pattern.h"

namespace tocsin::detect {

struct AnomalyFinding {
  std::string description, priority;  ///< HIGH, MEDIUM or LOW
};

/// Nothing when the pattern behaves as it did. `learned_ms`: what came before then is known, not new.
std::optional<AnomalyFinding> judge_pattern(const telemetry::CountedPattern& pattern, const telemetry::ChangeSpan& span,
                                            std::int64_t learned_ms);

/// The members of an Anomaly that are the pattern's: patternId, patternString, patternRegex, histogram, logSamples, patternTokens.
Object pattern_members(const telemetry::CountedPattern& pattern, const telemetry::ChangeSpan& span);

}  // namespace tocsin::detect
