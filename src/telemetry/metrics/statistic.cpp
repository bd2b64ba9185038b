#include "telemetry/metrics/statistic.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace tocsin::telemetry {
namespace {

constexpr std::size_t decimals_max = 10;

std::optional<double> parse_number(std::string_view text) {
  if (text.empty() || text.front() == '+') return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  const auto point = text.find('.');
  if (point != std::string_view::npos && text.size() - point - 1 > decimals_max) return std::nullopt;
  return value;
}

std::optional<double> parse_percent(std::string_view text) {
  const auto value = parse_number(text);
  if (!value || *value < 0 || *value > 100) return std::nullopt;
  return value;
}

bool parse_bound(std::string_view text, std::optional<StatisticBound>& bound) {
  if (text.empty()) return true;
  const bool percent = text.back() == '%';
  if (percent) text.remove_suffix(1);
  const auto value = percent ? parse_percent(text) : parse_number(text);
  if (!value) return false;
  bound = StatisticBound{*value, percent};
  return true;
}

struct Name {
  std::string_view upper, lower;
  StatisticKind kind;
};
constexpr Name trimmed_names[] = {{"TM", "tm", StatisticKind::trimmed_mean},
                                  {"WM", "wm", StatisticKind::winsorized_mean},
                                  {"TC", "tc", StatisticKind::trimmed_count},
                                  {"TS", "ts", StatisticKind::trimmed_sum},
                                  {"PR", "", StatisticKind::percentile_rank}};

std::optional<Statistic> parse_bounded(StatisticKind kind, std::string_view inner) {
  const auto colon = inner.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Statistic statistic{.kind = kind, .low = {}, .high = {}};
  if (!parse_bound(inner.substr(0, colon), statistic.low) || !parse_bound(inner.substr(colon + 1), statistic.high)) return std::nullopt;
  if (!statistic.low && !statistic.high) return std::nullopt;
  const bool mixed = statistic.low && statistic.high && statistic.low->percent != statistic.high->percent;
  if (mixed || (statistic.low && statistic.high && statistic.low->at > statistic.high->at)) return std::nullopt;
  const bool percent = (statistic.low && statistic.low->percent) || (statistic.high && statistic.high->percent);
  if (kind == StatisticKind::percentile_rank && percent) return std::nullopt;
  return statistic;
}

std::optional<Statistic> parse_trimmed(std::string_view name) {
  if (name.size() < 3) return std::nullopt;
  const std::string_view head = name.substr(0, 2);
  for (const Name& each : trimmed_names) {
    if (head == each.upper && name.size() > 4 && name[2] == '(' && name.back() == ')')
      return parse_bounded(each.kind, name.substr(3, name.size() - 4));
    if (each.lower.empty() || head != each.lower) continue;
    const auto value = parse_percent(name.substr(2));
    if (!value) return std::nullopt;
    return Statistic{.kind = each.kind, .low = {}, .high = StatisticBound{*value, true}};
  }
  return std::nullopt;
}

/// The part of the samples between the bounds, and the values at which the bounds stand.
struct Trimmed {
  double count = 0, sum = 0;
  double count_below = 0, count_above = 0;
  double low_value = 0, high_value = 0;
};

Trimmed trim(const Statistic& statistic, const Distribution& values) {
  const double total = values.count();
  const bool percent = (statistic.low && statistic.low->percent) || (statistic.high && statistic.high->percent);
  const double low_rank = statistic.low ? statistic.low->at / 100 * total : 0;
  const double high_rank = statistic.high ? statistic.high->at / 100 * total : total;
  // of bins: the one that a bound lies in is wholly up to that bound, so that counts of whole numbers are exact as far as bins tell them
  // apart
  const auto up_to = [&](const std::optional<StatisticBound>& bound) {
    if (!bound || percent) return 0.0;
    return values.exact() ? bound->at : Distribution::value_of(Distribution::bin_of(bound->at));
  };
  const double low_at = up_to(statistic.low), high_at = up_to(statistic.high);
  Trimmed trimmed;
  double seen = 0;
  for (const WeightedValue& each : values.values()) {
    const double from = seen, to = seen + each.count;
    seen = to;
    double below = 0, above = 0;
    if (percent) {
      below = std::clamp(low_rank - from, 0.0, each.count);
      above = std::clamp(to - high_rank, 0.0, each.count - below);
    } else {
      if (statistic.low && each.value <= low_at)
        below = each.count;
      else if (statistic.high && each.value > high_at)
        above = each.count;
    }
    const double inside = each.count - below - above;
    trimmed.count += inside;
    trimmed.sum += inside * each.value;
    trimmed.count_below += below;
    trimmed.count_above += above;
  }
  if (statistic.low) trimmed.low_value = statistic.low->percent ? values.quantile(statistic.low->at / 100) : statistic.low->at;
  if (statistic.high) trimmed.high_value = statistic.high->percent ? values.quantile(statistic.high->at / 100) : statistic.high->at;
  return trimmed;
}

std::optional<double> compute_from_values(const Statistic& statistic, const Aggregate& aggregate) {
  const Distribution values = aggregate.known_values();
  if (values.empty() || values.values().front().value < 0) return std::nullopt;
  if (statistic.kind == StatisticKind::percentile)
    return std::clamp(values.quantile(statistic.percentile / 100), aggregate.minimum, aggregate.maximum);
  const Trimmed trimmed = trim(statistic, values);
  const double total = values.count();
  switch (statistic.kind) {
    case StatisticKind::trimmed_count:
      return trimmed.count;
    case StatisticKind::trimmed_sum:
      return trimmed.sum;
    case StatisticKind::percentile_rank:
      return 100 * trimmed.count / total;
    case StatisticKind::winsorized_mean:
      return (trimmed.sum + trimmed.count_below * trimmed.low_value + trimmed.count_above * trimmed.high_value) / total;
    default:
      break;
  }
  if (trimmed.count <= 0) return std::nullopt;
  return trimmed.sum / trimmed.count;
}

}  // namespace

std::optional<Statistic> parse_statistic(std::string_view name) {
  using Kind = StatisticKind;
  if (name == "SampleCount") return Statistic{.kind = Kind::sample_count, .low = {}, .high = {}};
  if (name == "Sum") return Statistic{.kind = Kind::sum, .low = {}, .high = {}};
  if (name == "Average") return Statistic{.kind = Kind::average, .low = {}, .high = {}};
  if (name == "Minimum") return Statistic{.kind = Kind::minimum, .low = {}, .high = {}};
  if (name == "Maximum") return Statistic{.kind = Kind::maximum, .low = {}, .high = {}};
  if (name == "IQM") return Statistic{.kind = Kind::trimmed_mean, .low = StatisticBound{25, true}, .high = StatisticBound{75, true}};
  if (name.size() > 1 && name.front() == 'p') {
    const auto value = parse_percent(name.substr(1));
    if (!value) return std::nullopt;
    return Statistic{.kind = Kind::percentile, .percentile = *value, .low = {}, .high = {}};
  }
  return parse_trimmed(name);
}

namespace {

std::string number_text(double number) {
  std::array<char, 400> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed).ptr;
  return {buffer.data(), end};
}

std::string bound_text(const std::optional<StatisticBound>& bound) {
  return bound ? number_text(bound->at) + (bound->percent ? "%" : "") : std::string();
}

std::string trimmed_text(const Statistic& statistic) {
  const Name* name =
      std::find_if(std::begin(trimmed_names), std::end(trimmed_names), [&](const Name& each) { return each.kind == statistic.kind; });
  if (statistic == *parse_statistic("IQM")) return "IQM";
  if (!statistic.low && statistic.high && statistic.high->percent && !name->lower.empty())
    return std::string(name->lower) + number_text(statistic.high->at);
  return std::string(name->upper) + '(' + bound_text(statistic.low) + ':' + bound_text(statistic.high) + ')';
}

}  // namespace

std::string to_text(const Statistic& statistic) {
  switch (statistic.kind) {
    case StatisticKind::sample_count:
      return "SampleCount";
    case StatisticKind::sum:
      return "Sum";
    case StatisticKind::average:
      return "Average";
    case StatisticKind::minimum:
      return "Minimum";
    case StatisticKind::maximum:
      return "Maximum";
    case StatisticKind::percentile:
      return 'p' + number_text(statistic.percentile);
    default:
      return trimmed_text(statistic);
  }
}

bool is_basic(const Statistic& statistic) { return statistic.kind <= StatisticKind::maximum; }

std::optional<double> compute(const Statistic& statistic, const Aggregate& aggregate) {
  if (aggregate.count <= 0) return std::nullopt;
  if (!is_basic(statistic)) return compute_from_values(statistic, aggregate);
  return basic_figure(statistic.kind, aggregate.count, aggregate.sum, aggregate.minimum, aggregate.maximum);
}

}  // namespace tocsin::telemetry
