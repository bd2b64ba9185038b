// An alarm mute rule: when it mutes, and what that makes of it now. Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
#pragma once

#include <optional>
#include <string>

#include "base/document.h"
#include "base/schedule/schedule.h"

namespace tocsin::detect {

enum class MuteStatus { scheduled, active, expired };
/// SCHEDULED, ACTIVE, EXPIRED.
std::string_view to_text(MuteStatus status);

/// While at least one occurrence of the schedule lasts: start inclusive, end exclusive.
struct MuteWindow {
  Instant start;
  Instant end;
};

struct MuteTerms {
  Schedule schedule;
  Duration duration;
  bool one_time;
  std::optional<Instant> start, expire;
};

/// ISO 8601 of days, hours, minutes and seconds (P2DT12H, P1W); `invalid` below a minute and above 15 days.
Result<Duration> parse_mute_duration(std::string_view text);
/// Of the members of PutAlarmMuteRule; `invalid` names what is wrong.
Result<MuteTerms> parse_mute_terms(const Document& definition);

std::optional<MuteWindow> mute_window_at(const MuteTerms& terms, Instant at);
MuteStatus mute_status(const MuteTerms& terms, Instant at);

}  // namespace tocsin::detect
