#include "telemetry/metrics/math/metric_query.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "telemetry/metrics/math/band_source.h"
#include "telemetry/metrics/math/expression.h"
#include "telemetry/metrics/math/math_functions.h"
#include "telemetry/metrics/math/math_operators.h"
#include "telemetry/metrics/math/math_reductions.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t series_max = 500;

/// Evaluates queries on demand, each once.
class QueryRun {
 public:
  QueryRun(MetricStore* store, const Scope& scope, const std::vector<MetricQuery>& queries, Instant start, Instant end,
           const MathSources& sources)
      : store_(store), scope_(scope), queries_(queries), start_(start), end_(end), sources_(sources) {}

  Result<MathValue> value_of(const MetricQuery& query) {
    if (const auto known = values_.find(query.id); known != values_.end()) return known->second;
    if (query.stat) return values_[query.id] = read(query);
    if (!open_.insert(query.id).second) return fail(ErrorKind::invalid, "Circular reference to '" + query.id + "'");
    auto parsed = parse_expression(query.expression);
    if (!parsed) return std::unexpected(parsed.error());
    const MathSpan outer = std::exchange(span_, {start_, end_, query.period_s.value_or(common_period())});
    auto value = evaluate(*parsed);
    span_ = outer;
    open_.erase(query.id);
    if (value) values_[query.id] = *value;
    return value;
  }

 private:
  std::int64_t common_period() const {
    std::int64_t period_s = 0;
    for (const MetricQuery& query : queries_)
      if (query.stat) period_s = std::max(period_s, query.stat->period_s);
    return period_s == 0 ? 60 : period_s;
  }

  MathValue read(const MetricQuery& query) {
    SeriesValue series{
        .label = query.label.empty() ? query.stat->metric.name : query.label, .period_s = query.stat->period_s, .points = {}};
    if (store_) series.points = read_statistic(*store_, scope_, *query.stat, start_, end_);
    return series;
  }

  Result<MathValue> evaluate(const Expression& expression) {
    switch (expression.kind) {
      case ExpressionKind::number:
        return expression.number;
      case ExpressionKind::text:
        return expression.text;
      case ExpressionKind::name:
        return named(expression.text);
      case ExpressionKind::array:
        return array(expression);
      case ExpressionKind::call:
        return call(expression);
      case ExpressionKind::negate: {
        auto inner = evaluate(expression.parts[0]);
        if (!inner) return inner;
        return apply_operator("*", *inner, -1.0);
      }
      case ExpressionKind::binary:
        break;
    }
    auto left = evaluate(expression.parts[0]);
    if (!left) return left;
    auto right = evaluate(expression.parts[1]);
    if (!right) return right;
    return apply_operator(expression.text, *left, *right);
  }

  Result<MathValue> named(const std::string& name) {
    const auto found = std::find_if(queries_.begin(), queries_.end(), [&](const MetricQuery& query) { return query.id == name; });
    if (found != queries_.end()) return value_of(*found);
    if (name == "REPEAT" || name == "LINEAR") return name;
    return fail(ErrorKind::invalid, "Undefined variable '" + name + "'");
  }

  Result<MathValue> array(const Expression& expression) {
    SeriesArray all;
    for (const Expression& part : expression.parts) {
      auto value = evaluate(part);
      if (!value) return value;
      if (auto* series = std::get_if<SeriesValue>(&*value))
        all.push_back(std::move(*series));
      else if (auto* more = std::get_if<SeriesArray>(&*value))
        all.insert(all.end(), more->begin(), more->end());
      else
        return fail(ErrorKind::invalid, "An array can contain time series only");
      if (all.size() > series_max) return fail(ErrorKind::invalid, "More than 500 time series");
    }
    return all;
  }

  /// METRICS("part of id"): the metrics of the request, not its expressions.
  Result<MathValue> metrics(const Expression& call) {
    if (call.parts.size() > 1 || (call.parts.size() == 1 && call.parts[0].kind != ExpressionKind::text))
      return fail(ErrorKind::invalid, "Unsupported operand type(s) for METRICS");
    SeriesArray all;
    for (const MetricQuery& query : queries_) {
      if (!query.stat || (!call.parts.empty() && query.id.find(call.parts[0].text) == std::string::npos)) continue;
      auto value = value_of(query);
      if (!value) return value;
      all.push_back(std::get<SeriesValue>(*value));
    }
    return all;
  }

  const MetricQuery* query_named(const Expression& expression) const {
    if (expression.kind != ExpressionKind::name) return nullptr;
    const auto found =
        std::find_if(queries_.begin(), queries_.end(), [&](const MetricQuery& query) { return query.id == expression.text; });
    return found == queries_.end() ? nullptr : &*found;
  }

  /// ANOMALY_DETECTION_BAND(m1, k): an array of the lower and the upper edge.
  Result<MathValue> band(const Expression& call) {
    const auto wrong = [] { return fail(ErrorKind::invalid, "Unsupported operand type(s) for ANOMALY_DETECTION_BAND"); };
    if (call.parts.empty() || call.parts.size() > 2) return wrong();
    auto series = evaluate(call.parts[0]);
    if (!series) return series;
    if (!std::holds_alternative<SeriesValue>(*series)) return wrong();
    double deviations = 2;
    if (call.parts.size() == 2) {
      auto given = evaluate(call.parts[1]);
      if (!given) return given;
      const double* number = std::get_if<double>(&*given);
      if (!number || !(*number > 0)) return wrong();
      deviations = *number;
    }
    if (!store_) return SeriesArray(2);
    if (!sources_.bands) return fail(ErrorKind::unsupported, "Unsupported function 'ANOMALY_DETECTION_BAND'");
    const auto& values = std::get<SeriesValue>(*series);
    auto edges = sources_.bands->band({scope_, queries_, query_named(call.parts[0]), values, {start_, end_, values.period_s}, deviations});
    if (!edges) return std::unexpected(edges.error());
    return SeriesArray{std::move(edges->lower), std::move(edges->upper)};
  }

  Result<MathValue> call(const Expression& call) {
    if (call.text == "METRICS") return metrics(call);
    if (call.text == "ANOMALY_DETECTION_BAND") return band(call);
    if (!is_math_function(call.text)) return fail(ErrorKind::unsupported, "Unsupported function '" + call.text + "'");
    std::vector<MathValue> arguments;
    for (const Expression& part : call.parts) {
      auto value = evaluate(part);
      if (!value) return value;
      arguments.push_back(std::move(*value));
    }
    return apply_function(call.text, arguments, span_);
  }

  MetricStore* store_;  ///< none: a check, over empty series
  const Scope& scope_;
  const std::vector<MetricQuery>& queries_;
  Instant start_, end_;
  const MathSources& sources_;
  MathSpan span_{};
  std::map<std::string, MathValue> values_;
  std::set<std::string> open_;
};

Error in_expression(const MetricQuery& query, Error error) {
  error.message = "Error in expression '" + query.id + "': " + error.message;
  return error;
}

Result<MathValue> value_in_words(QueryRun& run, const MetricQuery& query) {
  auto value = run.value_of(query);
  if (!value) return std::unexpected(in_expression(query, value.error()));
  const bool series = std::holds_alternative<SeriesValue>(*value) || std::holds_alternative<SeriesArray>(*value);
  if (query.return_data && !series)
    return std::unexpected(in_expression(query, {ErrorKind::invalid, "The result must be a time series or an array of time series", {}}));
  return value;
}

std::string label_of(const MetricQuery& query, const SeriesValue& series, bool one_of_many) {
  if (query.stat) return series.label;
  if (one_of_many) return query.label.empty() ? series.label : query.label + ' ' + series.label;
  return query.label.empty() ? query.id : query.label;
}

}  // namespace

std::vector<TimeValue> read_statistic(MetricStore& store, const Scope& scope, const MetricStat& stat, Instant start, Instant end) {
  std::vector<TimeValue> points;
  for (const PeriodAggregate& each :
       store.read({.scope = scope, .metric = stat.metric, .unit = stat.unit, .start = start, .end = end, .period_s = stat.period_s}))
    if (const auto value = compute(stat.statistic, each.aggregate)) points.push_back({each.start, *value});
  return points;
}

Result<std::vector<QueryResult>> run_queries(MetricStore& store, const Scope& scope, const std::vector<MetricQuery>& queries, Instant start,
                                             Instant end, const MathSources& sources) {
  QueryRun run(&store, scope, queries, start, end, sources);
  std::vector<QueryResult> results;
  for (const MetricQuery& query : queries) {
    if (!query.return_data) continue;
    auto value = value_in_words(run, query);
    if (!value) return std::unexpected(value.error());
    if (auto* series = std::get_if<SeriesValue>(&*value))
      results.push_back({query.id, label_of(query, *series, false), std::move(series->points)});
    else
      for (SeriesValue& each : std::get<SeriesArray>(*value))
        results.push_back({query.id, label_of(query, each, true), std::move(each.points)});
  }
  return results;
}

Result<void> check_queries(const std::vector<MetricQuery>& queries) {
  const Scope nowhere;
  const MathSources nobody;
  QueryRun run(nullptr, nowhere, queries, Instant{}, Instant{}, nobody);
  for (const MetricQuery& query : queries)
    if (auto value = value_in_words(run, query); !value) return std::unexpected(value.error());
  return {};
}

}  // namespace tocsin::telemetry
