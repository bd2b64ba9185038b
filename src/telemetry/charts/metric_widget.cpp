#include "telemetry/charts/metric_widget.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "base/text_time.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t metrics_max = 100;
constexpr std::int64_t side_px_max = 2000;

std::unexpected<Error> wrong(std::string words) { return fail(ErrorKind::invalid, std::move(words)); }

/// "PT3H", "P7D", "P1DT12H".
std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
  text.remove_prefix(1);
  std::int64_t total_s = 0;
  bool of_day = false;
  while (!text.empty()) {
    if (!of_day && text.front() == 'T') {
      of_day = true;
      text.remove_prefix(1);
      continue;
    }
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || end == text.data() + text.size() || count < 0 || count > 100'000) return std::nullopt;
    const std::string_view units = of_day ? "SMH" : "DWM";
    constexpr std::int64_t of_day_s[] = {1, 60, 3600}, day_s[] = {86'400, 7 * 86'400, 30 * 86'400};
    const auto unit = units.find(*end);
    if (unit == std::string_view::npos) return std::nullopt;
    total_s += count * (of_day ? of_day_s : day_s)[unit];
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  return std::chrono::seconds(total_s);
}

std::optional<Instant> parse_time(std::string_view text, Instant now) {
  if (!text.starts_with('-')) return parse_rfc3339(text);
  const auto back = parse_duration(text.substr(1));
  return back ? std::optional(now - *back) : std::nullopt;
}

std::optional<Color> color_at(const Document& document) {
  const auto text = text_at(document, "color");
  return text ? std::optional(parse_color(*text, {})) : std::nullopt;
}

AnnotationFill fill_at(const Document& document) {
  const std::string fill = text_or(document, "fill");
  if (fill == "above" || fill == "after") return AnnotationFill::above;
  return fill == "below" || fill == "before" ? AnnotationFill::below : AnnotationFill::none;
}

/// An annotation, and of a band its second edge.
struct Edges {
  const Document* first;
  const Document* second;
};
std::optional<Edges> edges_of(const Document& annotation) {
  if (annotation.is_object()) return Edges{&annotation, nullptr};
  if (!annotation.is_array() || annotation.as_array().size() != 2) return std::nullopt;
  return Edges{&annotation.as_array()[0], &annotation.as_array()[1]};
}

void read_horizontal(const Document& document, Chart& chart) {
  const auto edges = edges_of(document);
  const auto value = edges ? number_at(*edges->first, "value") : std::nullopt;
  if (!value || !truth_or(*edges->first, "visible", true)) return;
  ValueAnnotation annotation{.value = *value,
                             .band_to = edges->second ? number_at(*edges->second, "value") : std::nullopt,
                             .label = text_or(*edges->first, "label"),
                             .color = color_at(*edges->first),
                             .fill = fill_at(*edges->first),
                             .right_axis = text_or(*edges->first, "yAxis") == "right"};
  chart.values.push_back(std::move(annotation));
}

void read_vertical(const Document& document, Chart& chart) {
  const auto edges = edges_of(document);
  const auto time = edges ? parse_rfc3339(text_or(*edges->first, "value")) : std::nullopt;
  if (!time || !truth_or(*edges->first, "visible", true)) return;
  chart.times.push_back({.time = *time,
                         .band_to = edges->second ? parse_rfc3339(text_or(*edges->second, "value")) : std::nullopt,
                         .label = text_or(*edges->first, "label"),
                         .color = color_at(*edges->first),
                         .fill = fill_at(*edges->first)});
}

AxisLimits limits_at(const Document& widget, std::string_view side) {
  const Document* axis = find(find(widget, "yAxis"), side);
  if (!axis) return {};
  return {.least = number_at(*axis, "min"), .greatest = number_at(*axis, "max"), .label = text_or(*axis, "label")};
}

Result<int> side_at(const Document& widget, std::string_view name, int otherwise) {
  const std::int64_t side = integer_or(widget, name, otherwise);
  if (side < 1 || side > side_px_max) return wrong(std::string(name) + " must be between 1 and 2000");
  return static_cast<int>(side);
}

Result<void> read_look(const Document& widget, Chart& chart) {
  const auto width = side_at(widget, "width", 600), height = side_at(widget, "height", 400);
  if (!width) return std::unexpected(width.error());
  if (!height) return std::unexpected(height.error());
  chart.width = *width;
  chart.height = *height;
  chart.title = text_or(widget, "title");
  chart.stacked = truth_or(widget, "stacked", false);
  chart.dark = text_or(widget, "theme") == "dark";
  const std::string view = text_or(widget, "view", "timeSeries");
  if (view != "timeSeries" && view != "bar" && view != "pie") return wrong("view must be one of timeSeries, bar, pie");
  chart.view = view == "bar" ? ChartView::bars : view == "pie" ? ChartView::pie : ChartView::lines;
  const Document* legend = find(find(widget, "legend"), "position");
  const std::string place = legend && legend->is_string() ? std::string(legend->as_string()) : "bottom";
  chart.legend = place == "right" ? LegendPlace::right : place == "hidden" ? LegendPlace::hidden : LegendPlace::bottom;
  chart.left = limits_at(widget, "left");
  chart.right = limits_at(widget, "right");
  return {};
}

Result<void> read_span(const Document& widget, Instant now, Chart& chart) {
  const auto start = parse_time(text_or(widget, "start", "-PT3H"), now), end = parse_time(text_or(widget, "end", "-PT0H"), now);
  if (!start) return wrong("start is neither a time nor a duration such as -PT3H");
  if (!end) return wrong("end is neither a time nor a duration such as -PT0H");
  if (*start >= *end) return wrong("start must be before end");
  chart.start = *start;
  chart.end = *end;
  const auto offset = parse_utc_offset(text_or(widget, "timezone", "+0000"));
  if (!offset) return wrong("timezone must be +HHMM or -HHMM");
  chart.utc_offset = *offset;
  return {};
}

}  // namespace

Result<MetricWidget> parse_metric_widget(std::string_view json, Instant now) {
  const auto parsed = parse_json(json);
  if (!parsed || !parsed->is_object()) return wrong("it must be a JSON object");
  MetricWidget widget;
  if (auto read = read_look(*parsed, widget.chart); !read) return std::unexpected(read.error());
  if (auto read = read_span(*parsed, now, widget.chart); !read) return std::unexpected(read.error());
  const Array& metrics = array_at(*parsed, "metrics");
  if (metrics.empty() || metrics.size() > metrics_max) return wrong("metrics must have from 1 to 100 elements");
  if (auto read = read_widget_metrics(metrics, parsed->as_object(), widget); !read) return std::unexpected(read.error());
  const Document annotations = find(*parsed, "annotations") ? *find(*parsed, "annotations") : Document(Object{});
  for (const Document& each : array_at(annotations, "horizontal")) read_horizontal(each, widget.chart);
  for (const Document& each : array_at(annotations, "vertical")) read_vertical(each, widget.chart);
  return widget;
}

Chart chart_of(const MetricWidget& widget, const QueryAnswer& answer) {
  Chart chart = widget.chart;
  std::map<std::string, std::size_t> count;
  for (const QueryResult& result : answer.results) ++count[result.id];
  for (const QueryResult& result : answer.results) {
    ChartSeries series{.label = result.label, .points = result.points, .period_s = 60, .color = {}};
    const auto query =
        std::find_if(widget.queries.begin(), widget.queries.end(), [&](const MetricQuery& each) { return each.id == result.id; });
    if (query != widget.queries.end()) series.period_s = query->stat ? query->stat->period_s : query->period_s.value_or(60);
    if (const auto line = widget.lines.find(result.id); line != widget.lines.end()) {
      series.right_axis = line->second.right_axis;
      // many series of one expression cannot share a color
      if (count[result.id] == 1) series.color = line->second.color;
    }
    chart.series.push_back(std::move(series));
  }
  return chart;
}

}  // namespace tocsin::telemetry
