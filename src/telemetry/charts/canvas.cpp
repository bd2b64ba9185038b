#include "telemetry/charts/canvas.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "telemetry/charts/glyphs.h"

namespace tocsin::telemetry {
namespace {

double distance_to_segment(double x, double y, Spot from, Spot to) {
  const double dx = to.x - from.x, dy = to.y - from.y;
  const double square = dx * dx + dy * dy;
  const double along = square == 0 ? 0 : std::clamp(((x - from.x) * dx + (y - from.y) * dy) / square, 0.0, 1.0);
  return std::hypot(x - from.x - along * dx, y - from.y - along * dy);
}

/// How much of the unit from `at` lies between the two.
double overlap(int at, double from, double to) { return std::clamp(std::min(at + 1.0, to) - std::max<double>(at, from), 0.0, 1.0); }

int inside(double value, int end) { return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(end))); }

}  // namespace

Color parse_color(std::string_view text, Color otherwise) {
  std::uint32_t value = 0;
  if (text.size() != 7 || text[0] != '#') return otherwise;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 7, value, 16);
  if (error != std::errc{} || end != text.data() + 7) return otherwise;
  return {static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

Canvas::Canvas(int width, int height, Color background)
    : width_(width), height_(height), pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3) {
  for (std::size_t i = 0; i < pixels_.size(); i += 3) {
    pixels_[i] = background.red;
    pixels_[i + 1] = background.green;
    pixels_[i + 2] = background.blue;
  }
}

Color Canvas::at(int x, int y) const {
  const std::size_t place = (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)) * 3;
  return {pixels_[place], pixels_[place + 1], pixels_[place + 2]};
}

void Canvas::blend(int x, int y, Color color, double opacity) {
  if (x < 0 || y < 0 || x >= width_ || y >= height_ || opacity <= 0) return;
  const std::size_t place = (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)) * 3;
  const double share = std::min(opacity, 1.0);
  const auto mixed = [&](std::uint8_t under, std::uint8_t over) {
    return static_cast<std::uint8_t>(std::lround(under + (over - under) * share));
  };
  pixels_[place] = mixed(pixels_[place], color.red);
  pixels_[place + 1] = mixed(pixels_[place + 1], color.green);
  pixels_[place + 2] = mixed(pixels_[place + 2], color.blue);
}

void Canvas::fill(const Box& box, Color color, double opacity) {
  for (int y = inside(std::floor(box.top), height_); y < inside(std::ceil(box.bottom), height_); ++y)
    for (int x = inside(std::floor(box.left), width_); x < inside(std::ceil(box.right), width_); ++x)
      blend(x, y, color, opacity * overlap(x, box.left, box.right) * overlap(y, box.top, box.bottom));
}

void Canvas::line(Spot from, Spot to, Color color, double thickness) {
  const double reach = thickness / 2 + 1;
  const int left = inside(std::min(from.x, to.x) - reach, width_), right = inside(std::max(from.x, to.x) + reach + 1, width_);
  const int top = inside(std::min(from.y, to.y) - reach, height_), bottom = inside(std::max(from.y, to.y) + reach + 1, height_);
  for (int y = top; y < bottom; ++y)
    for (int x = left; x < right; ++x) blend(x, y, color, thickness / 2 + 0.5 - distance_to_segment(x + 0.5, y + 0.5, from, to));
}

void Canvas::slice(Spot center, double radius, double from, double to, Color color) {
  for (int y = inside(center.y - radius - 1, height_); y < inside(center.y + radius + 1, height_); ++y)
    for (int x = inside(center.x - radius - 1, width_); x < inside(center.x + radius + 1, width_); ++x) {
      const double dx = x + 0.5 - center.x, dy = y + 0.5 - center.y;
      const double turn = std::atan2(dx, -dy) / (2 * std::numbers::pi);
      const double part = turn < 0 ? turn + 1 : turn;
      if (part >= from && part < to) blend(x, y, color, radius + 0.5 - std::hypot(dx, dy));
    }
}

int Canvas::text_width(std::string_view text) { return static_cast<int>(text.size()) * glyph_width_px; }

void Canvas::text(Spot spot, std::string_view text, Color color) {
  const int top = static_cast<int>(std::lround(spot.y));
  int left = static_cast<int>(std::lround(spot.x));
  for (const char character : text) {
    for (int y = 0; y < glyph_height_px; ++y)
      for (int x = 0; x < glyph_width_px; ++x) blend(left + x, top + y, color, glyph_coverage(character, x, y) / 15.0);
    left += glyph_width_px;
  }
}

}  // namespace tocsin::telemetry
