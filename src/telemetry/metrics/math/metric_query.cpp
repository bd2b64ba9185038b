#include "telemetry/metrics/math/metric_query.h"

#include <algorithm>
#include <iterator>

#include "telemetry/metrics/math/query_run.h"

namespace tocsin::telemetry {
namespace {

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

/// An expression's label stands before those of its series; a dynamic one instead of them.
std::string label_of(const MetricQuery& query, const SeriesValue& series, bool one_of_many, const LabelSettings& settings) {
  SeriesValue labelled{
      .label = query.stat || one_of_many ? series.label : query.id, .period_s = series.period_s, .points = {}, .origin = series.origin};
  if (is_dynamic(query.label)) {
    labelled.points = series.points;
    return dynamic_label(query.label, labelled, settings);
  }
  if (query.label.empty()) return labelled.label;
  return one_of_many ? query.label + ' ' + series.label : query.label;
}

void add_result(std::vector<QueryResult>& results, const MetricQuery& query, SeriesValue series, bool one_of_many,
                const LabelSettings& settings) {
  QueryResult& result = results.emplace_back(QueryResult{query.id, label_of(query, series, one_of_many, settings), {}});
  if (series.dropped)
    result.messages.push_back(
        {"ArithmeticError", "One or more data-points have been dropped due to non-numeric values (NaN, -Infinite, +Infinite)"});
  result.points = std::move(series.points);
}

}  // namespace

std::vector<TimeValue> read_statistic(MetricStore& store, const Scope& scope, const MetricStat& stat, Instant start, Instant end) {
  return store.read_values(
      {.scope = scope, .metric = stat.metric, .unit = stat.unit, .start = start, .end = end, .period_s = stat.period_s}, stat.statistic);
}

QueryAnswers::QueryAnswers(MetricStore& store, const QueryRequest& request)
    : request_(request), run_(std::make_unique<QueryRun>(&store, request)) {}
QueryAnswers::~QueryAnswers() = default;

Result<std::vector<QueryResult>> QueryAnswers::of(const MetricQuery& query) {
  std::vector<QueryResult> results;
  auto value = value_in_words(*run_, query);
  if (!value) return std::unexpected(value.error());
  if (auto* series = std::get_if<SeriesValue>(&*value))
    add_result(results, query, std::move(*series), false, request_.labels);
  else
    for (SeriesValue& each : std::get<SeriesArray>(*value)) add_result(results, query, std::move(each), true, request_.labels);
  return results;
}

const std::vector<QueryMessage>& QueryAnswers::messages() const { return run_->messages(); }

Result<QueryAnswer> answer_queries(MetricStore& store, const QueryRequest& request) {
  QueryAnswers answers(store, request);
  QueryAnswer answer;
  for (const MetricQuery& query : request.queries) {
    if (!query.return_data) continue;
    auto results = answers.of(query);
    if (!results) return std::unexpected(results.error());
    std::move(results->begin(), results->end(), std::back_inserter(answer.results));
  }
  answer.messages = answers.messages();
  return answer;
}

Result<std::vector<QueryResult>> run_queries(MetricStore& store, const Scope& scope, const std::vector<MetricQuery>& queries, Instant start,
                                             Instant end, const MathSources& sources) {
  auto answer = answer_queries(store, {queries, start, end, sources, {.scope = scope, .now = end}});
  if (!answer) return std::unexpected(answer.error());
  return std::move(answer->results);
}

Result<void> check_queries(const std::vector<MetricQuery>& queries) {
  const QueryRequest nothing{queries, Instant{}, Instant{}};
  QueryRun run(nullptr, nothing);
  for (const MetricQuery& query : queries) {
    if (auto value = value_in_words(run, query); !value) return std::unexpected(value.error());
    if (auto checked = check_label(query.label); !checked) return checked;
  }
  return {};
}

}  // namespace tocsin::telemetry
