// The queries of GetMetricData and of metric math alarms: metrics by statistic and period, expressions over them, SEARCH and Metrics
// Insights.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "telemetry/metrics/math/dynamic_label.h"
#include "telemetry/metrics/math/math_value.h"
#include "telemetry/metrics/metric_store.h"
#include "telemetry/metrics/statistic.h"

namespace tocsin::telemetry {

struct MetricStat {
  MetricId metric;
  std::int64_t period_s = 60;
  Statistic statistic;
  std::optional<std::string> unit;
};

struct MetricQuery {
  std::string id;
  std::optional<MetricStat> stat;  ///< else `expression`
  std::string expression;
  std::string label;  ///< may be dynamic (dynamic_label.h)
  bool return_data = true;
  std::optional<std::int64_t> period_s;  ///< of an expression
};

struct QueryMessage {
  std::string code;
  std::string words;
  bool operator==(const QueryMessage&) const = default;
};

struct QueryResult {
  std::string id;
  std::string label;
  std::vector<TimeValue> points;            ///< ascending by time
  std::vector<QueryMessage> messages = {};  ///< ArithmeticError: points were dropped
};

class BandSource;
class RuleSource;

/// What expressions ask of others; where there is nobody, the function is refused. All must outlive the use.
struct MathSources {
  BandSource* bands = nullptr;  ///< ANOMALY_DETECTION_BAND (band_source.h)
  RuleSource* rules = nullptr;  ///< INSIGHT_RULE_METRIC (rule_source.h)
};

struct QueryRequest {
  const std::vector<MetricQuery>& queries;
  Instant start;
  Instant end;
  MathSources sources = {};
  LabelSettings labels = {};  ///< its scope is that of the metrics
};

struct QueryAnswer {
  std::vector<QueryResult> results;    ///< of the queries that return data, in their order; an array gives one per series
  std::vector<QueryMessage> messages;  ///< of the whole: what was left out, since there was too much
};

class QueryRun;

/// The same, one query after another, for who does not want all at once.
class QueryAnswers {
 public:
  /// All must outlive this object.
  QueryAnswers(MetricStore& store, const QueryRequest& request);
  ~QueryAnswers();
  /// The results of one of the request's queries.
  Result<std::vector<QueryResult>> of(const MetricQuery& query);
  /// Of the whole, so far.
  const std::vector<QueryMessage>& messages() const;

 private:
  const QueryRequest& request_;
  std::unique_ptr<QueryRun> run_;
};

/// `invalid` with the words "Error in expression 'e1': …".
Result<QueryAnswer> answer_queries(MetricStore& store, const QueryRequest& request);

/// The results alone.
Result<std::vector<QueryResult>> run_queries(MetricStore& store, const Scope& scope, const std::vector<MetricQuery>& queries, Instant start,
                                             Instant end, const MathSources& sources = {});

/// What can be said without data: syntax, unknown ids and functions, circles, labels.
Result<void> check_queries(const std::vector<MetricQuery>& queries);

/// The values of one metric by its statistic.
std::vector<TimeValue> read_statistic(MetricStore& store, const Scope& scope, const MetricStat& stat, Instant start, Instant end);

}  // namespace tocsin::telemetry
