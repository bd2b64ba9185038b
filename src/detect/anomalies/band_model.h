// What is expected of a series next, and how far it usually is from that: the band. Learned online from the points that came, in a few
// kilobytes. It tries a level and the seasons of hour, day and week side by side and trusts the one whose forecasts have been the best; so
// it finds by itself which season a series has. Pure.
//
// Useful after two hours; a day's season after two days, a week's after nine. What lies far outside is taken in only a little, so that an
// outage does not become the norm; what stays outside to one side becomes the new level.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tocsin::detect {

enum class Season { none, hour, day, week };
std::string_view to_text(Season season);  ///< "none", "hour", "day", "week"

struct Expectation {
  double value = 0;
  double deviation = 0;  ///< the standard deviation of what was seen from what was expected
  Season season = Season::none;
};

struct BandSettings {
  std::int64_t new_level_after_s = 2 * 3600;  ///< so long to one side, and it is the new level
  float season_rate = 0.2F;                   ///< how much of a season's value a new day or week replaces
  float outlier_deviations = 3;               ///< what is further off is taken in as if it were so far off
  bool operator==(const BandSettings&) const = default;
};

class BandModel {
 public:
  explicit BandModel(BandSettings settings = {}) : settings_(settings) {}

  /// Times are seconds of the zone whose days and weeks count; those that go back are taken as the last one.
  void observe(std::int64_t local_s, double value);
  /// nullopt before two hours have passed, or when the season needed for that time was never seen.
  std::optional<Expectation> expect(std::int64_t local_s) const;

  std::int64_t points() const { return points_; }
  std::int64_t learned_s() const { return points_ == 0 ? 0 : last_s_ - first_s_; }

 private:
  enum Way : std::size_t { quick, slow, of_hour, of_day, of_week, ways };

  template <std::size_t Size>
  struct Profile {
    std::array<float, Size> value{};
    std::array<std::uint8_t, Size> times{};
    std::optional<double> at(std::int64_t place) const;
    void learn(std::int64_t place, double seen, float rate_min);
  };

  std::optional<double> forecast(Way way, std::int64_t local_s) const;
  std::optional<double> week_value(std::int64_t local_s) const;
  bool is_ready(Way way) const;
  Way best() const;
  static Season season_of(Way way);
  double deviation_of(Way way, std::int64_t local_s) const;
  void judge(std::int64_t local_s, double value, double full_value, double seconds, bool outlier);
  void watch_level(std::int64_t local_s, double value, double error, double deviation);
  void learn(std::int64_t local_s, double value, double seconds);

  BandSettings settings_;
  std::int64_t points_ = 0, first_s_ = 0, last_s_ = 0;
  /// The levels and the seasons of hour and day are learned of the values less `level_shift_`.
  double level_shift_ = 0, shift_before_ = 0;
  double quick_level_ = 0, slow_level_ = 0, day_drift_ = 0, week_drift_ = 0;
  Profile<60> hour_;
  Profile<288> day_;
  Profile<336> week_;  ///< off the day
  /// Mean errors: what the width is made of, and, over a week and hardly bounded, what decides which way is trusted.
  std::array<double, ways> error_{}, distrust_{};
  std::array<std::int64_t, ways> judged_{};
  std::array<float, 24> hourly_error_{};
  std::array<std::uint8_t, 24> hourly_days_{};
  std::int64_t outside_since_s_ = 0, outside_points_ = 0, back_points_ = 0;
  double outside_value_ = 0, outside_error_ = 0;
  bool outside_above_ = false;
};

}  // namespace tocsin::detect
