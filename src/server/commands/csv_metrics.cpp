#include "server/commands/csv_metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/commands/series_csv.h"

namespace tocsin::server {

Result<CsvMetrics> CsvMetrics::read_from(std::istream& input) {
  CsvMetrics metrics;
  SeriesColumns columns;
  std::string line;
  std::size_t number = 0;
  bool begun = false;
  const auto at_line = [&](const Error& error) { return fail(error.kind, fmt::format("line {}: {}", number, error.message)); };
  while (std::getline(input, line)) {
    ++number;
    if (is_blank(line)) continue;
    if (!begun) {
      const auto header = columns.read_header(line);
      if (!header) return at_line(header.error());
      begun = true;
      if (*header) continue;
    }
    const auto row = columns.read(line);
    if (!row) return at_line(row.error());
    if (row->value) metrics.points_.emplace_back(row->time, *row->value);
  }
  if (input.bad()) return fail(ErrorKind::unavailable, "cannot be read");
  std::stable_sort(metrics.points_.begin(), metrics.points_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return metrics;
}

Result<void> CsvMetrics::put(const Scope&, const std::vector<telemetry::MetricPoint>&) {
  return fail(ErrorKind::unsupported, "A file of the past takes no points.");
}

std::vector<telemetry::PeriodAggregate> CsvMetrics::read(const telemetry::ReadRequest& request) {
  std::vector<telemetry::PeriodAggregate> periods;
  const std::chrono::seconds period(request.period_s);
  auto point =
      std::lower_bound(points_.begin(), points_.end(), request.start, [](const auto& each, Instant time) { return each.first < time; });
  for (; point != points_.end() && point->first < request.end; ++point) {
    const Instant start = request.start + (point->first - request.start) / period * period;
    if (periods.empty() || periods.back().start != start) periods.push_back({start, {}});
    periods.back().aggregate.add(point->second);
  }
  return periods;
}

std::vector<std::string> CsvMetrics::units(const Scope&, const telemetry::MetricId&) { return {"None"}; }
telemetry::MetricPage CsvMetrics::list(const telemetry::ListRequest&) { return {}; }

}  // namespace tocsin::server
