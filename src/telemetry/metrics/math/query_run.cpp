#include "telemetry/metrics/math/query_run.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "telemetry/metrics/insights/insights_run.h"
#include "telemetry/metrics/math/band_source.h"
#include "telemetry/metrics/math/math_functions.h"
#include "telemetry/metrics/math/math_operators.h"
#include "telemetry/metrics/math/rule_source.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t series_max = 500;
// what FILL and its kin may make of a span
constexpr std::int64_t periods_max = 1'000'000;

std::unexpected<Error> wrong(std::string words) { return fail(ErrorKind::invalid, std::move(words)); }
std::unexpected<Error> wrong_operands(std::string_view function) {
  return wrong("Unsupported operand type(s) for " + std::string(function));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : " ") + part;
  return text;
}

}  // namespace

QueryRun::QueryRun(MetricStore* store, const QueryRequest& request)
    : store_(store),
      request_(request),
      has_expressions_(std::any_of(request.queries.begin(), request.queries.end(), [](const MetricQuery& each) { return !each.stat; })) {}

void QueryRun::note(std::string code, std::string words) {
  QueryMessage message{std::move(code), std::move(words)};
  if (std::find(messages_.begin(), messages_.end(), message) == messages_.end()) messages_.push_back(std::move(message));
}

std::int64_t QueryRun::common_period_s() const {
  std::int64_t period_s = 0;
  for (const MetricQuery& query : request_.queries)
    if (query.stat) period_s = std::max(period_s, query.stat->period_s);
  return period_s == 0 ? 60 : period_s;
}

Result<MathValue> QueryRun::value_of(const MetricQuery& query) {
  if (const auto known = values_.find(query.id); known != values_.end()) return known->second;
  if (query.stat && !has_expressions_) return read(query.stat->metric, *query.stat, query.stat->metric.name);
  if (query.stat) return values_[query.id] = read(query.stat->metric, *query.stat, query.stat->metric.name);
  if (!open_.insert(query.id).second) return wrong("Circular reference to '" + query.id + "'");
  const std::int64_t outer = std::exchange(period_s_, query.period_s.value_or(common_period_s()));
  const auto outer_search = std::exchange(search_period_s_, query.period_s);
  Result<MathValue> value = (request_.end - request_.start) / std::chrono::seconds(period_s_) > periods_max
                                ? wrong("The time range has too many periods")
                                : of_expression(query);
  period_s_ = outer;
  search_period_s_ = outer_search;
  open_.erase(query.id);
  if (value) values_[query.id] = *value;
  return value;
}

Result<MathValue> QueryRun::of_expression(const MetricQuery& query) {
  if (is_insights_query(query.expression)) return of_insights(query);
  auto parsed = parse_expression(query.expression);
  if (!parsed) return std::unexpected(parsed.error());
  return evaluate(*parsed);
}

SeriesValue QueryRun::read(const MetricId& metric, const MetricStat& stat, std::string label) {
  SeriesValue series{.label = std::move(label), .period_s = stat.period_s, .points = {}};
  series.origin = std::make_shared<SeriesOrigin>(metric, to_text(stat.statistic));
  if (!store_) return series;
  MetricStat asked = stat;
  asked.metric = metric;
  series.points = read_statistic(*store_, request_.labels.scope, asked, request_.start, request_.end);
  return series;
}

Result<MathValue> QueryRun::of_insights(const MetricQuery& query) {
  auto parsed = parse_insights(query.expression);
  if (!parsed) return std::unexpected(parsed.error());
  const bool many = !parsed->group_by.empty();
  if (!store_) return many ? MathValue(SeriesArray{}) : MathValue(SeriesValue{});
  const std::int64_t period_s = (std::max<std::int64_t>(period_s_, 60) + 59) / 60 * 60;
  const InsightsAnswer answer = run_insights(*store_, request_.labels.scope, *parsed, request_.start, request_.end, period_s);
  if (answer.metrics_exceeded)
    note("MaxMatchingResultsExceeded", "The query matched more than 10,000 metrics, results might not be accurate");
  if (answer.series_exceeded) note("MaxQueryResultsExceeded", "Only the first 500 time series can be returned by a query");
  SeriesArray all;
  for (const InsightsSeries& each : answer.series) {
    SeriesValue& series = all.emplace_back(SeriesValue{.label = joined(each.group), .period_s = period_s, .points = {}});
    for (const auto& [time, value] : each.points) series.points.push_back({time, value});
  }
  if (many) return all;
  all.front().label = query.id;
  return std::move(all.front());
}

Result<MathValue> QueryRun::evaluate(const Expression& expression) {
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
  return binary(expression);
}

Result<MathValue> QueryRun::binary(const Expression& expression) {
  auto left = evaluate(expression.parts[0]);
  if (!left) return left;
  auto right = evaluate(expression.parts[1]);
  if (!right) return right;
  return apply_operator(expression.text, *left, *right);
}

const MetricQuery* QueryRun::query_named(const Expression& expression) const {
  if (expression.kind != ExpressionKind::name) return nullptr;
  const auto found =
      std::find_if(request_.queries.begin(), request_.queries.end(), [&](const MetricQuery& query) { return query.id == expression.text; });
  return found == request_.queries.end() ? nullptr : &*found;
}

Result<MathValue> QueryRun::named(const std::string& name) {
  const MetricQuery* query = query_named({.kind = ExpressionKind::name, .text = name, .parts = {}});
  if (query) return value_of(*query);
  return wrong("Undefined variable '" + name + "'");
}

Result<MathValue> QueryRun::array(const Expression& expression) {
  SeriesArray all;
  for (const Expression& part : expression.parts) {
    auto value = evaluate(part);
    if (!value) return value;
    if (auto* series = std::get_if<SeriesValue>(&*value))
      all.push_back(std::move(*series));
    else if (auto* more = std::get_if<SeriesArray>(&*value))
      all.insert(all.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
    else
      return wrong("An array can contain time series only");
    if (all.size() > series_max) return wrong("More than 500 time series");
  }
  return all;
}

/// METRICS("part of id"): the metrics of the request, not its expressions.
Result<MathValue> QueryRun::metrics(const Expression& call) {
  if (call.parts.size() > 1 || (call.parts.size() == 1 && call.parts[0].kind != ExpressionKind::text)) return wrong_operands("METRICS");
  SeriesArray all;
  for (const MetricQuery& query : request_.queries) {
    if (!query.stat || (!call.parts.empty() && !query.id.contains(call.parts[0].text))) continue;
    // kept, for there is an expression: this one
    auto known = values_.find(query.id);
    if (known == values_.end()) known = values_.emplace(query.id, read(query.stat->metric, *query.stat, query.stat->metric.name)).first;
    SeriesValue& series = all.emplace_back(std::get<SeriesValue>(known->second));
    if (!query.label.empty() && !is_dynamic(query.label)) series.label = query.label;
  }
  return all;
}

/// PERIOD(m1): of a metric, not of an expression.
Result<MathValue> QueryRun::period(const Expression& call) {
  const MetricQuery* query = call.parts.size() == 1 ? query_named(call.parts[0]) : nullptr;
  if (!query || !query->stat) return wrong_operands("PERIOD");
  return static_cast<double>(query->stat->period_s);
}

/// ANOMALY_DETECTION_BAND(m1, k): an array of the lower and the upper edge.
Result<MathValue> QueryRun::band(const Expression& call) {
  constexpr std::string_view name = "ANOMALY_DETECTION_BAND";
  if (call.parts.empty() || call.parts.size() > 2) return wrong_operands(name);
  auto series = evaluate(call.parts[0]);
  if (!series) return series;
  if (!std::holds_alternative<SeriesValue>(*series)) return wrong_operands(name);
  double deviations = 2;
  if (call.parts.size() == 2) {
    auto given = evaluate(call.parts[1]);
    if (!given) return given;
    const double* number = std::get_if<double>(&*given);
    if (!number || (store_ && !(*number > 0))) return wrong_operands(name);
    deviations = *number;
  }
  if (!store_) return SeriesArray(2);
  if (!request_.sources.bands) return wrong("Function 'ANOMALY_DETECTION_BAND' is not supported here");
  const auto& values = std::get<SeriesValue>(*series);
  const MathSpan span{request_.start, request_.end, values.period_s};
  auto edges =
      request_.sources.bands->band({request_.labels.scope, request_.queries, query_named(call.parts[0]), values, span, deviations});
  if (!edges) return std::unexpected(edges.error());
  return SeriesArray{std::move(edges->lower), std::move(edges->upper)};
}

/// INSIGHT_RULE_METRIC("rule", "UniqueContributors"): both also without quotation marks.
Result<MathValue> QueryRun::rule_metric(const Expression& call) {
  constexpr std::string_view name = "INSIGHT_RULE_METRIC";
  const bool words = call.parts.size() == 2 && std::all_of(call.parts.begin(), call.parts.end(), [](const Expression& part) {
                       return part.kind == ExpressionKind::text || part.kind == ExpressionKind::name;
                     });
  const auto metric = words ? parse_rule_metric(call.parts[1].text) : std::nullopt;
  if (!metric) return wrong_operands(name);
  SeriesValue series{.label = call.parts[0].text + ' ' + call.parts[1].text, .period_s = period_s_, .points = {}};
  if (!store_) return series;
  if (period_s_ < 60) return wrong("Contributor Insights rules have periods of 60 seconds and more");
  if (!request_.sources.rules) return fail(ErrorKind::unsupported, "Function 'INSIGHT_RULE_METRIC' is not supported here");
  auto points =
      request_.sources.rules->rule_metric(request_.labels.scope, call.parts[0].text, *metric, {request_.start, request_.end, period_s_});
  if (!points) return std::unexpected(points.error());
  series.points = std::move(*points);
  return series;
}

Result<MathValue> QueryRun::call(const Expression& call) {
  if (call.text == "METRICS") return metrics(call);
  if (call.text == "PERIOD") return period(call);
  if (call.text == "SEARCH") return search(call);
  if (call.text == "ANOMALY_DETECTION_BAND") return band(call);
  if (call.text == "INSIGHT_RULE_METRIC") return rule_metric(call);
  for (const char* known : {"LAMBDA", "SERVICE_QUOTA", "DB_PERF_INSIGHTS"})
    if (call.text == known) return fail(ErrorKind::unsupported, "Function '" + call.text + "' is not supported here");
  if (!is_math_function(call.text)) return wrong("Function '" + call.text + "' not found");
  return plain_call(call);
}

Result<MathValue> QueryRun::plain_call(const Expression& call) {
  MathArguments arguments;
  for (const Expression& part : call.parts) {
    if (part.kind == ExpressionKind::name && is_math_word(call.text, part.text)) {
      arguments.emplace_back(part.text);
      continue;
    }
    auto value = evaluate(part);
    if (!value) return value;
    arguments.push_back(std::move(*value));
  }
  return apply_function(call.text, arguments, {request_.start, request_.end, period_s_});
}

}  // namespace tocsin::telemetry
