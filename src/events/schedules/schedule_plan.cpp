#include "events/schedules/schedule_plan.h"

#include <fmt/format.h>

#include "base/schedule/schedule.h"

namespace tocsin::events {
namespace {

std::unexpected<Error> invalid(std::string words) { return fail(ErrorKind::invalid, std::move(words), "ValidationException"); }
bool is_at(const SchedulePlan& plan) { return plan.expression.starts_with("at("); }

}  // namespace

Result<void> check_plan(const SchedulePlan& plan, Instant now) {
  if (!is_time_zone(plan.zone)) return invalid(fmt::format("Invalid Schedule Expression Timezone {}.", plan.zone));
  if (!parse_schedule(plan.expression, plan.zone)) return invalid(fmt::format("Invalid Schedule Expression {}.", plan.expression));
  // of one time only, the dates are not looked at
  if (is_at(plan)) return {};
  if (plan.start && plan.end && *plan.end <= *plan.start) return invalid("The StartDate you specify must come before the EndDate.");
  if (plan.end && *plan.end <= now) return invalid("The EndDate you specify cannot be earlier than the present time.");
  return {};
}

std::optional<Instant> next_due(const SchedulePlan& plan, Instant after) {
  const auto schedule = parse_schedule(plan.expression, plan.zone);
  if (!schedule) return std::nullopt;
  if (is_at(plan)) return schedule->next_after(after, plan.created_at);
  const Instant anchor = plan.start.value_or(plan.created_at);
  std::optional<Instant> due;
  if (plan.start && *plan.start > after) {
    // a rate begins with its start; a cron at its first time from there on
    due = schedule->is_rate() ? plan.start : schedule->next_after(*plan.start - Duration(1), anchor);
  } else {
    due = schedule->next_after(after, anchor);
  }
  return due && plan.end && *due > *plan.end ? std::nullopt : due;
}

}  // namespace tocsin::events
