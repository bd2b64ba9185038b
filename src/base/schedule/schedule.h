// When something recurs: rate, cron and at, in a time zone. One engine for rules, mute rules, maintenance and rotations.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
// Daylight saving: a local time that does not exist that day is skipped; one that exists twice happens once, at its first. A rate knows no
// zone: n days are n × 24 h.
#pragma once

#include <bitset>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin {

/// Which days of a month a cron's day fields name; a day matches when any of its parts does.
struct CronDays {
  bool any = false;                   ///< "*" or "?"
  std::bitset<32> days;               ///< of the month, 1 to 31
  bool last_day = false;              ///< L
  bool last_weekday = false;          ///< LW
  std::vector<int> days_before_last;  ///< L-3
  std::vector<int> nearest_weekdays;  ///< 15W: the weekday nearest to the 15th, within the month
};

struct CronWeekdays {
  bool any = false;
  std::bitset<7> weekdays;                      ///< 0 is Sunday
  std::vector<int> last;                        ///< 5L: the last of the month
  std::vector<std::pair<int, int>> occurrence;  ///< 3#2: weekday and which of the month
};

struct Cron {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  CronDays days;
  std::bitset<13> months;  ///< 1 to 12
  CronWeekdays weekdays;
  std::bitset<230> years;   ///< since 1970
  bool either_day = false;  ///< five fields: when both day fields are restricted, one of them suffices
};

struct Rate {
  Duration period;
};

/// A local time, as seconds since 1970 if the zone were UTC.
struct At {
  std::int64_t local_seconds;
};

/// Immutable; threads: any.
class Schedule {
 public:
  Schedule(std::variant<Rate, Cron, At> when, std::string zone) : when_(std::move(when)), zone_(std::move(zone)) {}

  /// The first time after `after`, or nullopt when there is none any more. A rate counts from `anchor`; the others ignore it.
  std::optional<Instant> next_after(Instant after, Instant anchor) const;
  const std::string& zone() const { return zone_; }
  bool is_rate() const { return std::holds_alternative<Rate>(when_); }

 private:
  std::variant<Rate, Cron, At> when_;
  std::string zone_;
};

/// `rate(5 minutes)`, `cron(…)` with six fields (minute hour day month weekday year; L W # ?; SUN is 1), `at(yyyy-mm-ddThh:mm:ss)`. The
/// zone is an IANA name.
Result<Schedule> parse_schedule(std::string_view expression, const std::string& zone = "UTC");
/// As alarm mute rules write them: `cron(…)` with five fields (minute hour day month weekday; SUN is 0 or 7; when both day fields are
/// restricted, one of them suffices), or `at(yyyy-mm-ddThh:mm)`.
Result<Schedule> parse_mute_schedule(std::string_view expression, const std::string& zone = "UTC");
bool is_time_zone(const std::string& name);

}  // namespace tocsin
