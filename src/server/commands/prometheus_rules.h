// A rules file of Prometheus, read: its alerting rules as alarms. Pure.
// https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"

namespace tocsin::server {

struct ImportedRules {
  std::vector<Document> alarms;       ///< inputs of PutMetricAlarm
  std::vector<std::string> left_out;  ///< in words: recording rules, and alerts that cannot be alarms
};

struct ImportSettings {
  std::vector<std::string> alarm_actions;
  std::vector<std::string> ok_actions;
  std::int64_t interval_s = 60;  ///< of groups that name none
};

/// An alert is named by its own name; of several of one name the later ones also by their group and place. `for` is the pending period,
/// `keep_firing_for` the recovery period, its group's interval (rounded up to one that alarms have) the evaluation interval; labels become
/// tags, annotations the description. `invalid` for a file that is none.
Result<ImportedRules> read_prometheus_rules(std::string_view yaml, const ImportSettings& settings);

/// 10, 20, 30 or the next multiple of 60, up to an hour.
std::int64_t alarm_interval_s(std::int64_t seconds);

}  // namespace tocsin::server
