#include "detect/anomalies/detector.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

namespace tocsin::detect {
namespace {

telemetry::MetricId metric_of(const Document& document) {
  telemetry::MetricId metric{text_or(document, "Namespace"), text_or(document, "MetricName"), {}};
  for (const Document& dimension : array_at(document, "Dimensions"))
    metric.dimensions.emplace_back(text_or(dimension, "Name"), text_or(dimension, "Value"));
  std::sort(metric.dimensions.begin(), metric.dimensions.end());
  return metric;
}

Array dimensions_document(const Dimensions& dimensions) {
  Array list;
  for (const auto& [name, value] : dimensions) list.push_back(Object{{"Name", name}, {"Value", value}});
  return list;
}

Result<telemetry::MetricQuery> query_of(const Document& document) {
  telemetry::MetricQuery query{.id = text_or(document, "Id"),
                               .stat = {},
                               .expression = text_or(document, "Expression"),
                               .label = text_or(document, "Label"),
                               .return_data = truth_or(document, "ReturnData", true),
                               .period_s = integer_at(document, "Period")};
  const Document* stat = find(document, "MetricStat");
  if (!stat) return query;
  const auto statistic = telemetry::parse_statistic(text_or(*stat, "Stat"));
  const Document* metric = find(*stat, "Metric");
  if (!statistic || !metric) return fail(ErrorKind::invalid, "MetricStat needs a metric and a statistic.");
  query.stat = telemetry::MetricStat{metric_of(*metric), integer_or(*stat, "Period", 60), *statistic, text_at(*stat, "Unit")};
  return query;
}

Object query_document(const telemetry::MetricQuery& query, bool return_data) {
  Object document{{"Id", query.id}, {"ReturnData", return_data}};
  if (query.period_s) document["Period"] = *query.period_s;
  if (!query.stat) {
    document["Expression"] = query.expression;
    return document;
  }
  Object metric{{"Namespace", query.stat->metric.metric_namespace},
                {"MetricName", query.stat->metric.name},
                {"Dimensions", dimensions_document(query.stat->metric.dimensions)}};
  Object stat{{"Metric", std::move(metric)}, {"Period", query.stat->period_s}, {"Stat", telemetry::to_text(query.stat->statistic)}};
  if (query.stat->unit) stat["Unit"] = *query.stat->unit;
  document["MetricStat"] = std::move(stat);
  return document;
}

// The words of an expression, which may be ids of others.
std::set<std::string> words_in(std::string_view text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : std::string(text) + ' ') {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::exchange(word, {}));
    }
  }
  return words;
}

}  // namespace

Result<WatchedSeries> watched_series(const Document& definition) {
  WatchedSeries series;
  if (const Document* single = find(definition, "SingleMetricAnomalyDetector")) {
    const auto statistic = telemetry::parse_statistic(text_or(*single, "Stat", "Average"));
    if (!statistic) return fail(ErrorKind::invalid, "The statistic is none.", "Stat");
    telemetry::MetricQuery query{.id = "m1", .stat = {}, .expression = {}, .label = {}, .period_s = {}};
    query.stat = telemetry::MetricStat{metric_of(*single), 60, *statistic, std::nullopt};
    series.queries.push_back(std::move(query));
    series.result_id = "m1";
    return series;
  }
  series.is_single = false;
  const Document* math = find(definition, "MetricMathAnomalyDetector");
  if (!math) return fail(ErrorKind::invalid, "A detector watches a metric or an expression.");
  for (const Document& each : array_at(*math, "MetricDataQueries")) {
    auto query = query_of(each);
    if (!query) return std::unexpected(query.error());
    if (query->return_data) {
      if (!series.result_id.empty()) return fail(ErrorKind::invalid, "Exactly one element of the metrics list should return data.");
      series.result_id = query->id;
    }
    series.queries.push_back(std::move(*query));
  }
  if (series.result_id.empty()) return fail(ErrorKind::invalid, "Exactly one element of the metrics list should return data.");
  return series;
}

std::string identity_of(const Document& definition) {
  if (const Document* single = find(definition, "SingleMetricAnomalyDetector")) {
    const telemetry::MetricId metric = metric_of(*single);
    const auto statistic = telemetry::parse_statistic(text_or(*single, "Stat"));
    return to_json(Array{metric.metric_namespace, metric.name, dimensions_document(metric.dimensions),
                         statistic ? telemetry::to_text(*statistic) : text_or(*single, "Stat")});
  }
  Array queries;
  if (const auto series = watched_series(definition))
    for (const auto& query : series->queries) queries.push_back(query_document(query, query.return_data));
  return to_json(queries);
}

std::int64_t period_of(const WatchedSeries& series) {
  std::int64_t period_s = 60;
  if (series.is_single) return period_s;
  for (const auto& query : series.queries) {
    if (query.stat) period_s = query.stat->period_s;
    if (query.id == series.result_id && query.period_s) return *query.period_s;
  }
  return period_s;
}

Document definition_of(const std::vector<telemetry::MetricQuery>& queries, const telemetry::MetricQuery& query) {
  if (query.stat) {
    const telemetry::MetricId& metric = query.stat->metric;
    return Object{{"SingleMetricAnomalyDetector", Object{{"Namespace", metric.metric_namespace},
                                                         {"MetricName", metric.name},
                                                         {"Dimensions", dimensions_document(metric.dimensions)},
                                                         {"Stat", telemetry::to_text(query.stat->statistic)}}}};
  }
  std::set<std::string> needed{query.id};
  for (std::size_t before = 0; before != needed.size();) {
    before = needed.size();
    for (const auto& each : queries)
      if (needed.contains(each.id)) needed.merge(words_in(each.expression));
  }
  Array list;
  for (const auto& each : queries)
    if (needed.contains(each.id)) list.push_back(query_document(each, each.id == query.id));
  return Object{{"MetricMathAnomalyDetector", Object{{"MetricDataQueries", std::move(list)}}}};
}

DetectorSettings settings_of(const Document& definition) {
  DetectorSettings settings;
  const Document* configuration = find(definition, "Configuration");
  if (!configuration) return settings;
  settings.zone = text_or(*configuration, "MetricTimezone");
  for (const Document& range : array_at(*configuration, "ExcludedTimeRanges"))
    settings.excluded.push_back({instant_from_ns(integer_or(range, "StartTime", 0)), instant_from_ns(integer_or(range, "EndTime", 0))});
  const std::string speed = text_or(*configuration, "AdaptationSpeed", "NORMAL");
  if (speed == "FAST") settings.band.new_level_after_s = 3600, settings.band.season_rate = 0.35F;
  if (speed == "SLOW") settings.band.new_level_after_s = 6 * 3600, settings.band.season_rate = 0.1F;
  const std::string strength = text_or(*configuration, "OutlierFilteringStrength", "MODERATE");
  if (strength == "MINIMAL") settings.band.outlier_deviations = 5;
  if (strength == "STRICT") settings.band.outlier_deviations = 2;
  return settings;
}

std::vector<telemetry::TimeValue> read_series(telemetry::MetricStore& metrics, const Scope& scope, const WatchedSeries& series,
                                              std::int64_t period_s, TimeSpan span) {
  if (span.start >= span.end) return {};
  if (series.is_single) {
    telemetry::MetricStat stat = *series.queries.front().stat;
    stat.period_s = period_s;
    return telemetry::read_statistic(metrics, scope, stat, span.start, span.end);
  }
  auto results = telemetry::run_queries(metrics, scope, series.queries, span.start, span.end);
  if (!results) return {};
  for (telemetry::QueryResult& result : *results)
    if (result.id == series.result_id) return std::move(result.points);
  return {};
}

}  // namespace tocsin::detect
