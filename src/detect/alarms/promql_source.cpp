#include "detect/alarms/promql_source.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "telemetry/metrics/retention.h"

namespace tocsin::detect {
namespace {

constexpr std::size_t series_max = 10'000;

bool speaks_promql(std::string_view metric_namespace) { return metric_namespace == "Prometheus" || metric_namespace == "OpenTelemetry"; }

std::string with_underscores(std::string name) {
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != ':') c = '_';
  return name;
}

bool is_counter(std::string_view name) {
  return name.ends_with("_total") || name.ends_with("_bucket") || name.ends_with("_count") || name.ends_with("_sum");
}

/// Of several samples in a period: of a counter the last, which is the greatest; else their average.
double value_of(const telemetry::Aggregate& aggregate, bool counter) {
  return counter ? aggregate.maximum : aggregate.sum / aggregate.count;
}

/// The name that a selector fixes.
std::optional<std::string> fixed_name(const std::vector<promql::Matcher>& matchers) {
  for (const promql::Matcher& matcher : matchers)
    if (matcher.label == promql::metric_name_label && matcher.kind == promql::MatchKind::equal) return matcher.value;
  return std::nullopt;
}

}  // namespace

promql::Labels labels_of(const telemetry::MetricId& metric) {
  promql::Labels labels;
  promql::set_label(labels, promql::metric_name_label, metric.name);
  if (!speaks_promql(metric.metric_namespace)) promql::set_label(labels, "namespace", metric.metric_namespace);
  for (const auto& [name, value] : metric.dimensions) promql::set_label(labels, name, value);
  return labels;
}

std::vector<promql::Sample> MetricSeriesSource::samples(const telemetry::MetricId& metric, Instant from, Instant to) {
  const bool counter = is_counter(metric.name);
  std::vector<promql::Sample> all;
  const auto read = [&](std::int64_t period_s) {
    const Instant start{std::chrono::seconds(telemetry::floor_to(to_seconds(from), period_s))};
    return metrics_.read({.scope = scope_, .metric = metric, .unit = {}, .start = start, .end = to + Duration{1}, .period_s = period_s});
  };
  std::set<std::int64_t> minutes;
  for (const telemetry::PeriodAggregate& each : read(1)) {
    all.push_back({to_ms(each.start), value_of(each.aggregate, counter)});
    minutes.insert(telemetry::floor_to(to_seconds(each.start), 60));
  }
  for (const telemetry::PeriodAggregate& each : read(60))
    if (!minutes.contains(to_seconds(each.start))) all.push_back({to_ms(each.start), value_of(each.aggregate, counter)});
  std::erase_if(all, [&](const promql::Sample& sample) { return sample.time_ms < to_ms(from) || sample.time_ms > to_ms(to); });
  std::sort(all.begin(), all.end(), [](const promql::Sample& a, const promql::Sample& b) { return a.time_ms < b.time_ms; });
  return all;
}

Result<std::vector<promql::Series>> MetricSeriesSource::matching(const promql::MatcherSet& set, telemetry::ListRequest request,
                                                                 const std::optional<std::string>& name, Instant from, Instant to) {
  std::vector<promql::Series> found;
  for (bool more = true; more;) {
    const telemetry::MetricPage page = metrics_.list(request);
    for (const telemetry::MetricId& metric : page.metrics) {
      if (name && metric.name != *name && with_underscores(metric.name) != *name) continue;
      promql::Labels labels = labels_of(metric);
      if (name) promql::set_label(labels, promql::metric_name_label, *name);
      if (!set.matches(labels)) continue;
      if (found.size() == series_max) return fail(ErrorKind::limit_exceeded, "The query matches more than 10,000 series.");
      found.push_back({std::move(labels), samples(metric, from, to)});
    }
    request.after_key = page.next_key;
    more = !page.next_key.empty();
  }
  return found;
}

Result<std::vector<promql::Series>> MetricSeriesSource::select(const std::vector<promql::Matcher>& matchers, std::int64_t from_ms,
                                                               std::int64_t to_ms) {
  const auto set = promql::MatcherSet::make(matchers);
  if (!set) return std::unexpected(set.error());
  const auto name = fixed_name(matchers);
  const Instant from = instant_from_ms(from_ms), to = instant_from_ms(to_ms);
  telemetry::ListRequest request{
      .scope = scope_, .metric_namespace = {}, .name = name, .dimensions = {}, .seen_after = from - std::chrono::hours(1)};
  auto found = matching(*set, request, name, from, to);
  if (!found || !found->empty() || !name) return found;
  // perhaps it is one that is written with underscores
  request.name.reset();
  return matching(*set, request, name, from, to);
}

}  // namespace tocsin::detect
