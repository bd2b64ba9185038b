#include "diagnose/scheduled_queries/scheduled_query.h"

#include <algorithm>

namespace tocsin::diagnose {
namespace {
constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t seconds_max = 100'000'000'000;

bool is_name(const std::string& name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/.#") == std::string::npos;
}
}  // namespace

Instant instant_of(std::int64_t time) { return instant_from_ms(time > seconds_max ? time : time * 1000); }

Result<Schedule> schedule_of(const Document& definition) {
  const std::string zone = text_or(definition, "timezone", "UTC");
  if (!is_time_zone(zone)) return fail(ErrorKind::invalid, "The timezone " + zone + " is not an IANA time zone.");
  auto schedule = parse_schedule(text_or(definition, "scheduleExpression"), zone);
  if (!schedule) return fail(ErrorKind::invalid, "The scheduleExpression is not valid: " + schedule.error().message);
  return schedule;
}

Result<void> check_scheduled_query(const Document& definition) {
  if (!is_name(text_or(definition, "name")))
    return fail(ErrorKind::invalid, "The name may have letters, digits, underscores, hyphens, slashes, periods and hash signs.");
  if (auto schedule = schedule_of(definition); !schedule) return std::unexpected(schedule.error());
  const std::int64_t start = integer_or(definition, "startTimeOffset", hour_s), end = integer_or(definition, "endTimeOffset", 0);
  if (start <= 0) return fail(ErrorKind::invalid, "startTimeOffset must be greater than 0 seconds.");
  if (end < 0 || end >= start) return fail(ErrorKind::invalid, "endTimeOffset must be at least 0 and less than startTimeOffset.");
  const auto from = integer_at(definition, "scheduleStartTime"), to = integer_at(definition, "scheduleEndTime");
  if (from && to && instant_of(*to) <= instant_of(*from))
    return fail(ErrorKind::invalid, "scheduleEndTime must be after scheduleStartTime.");
  return {};
}

std::optional<Instant> next_run(const Document& definition, Instant after, Instant created) {
  if (text_or(definition, "state", "ENABLED") != "ENABLED") return std::nullopt;
  const auto schedule = schedule_of(definition);
  if (!schedule) return std::nullopt;
  Instant anchor = created;
  if (const auto start = integer_at(definition, "scheduleStartTime"); start && instant_of(*start) > after) {
    anchor = instant_of(*start);
    after = anchor - std::chrono::nanoseconds(1);
    if (schedule->is_rate()) return anchor;
  }
  const auto next = schedule->next_after(after, anchor);
  if (!next) return std::nullopt;
  if (const auto end = integer_at(definition, "scheduleEndTime"); end && *next > instant_of(*end)) return std::nullopt;
  return next;
}

QuerySpan span_of_run(const Document& definition, Instant at, std::optional<Instant> before) {
  const std::int64_t now_s = to_seconds(at), to_s = now_s - integer_or(definition, "endTimeOffset", 0);
  if (const auto offset = integer_at(definition, "startTimeOffset")) return {now_s - *offset, to_s};
  return {before && *before < at ? to_seconds(*before) : now_s - hour_s, to_s};
}

std::string path_of_s3_uri(const std::string& uri) {
  constexpr std::string_view scheme = "s3://";
  std::string path = uri.starts_with(scheme) ? uri.substr(scheme.size()) : uri;
  std::string clean;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string part = path.substr(at, slash - at);
    // no way out of the folder
    if (!part.empty() && part != "." && part != "..") clean += (clean.empty() ? "" : "/") + part;
    at = slash + 1;
  }
  return clean;
}

}  // namespace tocsin::diagnose
