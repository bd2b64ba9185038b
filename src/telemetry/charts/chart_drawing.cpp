#include <algorithm>

#include "telemetry/charts/axis.h"
#include "telemetry/charts/chart_plot.h"
#include "telemetry/charts/glyphs.h"

namespace tocsin::telemetry {
namespace {

constexpr int line_px = glyph_height_px + 3, margin_px = 10, key_px = 14;

struct Look {
  Color background, text, grid, frame;
};
constexpr Look light{{255, 255, 255}, {0x33, 0x33, 0x33}, {0xe6, 0xe6, 0xe6}, {0x99, 0x99, 0x99}};
constexpr Look dark{{0x1b, 0x23, 0x2d}, {0xd5, 0xdb, 0xdb}, {0x3a, 0x44, 0x50}, {0x87, 0x92, 0x9f}};

bool has_right_axis(const Chart& chart) {
  return std::any_of(chart.series.begin(), chart.series.end(), [](const ChartSeries& each) { return each.right_axis; });
}

std::string cut(const std::string& text, double width_px) {
  const auto room = static_cast<std::size_t>(std::max(width_px, 0.0) / glyph_width_px);
  if (text.size() <= room) return text;
  return room < 3 ? std::string() : text.substr(0, room - 2) + "..";
}

class Drawing {
 public:
  explicit Drawing(const Chart& chart)
      : chart_(chart), look_(chart.dark ? dark : light), canvas_(chart.width, chart.height, look_.background) {}

  Canvas whole() {
    Box area{margin_px, margin_px, static_cast<double>(chart_.width - margin_px), static_cast<double>(chart_.height - margin_px)};
    title(area);
    legend(area);
    // a picture too small for axes has none
    if (area.width() > 60 && area.height() > 40) plot(area);
    return std::move(canvas_);
  }

 private:
  void title(Box& area) {
    if (chart_.title.empty()) return;
    canvas_.text({area.left, area.top - 4}, cut(chart_.title, area.width()), look_.text);
    area.top += line_px;
  }

  void key(double x, double y, std::size_t series, double room) {
    canvas_.fill({x, y + 3, x + 9, y + 12}, color_of(chart_, series));
    canvas_.text({x + key_px, y}, cut(chart_.series[series].label, room - key_px), look_.text);
  }

  void legend(Box& area) {
    if (chart_.legend == LegendPlace::right) legend_right(area);
    if (chart_.legend == LegendPlace::bottom) legend_bottom(area);
  }

  void legend_right(Box& area) {
    int longest = 0;
    for (const ChartSeries& each : chart_.series) longest = std::max(longest, Canvas::text_width(each.label));
    const double width = std::min(longest + key_px + 8.0, area.width() / 3);
    for (std::size_t i = 0; i < chart_.series.size(); ++i) {
      const double y = area.top + static_cast<double>(i) * line_px;
      if (y + line_px > area.bottom) break;
      key(area.right - width + 8, y, i, width - 8);
    }
    area.right -= width;
  }

  /// In rows, from left to right; no more than a third of the picture.
  void legend_bottom(Box& area) {
    std::vector<std::pair<double, int>> places;
    double x = 0;
    int row = 0;
    for (const ChartSeries& each : chart_.series) {
      const double width = Canvas::text_width(each.label) + key_px + 14.0;
      if (x > 0 && x + width > area.width()) x = 0, ++row;
      places.emplace_back(x, row);
      x += width;
    }
    const int rows = std::min(row + 1, static_cast<int>(area.height() / 3 / line_px));
    if (places.empty() || rows < 1) return;
    area.bottom -= rows * line_px;
    for (std::size_t i = 0; i < places.size(); ++i)
      if (places[i].second < rows)
        key(area.left + places[i].first, area.bottom + 4 + places[i].second * line_px, i, area.width() - places[i].first);
  }

  void plot(Box area) {
    if (chart_.view == ChartView::pie) return plot_pie(canvas_, chart_, area);
    area.bottom -= line_px + 2;
    area.top += 4;
    const bool right_axis = has_right_axis(chart_);
    Scale left = scale_of(chart_, false, area), right = scale_of(chart_, true, area);
    const int count = std::max(2, static_cast<int>(area.height() / 40));
    const std::vector<Mark> marks = value_marks(left.least, left.greatest, count),
                            right_marks = value_marks(right.least, right.greatest, count);
    area.left += widest(marks) + 6;
    if (right_axis) area.right -= widest(right_marks) + 6;
    left.area = right.area = area;
    value_axis(left, marks, true);
    if (right_axis) value_axis(right, right_marks, false);
    const TimeScale times{chart_.start, chart_.end, area};
    if (chart_.view == ChartView::lines) time_axis(times);
    canvas_.line({area.left, area.bottom}, {area.right, area.bottom}, look_.frame);
    plot_series(canvas_, chart_, times, left, right);
    plot_annotations(canvas_, chart_, times, left, right);
  }

  static int widest(const std::vector<Mark>& marks) {
    int widest = 0;
    for (const Mark& mark : marks) widest = std::max(widest, Canvas::text_width(mark.text));
    return widest;
  }

  void value_axis(const Scale& scale, const std::vector<Mark>& marks, bool left) {
    const Box& area = scale.area;
    for (const Mark& mark : marks) {
      const double y = scale.y_of(mark.value);
      if (left) canvas_.line({area.left, y}, {area.right, y}, look_.grid);
      canvas_.text({left ? area.left - 4 - Canvas::text_width(mark.text) : area.right + 4, y - 8}, mark.text, look_.text);
    }
    const AxisLimits& limits = left ? chart_.left : chart_.right;
    if (limits.label.empty()) return;
    const std::string label = cut(limits.label, area.width() / 2);
    canvas_.text({left ? area.left : area.right - Canvas::text_width(label), area.top - 10}, label, look_.text);
  }

  void time_axis(const TimeScale& times) {
    const Box& area = times.area;
    for (const TimeMark& mark : time_marks(times.start, times.end, static_cast<int>(area.width() / 80), chart_.utc_offset)) {
      const double x = times.x_of(mark.time), width = Canvas::text_width(mark.text);
      canvas_.line({x, area.bottom}, {x, area.bottom + 4}, look_.frame);
      canvas_.text({std::clamp(x - width / 2, 0.0, chart_.width - width), area.bottom + 5}, mark.text, look_.text);
    }
  }

  const Chart& chart_;
  const Look& look_;
  Canvas canvas_;
};

}  // namespace

Canvas draw(const Chart& chart) { return Drawing(chart).whole(); }

}  // namespace tocsin::telemetry
