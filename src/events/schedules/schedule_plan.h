// When a schedule is due next. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin::events {

struct SchedulePlan {
  std::string expression;
  std::string zone = "UTC";
  std::optional<Instant> start, end;
  Instant created_at;  ///< what a rate counts from without a start
};

/// Refuses in the service's words.
Result<void> check_plan(const SchedulePlan& plan, Instant now);
/// The first time after `after`, or none any more. A rate is due at once when it begins.
std::optional<Instant> next_due(const SchedulePlan& plan, Instant after);

}  // namespace tocsin::events
