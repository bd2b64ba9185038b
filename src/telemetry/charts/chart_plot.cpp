#include "telemetry/charts/chart_plot.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

namespace tocsin::telemetry {
namespace {

constexpr std::array<Color, 10> palette{{{0x1f, 0x77, 0xb4},
                                         {0xff, 0x7f, 0x0e},
                                         {0x2c, 0xa0, 0x2c},
                                         {0xd6, 0x27, 0x28},
                                         {0x94, 0x67, 0xbd},
                                         {0x8c, 0x56, 0x4b},
                                         {0xe3, 0x77, 0xc2},
                                         {0x7f, 0x7f, 0x7f},
                                         {0xbc, 0xbd, 0x22},
                                         {0x17, 0xbe, 0xcf}}};
constexpr Color annotation_color{0xd6, 0x27, 0x28};
constexpr double shade = 0.15, stack_shade = 0.6;

/// The points of stacked series: each on the sum of those before it at its time.
std::vector<ChartSeries> stacked(const std::vector<ChartSeries>& series) {
  std::map<Instant, double> sums[2];
  std::vector<ChartSeries> result = series;
  for (ChartSeries& each : result)
    for (TimeValue& point : each.points) point.value = sums[each.right_axis][point.time] += point.value;
  return result;
}

std::vector<ChartSeries> shown_series(const Chart& chart) { return chart.stacked ? stacked(chart.series) : chart.series; }

void plot_line(Canvas& canvas, const ChartSeries& series, Color color, const TimeScale& times, const Scale& scale) {
  const TimeValue* before = nullptr;
  const auto gap = std::chrono::seconds(series.period_s * 3 / 2);
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const TimeValue& point = series.points[i];
    const Spot spot{times.x_of(point.time), scale.y_of(point.value)};
    const bool joined = before && point.time - before->time <= gap;
    const bool joins_next = i + 1 < series.points.size() && series.points[i + 1].time - point.time <= gap;
    if (joined) canvas.line({times.x_of(before->time), scale.y_of(before->value)}, spot, color, 1.6);
    if (!joined && !joins_next) canvas.slice(spot, 2.5, 0, 1.1, color);
    before = &point;
  }
}

void plot_area(Canvas& canvas, const ChartSeries& series, Color color, const TimeScale& times, const Scale& scale) {
  for (std::size_t i = 1; i < series.points.size(); ++i) {
    const TimeValue &a = series.points[i - 1], &b = series.points[i];
    if (b.time - a.time > std::chrono::seconds(series.period_s * 3 / 2)) continue;
    const double from = times.x_of(a.time), to = times.x_of(b.time);
    for (double x = from; x < to; x += 1) {
      const double value = a.value + (b.value - a.value) * (x - from) / (to - from);
      canvas.fill({x, scale.y_of(value), std::min(x + 1, to), scale.area.bottom}, color, stack_shade);
    }
  }
}

/// One bar a series, as high as its last value.
void plot_bars(Canvas& canvas, const Chart& chart, const Scale& left, const Scale& right) {
  const double width = left.area.width() / static_cast<double>(std::max<std::size_t>(chart.series.size(), 1));
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    if (chart.series[i].points.empty()) continue;
    const Scale& scale = chart.series[i].right_axis ? right : left;
    const double from = left.area.left + width * static_cast<double>(i);
    const double zero = std::clamp(scale.y_of(0), scale.area.top, scale.area.bottom), y = scale.y_of(chart.series[i].points.back().value);
    canvas.fill({from + width * 0.15, std::min(y, zero), from + width * 0.85, std::max(y, zero)}, color_of(chart, i));
  }
}

}  // namespace

Color color_of(const Chart& chart, std::size_t series) { return chart.series[series].color.value_or(palette[series % palette.size()]); }

Scale scale_of(const Chart& chart, bool right_axis, const Box& area) {
  double least = std::numeric_limits<double>::infinity(), greatest = -least;
  const auto include = [&](double value) {
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  };
  for (const ChartSeries& each : shown_series(chart))
    if (each.right_axis == right_axis)
      for (const TimeValue& point : each.points) include(point.value);
  for (const ValueAnnotation& each : chart.values)
    if (each.right_axis == right_axis) {
      include(each.value);
      if (each.band_to) include(*each.band_to);
    }
  if (least > greatest) least = 0, greatest = 1;
  if (chart.stacked || chart.view == ChartView::bars) include(0);
  const AxisLimits& limits = right_axis ? chart.right : chart.left;
  const double room = greatest > least ? (greatest - least) * 0.05 : std::max(std::abs(greatest) * 0.1, 0.5);
  Scale scale{.least = least >= 0 && least - room < 0 ? 0 : least - room, .greatest = greatest + room, .area = area};
  if (limits.least) scale.least = *limits.least;
  if (limits.greatest) scale.greatest = *limits.greatest;
  if (!(scale.greatest > scale.least)) scale.greatest = scale.least + 1;
  return scale;
}

void plot_series(Canvas& canvas, const Chart& chart, const TimeScale& times, const Scale& left, const Scale& right) {
  if (chart.view == ChartView::bars) return plot_bars(canvas, chart, left, right);
  const std::vector<ChartSeries> series = shown_series(chart);
  // the highest of a stack first, so that those below cover it
  for (std::size_t i = series.size(); chart.stacked && i-- > 0;)
    plot_area(canvas, series[i], color_of(chart, i), times, series[i].right_axis ? right : left);
  for (std::size_t i = 0; i < series.size(); ++i)
    plot_line(canvas, series[i], color_of(chart, i), times, series[i].right_axis ? right : left);
}

void plot_pie(Canvas& canvas, const Chart& chart, const Box& area) {
  double sum = 0, from = 0;
  for (const ChartSeries& each : chart.series)
    if (!each.points.empty()) sum += std::max(each.points.back().value, 0.0);
  const Spot center{(area.left + area.right) / 2, (area.top + area.bottom) / 2};
  for (std::size_t i = 0; i < chart.series.size() && sum > 0; ++i) {
    if (chart.series[i].points.empty()) continue;
    const double to = from + std::max(chart.series[i].points.back().value, 0.0) / sum;
    canvas.slice(center, std::min(area.width(), area.height()) / 2, from, i + 1 == chart.series.size() ? 1.1 : to, color_of(chart, i));
    from = to;
  }
}

void plot_annotations(Canvas& canvas, const Chart& chart, const TimeScale& times, const Scale& left, const Scale& right) {
  const Box& area = left.area;
  for (const ValueAnnotation& each : chart.values) {
    const Scale& scale = each.right_axis ? right : left;
    const Color color = each.color.value_or(annotation_color);
    const double y = std::clamp(scale.y_of(each.value), area.top, area.bottom);
    if (each.band_to) {
      const double other = std::clamp(scale.y_of(*each.band_to), area.top, area.bottom);
      canvas.fill({area.left, std::min(y, other), area.right, std::max(y, other)}, color, shade);
      canvas.line({area.left, other}, {area.right, other}, color);
    }
    if (each.fill == AnnotationFill::above) canvas.fill({area.left, area.top, area.right, y}, color, shade);
    if (each.fill == AnnotationFill::below) canvas.fill({area.left, y, area.right, area.bottom}, color, shade);
    canvas.line({area.left, y}, {area.right, y}, color);
    canvas.text({area.left + 4, y - 15}, each.label, color);
  }
  for (const TimeAnnotation& each : chart.times) {
    const Color color = each.color.value_or(annotation_color);
    const double x = std::clamp(times.x_of(each.time), area.left, area.right);
    if (each.band_to) canvas.fill({x, area.top, std::clamp(times.x_of(*each.band_to), x, area.right), area.bottom}, color, shade);
    if (each.fill == AnnotationFill::above) canvas.fill({x, area.top, area.right, area.bottom}, color, shade);
    if (each.fill == AnnotationFill::below) canvas.fill({area.left, area.top, x, area.bottom}, color, shade);
    canvas.line({x, area.top}, {x, area.bottom}, color);
    canvas.text({x + 4, area.top + 2}, each.label, color);
  }
}

}  // namespace tocsin::telemetry
