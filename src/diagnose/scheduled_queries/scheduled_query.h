// A scheduled query as values: its definition, when it runs next, and what of the logs a run looks at. Pure.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateScheduledQuery.html
#pragma once

#include <optional>

#include "base/document.h"
#include "base/schedule/schedule.h"

namespace tocsin::diagnose {

/// The schedule of a definition (the members of CreateScheduledQuery). `invalid`.
Result<Schedule> schedule_of(const Document& definition);
/// `invalid` names the member and what is wrong with it.
Result<void> check_scheduled_query(const Document& definition);
/// The next run after `after`, within the definition's start and end; nothing when there is none, or it is disabled.
std::optional<Instant> next_run(const Document& definition, Instant after, Instant created);

struct QuerySpan {
  std::int64_t from_s = 0, to_s = 0;
};
/// What a run at `at` looks at: from startTimeOffset seconds before it to endTimeOffset seconds before it. Without startTimeOffset: since
/// the run before, or an hour.
QuerySpan span_of_run(const Document& definition, Instant at, std::optional<Instant> before);

/// s3://BUCKET/PREFIX as a path below the exports.
std::string path_of_s3_uri(const std::string& uri);

/// Times that callers write in seconds or milliseconds since 1970.
Instant instant_of(std::int64_t seconds_or_ms);

}  // namespace tocsin::diagnose
