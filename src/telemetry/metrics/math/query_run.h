// The evaluation of a request's queries: each on demand, once, with what they name evaluated first.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "telemetry/metrics/math/expression.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::telemetry {

class QueryRun {
 public:
  /// Without a store it is a check, over empty series. All must outlive this object.
  QueryRun(MetricStore* store, const QueryRequest& request);

  Result<MathValue> value_of(const MetricQuery& query);
  /// What is to be said of the whole request, so far.
  const std::vector<QueryMessage>& messages() const { return messages_; }

 private:
  Result<MathValue> of_expression(const MetricQuery& query);
  Result<MathValue> of_insights(const MetricQuery& query);
  SeriesValue read(const MetricId& metric, const MetricStat& stat, std::string label);

  Result<MathValue> evaluate(const Expression& expression);
  Result<MathValue> binary(const Expression& expression);
  Result<MathValue> named(const std::string& name);
  Result<MathValue> array(const Expression& expression);
  Result<MathValue> call(const Expression& call);
  Result<MathValue> plain_call(const Expression& call);
  Result<MathValue> metrics(const Expression& call);
  Result<MathValue> period(const Expression& call);
  Result<MathValue> band(const Expression& call);
  Result<MathValue> rule_metric(const Expression& call);
  Result<MathValue> search(const Expression& call);

  const MetricQuery* query_named(const Expression& expression) const;
  std::int64_t common_period_s() const;
  std::vector<MetricId> found_metrics(const std::function<bool(const MetricId&)>& matches);
  void note(std::string code, std::string words);

  MetricStore* store_;
  const QueryRequest& request_;
  bool has_expressions_ = false;                 ///< which may name the other queries, so that their values are kept
  std::int64_t period_s_ = 60;                   ///< of the expression being evaluated
  std::optional<std::int64_t> search_period_s_;  ///< the same, when it was given
  std::map<std::string, MathValue> values_;
  std::set<std::string> open_;
  std::vector<QueryMessage> messages_;
};

}  // namespace tocsin::telemetry
