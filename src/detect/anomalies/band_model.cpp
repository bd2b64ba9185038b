#include "detect/anomalies/band_model.h"

#include <algorithm>
#include <cmath>

namespace tocsin::detect {
namespace {

constexpr std::int64_t hour_s = 3600, day_s = 86400, week_s = 7 * day_s;
constexpr double trust_s = 7 * 86400, trust_deviations_max = 100;
constexpr double quick_s = 600, slow_s = 3 * 3600, drift_s = 3 * 3600, error_s = 86400;
constexpr double deviation_of_mean_error = 1.2533;  // of a normal distribution
constexpr std::int64_t outside_points_min = 6, back_points_min = 3;
constexpr double season_gain = 0.95;  // a season must be better than none by as much

std::int64_t within(std::int64_t local_s, std::int64_t cycle_s) { return ((local_s % cycle_s) + cycle_s) % cycle_s; }
std::int64_t hour_place(std::int64_t local_s) { return within(local_s, hour_s) / 60; }
std::int64_t day_place(std::int64_t local_s) { return within(local_s, day_s) / 300; }
// 1970 began on a Thursday; which day a week begins with is all the same
std::int64_t week_place(std::int64_t local_s) { return within(local_s, week_s) / 1800; }

double rate(double seconds, double span_s, std::int64_t points) {
  return std::max(1.0 / static_cast<double>(points + 1), 1 - std::exp(-seconds / span_s));
}

}  // namespace

std::string_view to_text(Season season) {
  switch (season) {
    case Season::none:
      return "none";
    case Season::hour:
      return "hour";
    case Season::day:
      return "day";
    case Season::week:
      return "week";
  }
  return "";
}

template <std::size_t Size>
std::optional<double> BandModel::Profile<Size>::at(std::int64_t place) const {
  const auto index = static_cast<std::size_t>(place);
  if (times[index] > 0) return value[index];
  return std::nullopt;
}

template <std::size_t Size>
void BandModel::Profile<Size>::learn(std::int64_t place, double seen, float rate_min) {
  const auto index = static_cast<std::size_t>(place);
  const float share = std::max(1.0F / static_cast<float>(times[index] + 1), rate_min);
  value[index] += (static_cast<float>(seen) - value[index]) * share;
  if (times[index] < 255) ++times[index];
}

std::optional<double> BandModel::week_value(std::int64_t local_s) const {
  const auto of_day = day_.at(day_place(local_s)), of_week = week_.at(week_place(local_s));
  return of_day && of_week ? std::optional(*of_day + *of_week) : std::nullopt;
}

bool BandModel::is_ready(Way way) const {
  const std::int64_t learned = learned_s();
  switch (way) {
    case of_hour:
      return learned >= 6 * hour_s;
    case of_day:
      return learned >= 2 * day_s - hour_s;
    case of_week:
      return learned >= 9 * day_s;
    default:
      return true;
  }
}

std::optional<double> BandModel::forecast(Way way, std::int64_t local_s) const {
  const auto plus = [&](std::optional<double> base, double more) { return base ? std::optional(*base + more) : base; };
  switch (way) {
    case quick:
      return quick_level_;
    case slow:
      return slow_level_;
    case of_hour:
      return plus(hour_.at(hour_place(local_s)), slow_level_);
    case of_day:
      return plus(day_.at(day_place(local_s)), day_drift_);
    case of_week:
      return plus(week_value(local_s), week_drift_ - level_shift_);
    case ways:
      break;
  }
  return std::nullopt;
}

BandModel::Way BandModel::best() const {
  Way best = distrust_[quick] < distrust_[slow] ? quick : slow;
  double least = distrust_[best] * season_gain;
  for (const Way way : {of_hour, of_day, of_week}) {
    if (!is_ready(way) || judged_[way] < 12 || distrust_[way] >= least) continue;
    best = way;
    least = distrust_[way];
  }
  return best;
}

Season BandModel::season_of(Way way) {
  return way == of_hour ? Season::hour : way == of_day ? Season::day : way == of_week ? Season::week : Season::none;
}

double BandModel::deviation_of(Way way, std::int64_t local_s) const {
  double error = error_[way];
  const auto hour = static_cast<std::size_t>(within(local_s, day_s) / hour_s);
  // some hours of the day are livelier than others
  if (season_of(way) >= Season::day && hourly_days_[hour] >= 2) error = 0.5 * error + 0.5 * static_cast<double>(hourly_error_[hour]);
  return error * deviation_of_mean_error;
}

std::optional<Expectation> BandModel::expect(std::int64_t local_s) const {
  if (points_ < 4 || learned_s() < 2 * hour_s - 600) return std::nullopt;
  Way way = best();
  auto value = forecast(way, local_s);
  if (!value) value = forecast(way = slow, local_s);
  return Expectation{*value + level_shift_, deviation_of(way, local_s), season_of(way)};
}

void BandModel::observe(std::int64_t local_s, double value) {
  if (points_ == 0) {
    first_s_ = last_s_ = local_s;
    quick_level_ = slow_level_ = value;
  }
  local_s = std::max(local_s, last_s_);
  const auto seconds = std::clamp(static_cast<double>(local_s - last_s_), 1.0, static_cast<double>(day_s));
  last_s_ = local_s;
  double seen = value - level_shift_;
  bool outlier = false;
  const double shift_judged = level_shift_;
  if (const auto expected = expect(local_s)) {
    watch_level(local_s, value, value - expected->value, expected->deviation);
    const double limit = settings_.outlier_deviations * std::max(expected->deviation, 1e-9 * std::fabs(expected->value));
    outlier = shift_judged == level_shift_ && std::fabs(value - expected->value) > limit;
    seen = outlier ? expected->value - shift_judged + std::clamp(value - expected->value, -limit, limit) : value - level_shift_;
  }
  judge(local_s, seen, value - shift_judged, seconds, outlier);
  // what lies outside is not learned, until it has stayed there long enough to be the new level
  if (!outlier) learn(local_s, seen, seconds);
  ++points_;
}

void BandModel::watch_level(std::int64_t local_s, double value, double error, double deviation) {
  const double limit = settings_.outlier_deviations * deviation;
  // back where it was before the last new level: at once
  if (shift_before_ != level_shift_) {
    const bool is_back = std::fabs(error + level_shift_ - shift_before_) <= limit && std::fabs(error) > limit;
    back_points_ = is_back ? back_points_ + 1 : 0;
    if (back_points_ >= back_points_min) {
      std::swap(level_shift_, shift_before_);
      outside_points_ = back_points_ = 0;
      return;
    }
  }
  if (std::fabs(error) <= limit || (outside_points_ > 0 && outside_above_ != (error > 0))) {
    outside_points_ = 0;
    if (std::fabs(error) <= limit) return;
  }
  if (outside_points_ == 0) {
    outside_since_s_ = local_s;
    outside_error_ = 0;
    outside_above_ = error > 0;
  }
  ++outside_points_;
  outside_value_ += (value - outside_value_) / static_cast<double>(std::min<std::int64_t>(outside_points_, 12));
  outside_error_ += (error - outside_error_) / static_cast<double>(std::min<std::int64_t>(outside_points_, 12));
  if (outside_points_ < outside_points_min || local_s - outside_since_s_ < settings_.new_level_after_s) return;
  // a week may bring it again
  for (std::int64_t at_s = outside_since_s_; at_s <= local_s; at_s += 1800)

    if (const auto of_day = day_.at(day_place(at_s))) week_.learn(week_place(at_s), outside_value_ - *of_day, settings_.season_rate);
  shift_before_ = level_shift_;
  level_shift_ += outside_error_;
  outside_points_ = back_points_ = 0;
}

void BandModel::judge(std::int64_t local_s, double value, double full_value, double seconds, bool outlier) {
  if (points_ == 0) return;
  const Way trusted = best();
  for (std::size_t i = 0; i < ways; ++i) {
    const auto way = static_cast<Way>(i);
    const auto forecasted = forecast(way, local_s);
    if (!forecasted) continue;
    const double error = std::fabs(value - *forecasted);
    const double full_error =
        std::min(std::fabs(full_value - *forecasted), trust_deviations_max * (error_[trusted] + 1e-9 * std::fabs(full_value)));
    distrust_[i] += (full_error - distrust_[i]) * rate(seconds, trust_s, judged_[i]);
    error_[i] += (error - error_[i]) * rate(seconds, error_s, outlier ? 1000 : judged_[i]);
    ++judged_[i];
    if (way != trusted) continue;
    const auto hour = static_cast<std::size_t>(within(local_s, day_s) / hour_s);
    hourly_error_[hour] +=
        (static_cast<float>(error) - hourly_error_[hour]) * static_cast<float>(rate(seconds, slow_s, hourly_days_[hour] > 0 ? 1000 : 0));
    // a day is over for an hour when the hour is
    if (static_cast<double>(within(local_s, hour_s)) + seconds >= hour_s && hourly_days_[hour] < 255) ++hourly_days_[hour];
  }
}

void BandModel::learn(std::int64_t local_s, double value, double seconds) {
  hour_.learn(hour_place(local_s), value - slow_level_, 0.1F);
  if (const auto seen = day_.at(day_place(local_s))) day_drift_ += (value - *seen - day_drift_) * rate(seconds, drift_s, 1000);
  const double unshifted = value + level_shift_;
  if (const auto seen = week_value(local_s)) week_drift_ += (unshifted - *seen - week_drift_) * rate(seconds, drift_s, 1000);
  // what the week explains is not of the day
  const auto of_week = best() == Way::of_week ? week_.at(week_place(local_s)) : std::nullopt;
  day_.learn(day_place(local_s), value - of_week.value_or(0), settings_.season_rate);
  week_.learn(week_place(local_s), unshifted - *day_.at(day_place(local_s)), settings_.season_rate);
  quick_level_ += (value - quick_level_) * rate(seconds, quick_s, points_);
  slow_level_ += (value - slow_level_) * rate(seconds, slow_s, points_);
}

}  // namespace tocsin::detect
