#include "telemetry/metrics/metric_listing.h"

#include <algorithm>

namespace tocsin::telemetry {
namespace {

bool matches(const ListRequest& request, const MetricId& metric) {
  if (request.metric_namespace && metric.metric_namespace != *request.metric_namespace) return false;
  if (request.name && metric.name != *request.name) return false;
  return std::all_of(request.dimensions.begin(), request.dimensions.end(), [&](const DimensionFilter& filter) {
    return std::any_of(metric.dimensions.begin(), metric.dimensions.end(),
                       [&](const auto& each) { return each.first == filter.name && (!filter.value || each.second == *filter.value); });
  });
}

}  // namespace

MetricPage list_metrics(const SeriesDictionary& dictionary, const ListRequest& request) {
  MetricPage page;
  const std::string prefix = metric_key_prefix(request.scope, request.metric_namespace);
  const std::string from = request.after_key.empty() ? prefix : series_key(request.after_key, "\xff");
  const std::int64_t seen_after_s = to_seconds(request.seen_after);
  std::string last;
  dictionary.walk(from, [&](const Series& series) {
    const std::string_view key = series.metric_key();
    if (!key.starts_with(prefix)) return false;
    if (key == last || series.last_seen_s == never_seen_s || series.last_seen_s < seen_after_s) return true;
    MetricId metric = metric_of_key(key);
    if (!matches(request, metric)) return true;
    if (page.metrics.size() == request.count_max) {
      page.next_key = last;
      return false;
    }
    last = key;
    page.metrics.push_back(std::move(metric));
    return true;
  });
  return page;
}

}  // namespace tocsin::telemetry
