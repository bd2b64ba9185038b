#include "detect/anomalies/daily_envelope.h"

#include <algorithm>
#include <cmath>

namespace tocsin::detect {
namespace {

constexpr float steps = 256;  // of a unit of value, in a cell

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::int16_t to_steps(float value) { return static_cast<std::int16_t>(std::clamp(std::floor(value * steps + 0.5F), -32000.0F, 32000.0F)); }

std::size_t row_index(std::int64_t day, int rows) { return static_cast<std::size_t>(((day % rows) + rows) % rows); }

}  // namespace

const DailyEnvelope::Cell* DailyEnvelope::row_of(std::int64_t day) const {
  if (day < first_day_ || day > last_day_ || day <= last_day_ - rows) return nullptr;
  return cells_[row_index(day, rows)].data();
}

DailyEnvelope::Near DailyEnvelope::near(std::int64_t at_s, int tolerance) const {
  Near found;
  found.least.fill(least_empty);
  found.greatest.fill(greatest_empty);
  const std::int64_t day = floor_div(at_s, day_s);
  const int slot = static_cast<int>((at_s - day * day_s) / slot_s);
  for (int back = 1; back < rows; ++back) {
    auto& least = found.least[static_cast<std::size_t>(back)];
    auto& greatest = found.greatest[static_cast<std::size_t>(back)];
    const auto look = [&](std::int64_t of_day, int from, int to) {
      const Cell* const row = row_of(of_day);
      if (row == nullptr) return;
      for (int i = from; i <= to; ++i) {
        least = std::min(least, row[i].least);
        greatest = std::max(greatest, row[i].greatest);
      }
    };
    if (slot < tolerance) look(day - back - 1, slots + slot - tolerance, slots - 1);
    look(day - back, std::max(0, slot - tolerance), std::min(slots - 1, slot + tolerance));
    if (slot + tolerance >= slots) look(day - back + 1, 0, slot + tolerance - slots);
  }
  return found;
}

float DailyEnvelope::Range::excess(float value) const {
  // as coarse as what it is compared with, or equal days would differ
  const float step = static_cast<float>(to_steps(value)) / steps;
  return step > greatest ? step - greatest : step < least ? step - least : 0;
}

DailyEnvelope::Range DailyEnvelope::range(std::int64_t at_s, int tolerance) const {
  const Near found = near(at_s, tolerance);
  std::int16_t least = least_empty, greatest = greatest_empty;
  Range range;
  for (std::size_t back = 1; back < rows; ++back) {
    if (found.greatest[back] == greatest_empty) continue;
    ++range.days;
    least = std::min(least, found.least[back]);
    greatest = std::max(greatest, found.greatest[back]);
  }
  if (range.days == 0) return range;
  range.least = static_cast<float>(least) / steps;
  range.greatest = static_cast<float>(greatest) / steps;
  return range;
}

float DailyEnvelope::share_reaching(std::int64_t at_s, int tolerance, float level, bool upward) const {
  const Near found = near(at_s, tolerance);
  const std::int16_t limit = to_steps(level);
  int days = 0, reaching = 0;
  for (std::size_t back = 1; back < rows; ++back) {
    if (found.greatest[back] == greatest_empty) continue;
    ++days;
    if (upward ? found.greatest[back] >= limit : found.least[back] <= limit) ++reaching;
  }
  return days == 0 ? 0 : static_cast<float>(reaching) / static_cast<float>(days);
}

void DailyEnvelope::observe(std::int64_t at_s, float value) {
  const std::int64_t day = floor_div(at_s, day_s);
  if (last_day_ < first_day_) {
    first_day_ = last_day_ = day;
  } else if (day > last_day_) {
    for (std::int64_t fresh = std::max(last_day_ + 1, day - rows + 1); fresh <= day; ++fresh) cells_[row_index(fresh, rows)].fill({});
    last_day_ = day;
  }
  Cell& cell = cells_[row_index(day, rows)][static_cast<std::size_t>((at_s - day * day_s) / slot_s)];
  const std::int16_t step = to_steps(value);
  cell.least = std::min(cell.least, step);
  cell.greatest = std::max(cell.greatest, step);
}

}  // namespace tocsin::detect
