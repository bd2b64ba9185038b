// A picture of pixels to draw on. Coordinates are pixels from the upper left, their fractions antialiased; what lies outside is not drawn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::telemetry {

struct Color {
  std::uint8_t red = 0, green = 0, blue = 0;
  bool operator==(const Color&) const = default;
};

/// "#1f77b4"; `otherwise` for anything else.
Color parse_color(std::string_view text, Color otherwise);

struct Spot {
  double x = 0, y = 0;
};

struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

class Canvas {
 public:
  Canvas(int width, int height, Color background);

  int width() const { return width_; }
  int height() const { return height_; }
  /// Three bytes a pixel, row by row.
  const std::vector<std::uint8_t>& pixels() const { return pixels_; }
  Color at(int x, int y) const;

  void fill(const Box& box, Color color, double opacity = 1);
  void line(Spot from, Spot to, Color color, double thickness = 1);
  /// A slice of a pie, from and to as parts of the whole turn, clockwise from the top.
  void slice(Spot center, double radius, double from, double to, Color color);
  /// `spot` is the upper left of the first character.
  void text(Spot spot, std::string_view text, Color color);
  static int text_width(std::string_view text);

 private:
  void blend(int x, int y, Color color, double opacity);

  int width_, height_;
  std::vector<std::uint8_t> pixels_;
};

}  // namespace tocsin::telemetry
