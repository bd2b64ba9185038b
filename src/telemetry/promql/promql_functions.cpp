#include "telemetry/promql/promql_functions.h"

#include <date/date.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

namespace tocsin::promql {
namespace {

using enum ValueType;
constexpr double infinity = std::numeric_limits<double>::infinity(), not_a_number = std::numeric_limits<double>::quiet_NaN();

/// A sum that carries what rounding loses (Neumaier).
struct CarefulSum {
  double sum = 0, carry = 0;
  void add(double value) {
    const double total = sum + value;
    if (std::fabs(sum) >= std::fabs(value))
      carry += (sum - total) + value;
    else
      carry += (value - total) + sum;
    sum = total;
  }
  double value() const { return sum + carry; }
};

/// As the service of the language does it: the increase from the first to the last sample, extended to the ends of the range.
std::optional<double> extrapolated(const RangeArguments& range, bool counter, bool per_second) {
  const auto& samples = range.samples;
  if (samples.size() < 2) return std::nullopt;
  double increase = samples.back().value - samples.front().value;
  if (counter)
    for (std::size_t i = 1; i < samples.size(); ++i)
      if (samples[i].value < samples[i - 1].value) increase += samples[i - 1].value;
  double to_start = static_cast<double>(samples.front().time_ms - range.range_start_ms) / 1000;
  const double to_end = static_cast<double>(range.range_end_ms - samples.back().time_ms) / 1000;
  const double sampled = static_cast<double>(samples.back().time_ms - samples.front().time_ms) / 1000;
  const double between = sampled / static_cast<double>(samples.size() - 1);
  // a counter was not below zero
  if (counter && increase > 0 && samples.front().value >= 0) to_start = std::min(to_start, sampled * (samples.front().value / increase));
  const double threshold = between * 1.1;
  double extended = sampled;
  extended += to_start < threshold ? to_start : between / 2;
  extended += to_end < threshold ? to_end : between / 2;
  double factor = extended / sampled;
  if (per_second) factor /= range.range_s;
  return increase * factor;
}

std::optional<double> between_last_two(const RangeArguments& range, bool rate) {
  if (range.samples.size() < 2) return std::nullopt;
  const Sample &last = range.samples.back(), &before = range.samples[range.samples.size() - 2];
  const double change = rate && last.value < before.value ? last.value : last.value - before.value;
  const std::int64_t ms = last.time_ms - before.time_ms;
  if (ms == 0) return std::nullopt;
  return rate ? change / (static_cast<double>(ms) / 1000) : change;
}

struct Line {
  double slope, intercept;
};

Line regression(const std::vector<Sample>& samples, std::int64_t zero_ms) {
  CarefulSum x, y, xy, xx;
  bool constant = true;
  for (const Sample& sample : samples) {
    constant = constant && sample.value == samples.front().value;
    const double at = static_cast<double>(sample.time_ms - zero_ms) / 1e3;
    x.add(at);
    y.add(sample.value);
    xy.add(at * sample.value);
    xx.add(at * at);
  }
  if (constant) return std::isinf(samples.front().value) ? Line{not_a_number, not_a_number} : Line{0, samples.front().value};
  const auto n = static_cast<double>(samples.size());
  const double covariance = xy.value() - x.value() * y.value() / n, variance = xx.value() - x.value() * x.value() / n;
  const double slope = covariance / variance;
  return {slope, y.value() / n - slope * x.value() / n};
}

double average(const std::vector<Sample>& samples) {
  double mean = 0, count = 0, carry = 0;
  for (const Sample& sample : samples) {
    ++count;
    if (std::isinf(mean)) {
      if (std::isinf(sample.value) && (mean > 0) == (sample.value > 0)) continue;
      if (!std::isinf(sample.value) && !std::isnan(sample.value)) continue;
    }
    CarefulSum sum{mean, carry};
    sum.add(sample.value / count - mean / count);
    mean = sum.sum;
    carry = sum.carry;
  }
  return std::isinf(mean) ? mean : mean + carry;
}

double variance(const std::vector<Sample>& samples) {
  double count = 0;
  CarefulSum mean, aux;
  for (const Sample& sample : samples) {
    ++count;
    const double delta = sample.value - mean.value();
    mean.add(delta / count);
    aux.add(delta * (sample.value - mean.value()));
  }
  return aux.value() / count;
}

double extreme(const std::vector<Sample>& samples, bool greatest) {
  double best = samples.front().value;
  for (const Sample& sample : samples)
    if (std::isnan(best) || (greatest ? sample.value > best : sample.value < best)) best = sample.value;
  return best;
}

double count_if_turned(const std::vector<Sample>& samples, bool only_down) {
  double count = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const double before = samples[i - 1].value, now = samples[i].value;
    if (only_down ? now < before : now != before && !(std::isnan(now) && std::isnan(before))) ++count;
  }
  return count;
}

std::optional<double> smoothed(const RangeArguments& range) {
  const double sf = range.first, tf = range.second;
  const auto& samples = range.samples;
  if (samples.size() < 2) return std::nullopt;
  double before = 0, now = samples[0].value, trend = samples[1].value - samples[0].value;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const double scaled = sf * samples[i].value;
    if (i > 1) trend = tf * (now - before) + (1 - tf) * trend;
    const double expected = (1 - sf) * (now + trend);
    before = now;
    now = scaled + expected;
  }
  return now;
}

/// A moment as Go's time tells it, in which a Prometheus is written: 64 bits of seconds from a first year on, and any number that does not
/// fit is the least that does.
struct CalendarTime {
  explicit CalendarTime(double seconds) {
    constexpr std::uint64_t first_second_to_1970 = 9'223'372'028'715'321'600;
    constexpr std::int64_t first_year = -292'277'022'399;
    constexpr std::uint64_t day_s = 86'400, cycle_days = 146'097;  // 400 years
    const bool fits = seconds >= -0x1p63 && seconds < 0x1p63;
    const std::int64_t whole = fits ? static_cast<std::int64_t>(seconds) : std::numeric_limits<std::int64_t>::min();
    const std::uint64_t since_first = static_cast<std::uint64_t>(whole) + first_second_to_1970, days = since_first / day_s;
    second_of_day = static_cast<double>(since_first % day_s);
    // every cycle is as that of 2001
    const date::sys_days cycle_begin = date::year(2001) / 1 / 1;
    day = cycle_begin + date::days(static_cast<int>(days % cycle_days));
    date = day;
    year = static_cast<double>(static_cast<std::int64_t>(days / cycle_days * 400) + int(date.year()) - 2001 + first_year);
  }
  date::sys_days day;         ///< in the cycle
  date::year_month_day date;  ///< of it
  double year;                ///< the true one
  double second_of_day;
};

double number_of(unsigned value) { return static_cast<double>(value); }

std::vector<double> values_of(const std::vector<Sample>& samples) {
  std::vector<double> values;
  for (const Sample& sample : samples) values.push_back(sample.value);
  return values;
}

const std::map<std::string_view, FunctionSignature>& signatures() {
  static const auto made = [] {
    std::map<std::string_view, FunctionSignature> all;
    for (const std::string_view name :
         {"abs", "absent", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil",      "cos",  "cosh", "deg",  "exp",      "floor",
          "ln",  "log10",  "log2", "rad",   "sgn",  "sin",   "sinh", "sort",  "sort_desc", "sqrt", "tan",  "tanh", "timestamp"})
      all[name] = {{vector}};
    for (const std::string_view name : {"absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "idelta",
                                        "increase", "irate", "last_over_time", "max_over_time", "min_over_time", "present_over_time",
                                        "rate", "resets", "stddev_over_time", "stdvar_over_time", "sum_over_time"})
      all[name] = {{matrix}};
    for (const std::string_view name : {"day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"})
      all[name] = {{vector}, 1};
    all["clamp"] = {{vector, scalar, scalar}};
    all["clamp_max"] = all["clamp_min"] = {{vector, scalar}};
    all["round"] = {{vector, scalar}, 1};
    all["histogram_quantile"] = {{scalar, vector}};
    all["quantile_over_time"] = {{scalar, matrix}};
    all["predict_linear"] = {{matrix, scalar}};
    all["holt_winters"] = {{matrix, scalar, scalar}};
    all["label_replace"] = {{vector, text, text, text, text}};
    all["label_join"] = {{vector, text, text, text}, -1};
    all["pi"] = all["time"] = {{}, 0, scalar};
    all["scalar"] = {{vector}, 0, scalar};
    all["vector"] = {{scalar}};
    return all;
  }();
  return made;
}

}  // namespace

const FunctionSignature* find_function(std::string_view name) {
  const auto found = signatures().find(name);
  return found == signatures().end() ? nullptr : &found->second;
}

OfNumber find_number_function(std::string_view name) {
  static const std::map<std::string_view, OfNumber> known = {{"abs", [](double v) { return std::fabs(v); }},
                                                             {"acos", [](double v) { return std::acos(v); }},
                                                             {"acosh", [](double v) { return std::acosh(v); }},
                                                             {"asin", [](double v) { return std::asin(v); }},
                                                             {"asinh", [](double v) { return std::asinh(v); }},
                                                             {"atan", [](double v) { return std::atan(v); }},
                                                             {"atanh", [](double v) { return std::atanh(v); }},
                                                             {"ceil", [](double v) { return std::ceil(v); }},
                                                             {"cos", [](double v) { return std::cos(v); }},
                                                             {"cosh", [](double v) { return std::cosh(v); }},
                                                             {"exp", [](double v) { return std::exp(v); }},
                                                             {"floor", [](double v) { return std::floor(v); }},
                                                             {"ln", [](double v) { return std::log(v); }},
                                                             {"log10", [](double v) { return std::log10(v); }},
                                                             {"log2", [](double v) { return std::log2(v); }},
                                                             {"sin", [](double v) { return std::sin(v); }},
                                                             {"sinh", [](double v) { return std::sinh(v); }},
                                                             {"sqrt", [](double v) { return std::sqrt(v); }},
                                                             {"tan", [](double v) { return std::tan(v); }},
                                                             {"tanh", [](double v) { return std::tanh(v); }},
                                                             {"deg", [](double v) { return v * 180 / std::numbers::pi; }},
                                                             {"rad", [](double v) { return v * std::numbers::pi / 180; }},
                                                             {"sgn", [](double v) { return v < 0   ? -1.0
                                                                                           : v > 0 ? 1.0
                                                                                                   : v; }}};
  const auto found = known.find(name);
  return found == known.end() ? nullptr : found->second;
}

OfRange find_range_function(std::string_view name) {
  using R = const RangeArguments&;
  using V = std::optional<double>;
  static const std::map<std::string_view, OfRange> known = {
      {"rate", [](R r) { return extrapolated(r, true, true); }},
      {"increase", [](R r) { return extrapolated(r, true, false); }},
      {"delta", [](R r) { return extrapolated(r, false, false); }},
      {"irate", [](R r) { return between_last_two(r, true); }},
      {"idelta", [](R r) { return between_last_two(r, false); }},
      {"deriv", [](R r) -> V { return r.samples.size() < 2 ? V() : regression(r.samples, r.samples.front().time_ms).slope; }},
      {"predict_linear",
       [](R r) -> V {
         if (r.samples.size() < 2) return std::nullopt;
         const Line line = regression(r.samples, r.now_ms);
         return line.slope * r.first + line.intercept;
       }},
      {"holt_winters", smoothed},
      {"avg_over_time", [](R r) -> V { return average(r.samples); }},
      {"sum_over_time",
       [](R r) -> V {
         CarefulSum sum;
         for (const Sample& sample : r.samples) sum.add(sample.value);
         return std::isinf(sum.sum) ? sum.sum : sum.value();
       }},
      {"min_over_time", [](R r) -> V { return extreme(r.samples, false); }},
      {"max_over_time", [](R r) -> V { return extreme(r.samples, true); }},
      {"count_over_time", [](R r) -> V { return static_cast<double>(r.samples.size()); }},
      {"last_over_time", [](R r) -> V { return r.samples.back().value; }},
      {"present_over_time", [](R) -> V { return 1; }},
      {"stdvar_over_time", [](R r) -> V { return variance(r.samples); }},
      {"stddev_over_time", [](R r) -> V { return std::sqrt(variance(r.samples)); }},
      {"quantile_over_time", [](R r) -> V { return quantile_of(r.first, values_of(r.samples)); }},
      {"changes", [](R r) -> V { return count_if_turned(r.samples, false); }},
      {"resets", [](R r) -> V { return count_if_turned(r.samples, true); }}};
  const auto found = known.find(name);
  return found == known.end() ? nullptr : found->second;
}

OfTime find_time_function(std::string_view name) {
  static const std::map<std::string_view, OfTime> known = {
      {"minute", [](double s) { return std::floor(std::fmod(CalendarTime(s).second_of_day, 3600) / 60); }},
      {"hour", [](double s) { return std::floor(CalendarTime(s).second_of_day / 3600); }},
      {"day_of_month", [](double s) { return number_of(unsigned(CalendarTime(s).date.day())); }},
      {"month", [](double s) { return number_of(unsigned(CalendarTime(s).date.month())); }},
      {"year", [](double s) { return CalendarTime(s).year; }},
      {"day_of_week", [](double s) { return number_of(date::weekday(CalendarTime(s).day).c_encoding()); }},
      {"day_of_year",
       [](double s) {
         const CalendarTime time(s);
         return static_cast<double>((time.day - date::sys_days(time.date.year() / 1 / 1)).count() + 1);
       }},
      {"days_in_month", [](double s) {
         const CalendarTime time(s);
         return number_of(unsigned((time.date.year() / time.date.month() / date::last).day()));
       }}};
  const auto found = known.find(name);
  return found == known.end() ? nullptr : found->second;
}

double quantile_of(double q, std::vector<double> values) {
  if (values.empty() || std::isnan(q)) return not_a_number;
  if (q < 0) return -infinity;
  if (q > 1) return infinity;
  // NaN before all numbers
  std::sort(values.begin(), values.end(), [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; });
  const auto n = static_cast<double>(values.size());
  const double rank = q * (n - 1), lower = std::max(0.0, std::floor(rank)), upper = std::min(n - 1, lower + 1);
  const double weight = rank - std::floor(rank);
  return values[static_cast<std::size_t>(lower)] * (1 - weight) + values[static_cast<std::size_t>(upper)] * weight;
}

double bucket_quantile(double q, std::vector<Bucket> buckets) {
  if (std::isnan(q) || buckets.empty()) return not_a_number;
  if (q < 0) return -infinity;
  if (q > 1) return infinity;
  std::stable_sort(buckets.begin(), buckets.end(), [](const Bucket& a, const Bucket& b) { return a.upper_bound < b.upper_bound; });
  if (buckets.back().upper_bound != infinity) return not_a_number;
  // buckets of one bound (5 and 5.0) are one
  std::vector<Bucket> merged;
  for (const Bucket& bucket : buckets) {
    if (!merged.empty() && merged.back().upper_bound == bucket.upper_bound)
      merged.back().count += bucket.count;
    else
      merged.push_back(bucket);
  }
  // scraped at slightly different moments they may seem to fall
  for (std::size_t i = 1; i < merged.size(); ++i) merged[i].count = std::max(merged[i].count, merged[i - 1].count);
  if (merged.size() < 2) return not_a_number;
  const double observations = merged.back().count;
  if (observations == 0) return not_a_number;
  double rank = q * observations;
  std::size_t b = 0;
  while (b < merged.size() - 1 && !(merged[b].count >= rank)) ++b;
  if (b == merged.size() - 1) return merged[merged.size() - 2].upper_bound;
  if (b == 0 && merged[0].upper_bound <= 0) return merged[0].upper_bound;
  double start = 0, count = merged[b].count;
  if (b > 0) {
    start = merged[b - 1].upper_bound;
    count -= merged[b - 1].count;
    rank -= merged[b - 1].count;
  }
  return start + (merged[b].upper_bound - start) * (rank / count);
}

}  // namespace tocsin::promql
