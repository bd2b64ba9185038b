// The statistics of CloudWatch, parsed from their names and computed from an aggregate.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "telemetry/metrics/aggregate.h"

namespace tocsin::telemetry {

enum class StatisticKind {
  sample_count,
  sum,
  average,
  minimum,
  maximum,
  percentile,
  trimmed_mean,
  winsorized_mean,
  trimmed_count,
  trimmed_sum,
  percentile_rank
};

/// A bound of TM, WM, TC, TS or PR: a percentile (0 to 100) or a value; absent when open. The low one is excluded, the high one included.
struct StatisticBound {
  double at = 0;
  bool percent = false;
  bool operator==(const StatisticBound&) const = default;
};

struct Statistic {
  StatisticKind kind = StatisticKind::average;
  double percentile = 0;  ///< of pNN, 0 to 100
  std::optional<StatisticBound> low, high;
  bool operator==(const Statistic&) const = default;
};

/// SampleCount Sum Average Minimum Maximum pNN TM() WM() TC() TS() PR() IQM, and tmNN wmNN tcNN tsNN; nullopt for anything else.
std::optional<Statistic> parse_statistic(std::string_view name);
/// Its name, in the shortest way to write it.
std::string to_text(const Statistic& statistic);
/// Whether it is one of the five that need no single values.
bool is_basic(const Statistic& statistic);
/// One of those five, of a period that has samples.
inline double basic_figure(StatisticKind kind, double count, double sum, double minimum, double maximum) {
  switch (kind) {
    case StatisticKind::sample_count:
      return count;
    case StatisticKind::sum:
      return sum;
    case StatisticKind::minimum:
      return minimum;
    case StatisticKind::maximum:
      return maximum;
    default:
      return sum / count;
  }
}
/// nullopt when the period has no samples, or the statistic needs single values and they are unknown or negative.
std::optional<double> compute(const Statistic& statistic, const Aggregate& aggregate);

}  // namespace tocsin::telemetry
