// A chart of time series: what is to be drawn.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "telemetry/charts/canvas.h"
#include "telemetry/metrics/math/math_value.h"

namespace tocsin::telemetry {

enum class ChartView { lines, bars, pie };
enum class LegendPlace { bottom, right, hidden };
enum class AnnotationFill { none, above, below };  ///< of a vertical one: after, before

struct ChartSeries {
  std::string label;
  std::vector<TimeValue> points;
  std::int64_t period_s = 60;  ///< two points further apart than that are not joined
  std::optional<Color> color;
  bool right_axis = false;
};

struct AxisLimits {
  std::optional<double> least, greatest;
  std::string label;
};

struct ValueAnnotation {
  double value = 0;
  std::optional<double> band_to;  ///< shaded up to there
  std::string label;
  std::optional<Color> color;
  AnnotationFill fill = AnnotationFill::none;
  bool right_axis = false;
};

struct TimeAnnotation {
  Instant time;
  std::optional<Instant> band_to;
  std::string label;
  std::optional<Color> color;
  AnnotationFill fill = AnnotationFill::none;
};

struct Chart {
  int width = 600, height = 400;
  std::string title;
  Instant start, end;
  std::chrono::minutes utc_offset{0};
  ChartView view = ChartView::lines;
  bool stacked = false;
  bool dark = false;
  LegendPlace legend = LegendPlace::bottom;
  AxisLimits left, right;
  std::vector<ChartSeries> series;
  std::vector<ValueAnnotation> values;
  std::vector<TimeAnnotation> times;
};

/// The picture. Width and height from 1 to 2,000.
Canvas draw(const Chart& chart);

}  // namespace tocsin::telemetry
