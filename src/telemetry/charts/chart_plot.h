// The inside of a chart: how values and times lie on its area, and the drawing of series and annotations there.
#pragma once

#include "telemetry/charts/chart.h"

namespace tocsin::telemetry {

/// From values to pixels.
struct Scale {
  double least = 0, greatest = 1;
  Box area;
  double y_of(double value) const { return area.bottom - (value - least) / (greatest - least) * area.height(); }
};

struct TimeScale {
  Instant start, end;
  Box area;
  double x_of(Instant time) const {
    const auto whole = std::chrono::duration<double>(end - start).count();
    return area.left + std::chrono::duration<double>(time - start).count() / whole * area.width();
  }
};

/// The range of values of one axis: its limits, else what is shown there with a little room; from 0 when all is close to it.
Scale scale_of(const Chart& chart, bool right_axis, const Box& area);
Color color_of(const Chart& chart, std::size_t series);

void plot_series(Canvas& canvas, const Chart& chart, const TimeScale& times, const Scale& left, const Scale& right);
void plot_pie(Canvas& canvas, const Chart& chart, const Box& area);
void plot_annotations(Canvas& canvas, const Chart& chart, const TimeScale& times, const Scale& left, const Scale& right);

}  // namespace tocsin::telemetry
