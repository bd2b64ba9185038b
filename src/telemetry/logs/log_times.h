// Which times of events are taken. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
#pragma once

#include <cstdint>
#include <optional>

namespace tocsin::telemetry {

inline constexpr std::int64_t log_age_ms_max = 14LL * 86'400'000;
inline constexpr std::int64_t log_ahead_ms_max = 2LL * 3'600'000;

enum class TimeJudgement { taken, too_old, expired, too_new };

/// `expired`: older than the group keeps, which may be less than 14 days.
constexpr TimeJudgement judge_time(std::int64_t time_ms, std::int64_t now_ms, std::optional<std::int64_t> retention_days) {
  if (time_ms > now_ms + log_ahead_ms_max) return TimeJudgement::too_new;
  if (time_ms < now_ms - log_age_ms_max) return TimeJudgement::too_old;
  if (retention_days && time_ms < now_ms - *retention_days * 86'400'000) return TimeJudgement::expired;
  return TimeJudgement::taken;
}

}  // namespace tocsin::telemetry
