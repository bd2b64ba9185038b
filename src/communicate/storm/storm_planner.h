// Whether a person is told now, in a digest, or later. Pure: README.md says the rules.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "communicate/storm/quiet_hours.h"

namespace tocsin::storm {

struct Policy {
  int at_once_max = 3;
  Duration at_once_window = std::chrono::minutes(5);
  int at_once_hour_max = 8;
  int repeats_max = 12;  ///< messages in an hour, repeats of known pages among them
  Duration digest_first = std::chrono::minutes(1);
  Duration digest_next = std::chrono::minutes(5);
  Duration digest_pause_max = std::chrono::minutes(30);
  int flaps_max = 4;
  Duration flap_window = std::chrono::hours(1);
  int low_urgency_from = 4;  ///< impacts 4 and 5
  std::optional<QuietHours> quiet;
};

/// What a person was sent in the last hour.
struct Told {
  enum class Kind { page, folded, digest };
  Instant at;
  Kind kind = Kind::page;
  int impact = 3;
  std::string group;  ///< what it was about: the alarm, the plan
};

struct Notice {
  std::string group;
  int impact = 3;       ///< 1 the worst … 5
  bool repeat = false;  ///< of a page that the person was sent before
};

enum class Act {
  send,
  fold,  ///< into the digest at `due`
  hold,  ///< the same, because of quiet hours
};

struct Plan {
  Act act = Act::send;
  Instant due;
  std::string words;  ///< to be said in the message that is sent, or why it was not; may be empty
};

/// `told`: of the last hour, in any order. `digest_due`: of the digest that waits already.
Plan plan(const Policy& policy, const std::vector<Told>& told, std::optional<Instant> digest_due, const Notice& notice, Instant now);

}  // namespace tocsin::storm
