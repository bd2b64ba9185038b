// What a page, a status page and a review say about the alarm behind an incident, read from the alarm's event (or an alarm action's same
// JSON). Pure. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/document.h"

namespace tocsin::incidents {

struct AlarmFacts {
  std::string name;
  std::string metric;           ///< "Shop/ErrorRate"; may be empty
  std::string state;            ///< OK, ALARM, INSUFFICIENT_DATA
  std::string reason;           ///< the service's own words
  std::optional<double> value;  ///< the newest evaluated datapoint
  std::optional<double> threshold;
  std::optional<double> normal;      ///< the median of the datapoints that did not breach, when any was seen
  std::optional<Instant> first_bad;  ///< of the oldest breaching datapoint of those evaluated
  std::optional<Instant> changed;    ///< the transition
  std::string first_bad_text;        ///< that datapoint in words, the evidence
};

/// Takes the whole event or only its detail; nullopt when it is not about an alarm.
std::optional<AlarmFacts> alarm_facts(const Document& event);
std::optional<AlarmFacts> alarm_facts(std::string_view json_text);

/// "18 (threshold 5, normal 0.2)"
std::string value_in_words(const AlarmFacts& facts);
/// Up to three significant decimals, no trailing zeros: "0.2", "18", "1503.25".
std::string number_in_words(double value);

}  // namespace tocsin::incidents
