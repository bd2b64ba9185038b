// The fields of a cron expression.
#pragma once

#include <string_view>

#include "base/schedule/schedule.h"

namespace tocsin {

/// Six fields, as EventBridge reads them. Errors are `invalid` with what is wrong where.
Result<Cron> parse_six_fields(std::string_view fields);
Result<Cron> parse_five_fields(std::string_view fields);

}  // namespace tocsin
