#include "telemetry/promql/promql_evaluator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "telemetry/promql/promql_aggregation.h"
#include "telemetry/promql/promql_binary.h"
#include "telemetry/promql/promql_calls.h"
#include "telemetry/promql/promql_functions.h"

namespace tocsin::promql {
namespace {

Result<Vector> unique(Vector vector) {
  std::unordered_set<std::string> seen;
  for (const Element& element : vector)
    if (!seen.insert(key_of(element.labels)).second)
      return fail(ErrorKind::invalid, "vector cannot contain metrics with the same labelset");
  return vector;
}

PromQlResult of_scalar(double value) {
  PromQlResult result;
  result.type = ValueType::scalar;
  result.scalar = value;
  return result;
}

PromQlResult of_vector(Vector vector) {
  PromQlResult result;
  result.vector = std::move(vector);
  return result;
}

class Evaluator {
 public:
  Evaluator(SeriesSource& source, std::int64_t at_ms, const EvaluateOptions& options)
      : source_(source), top_ms_(at_ms), options_(options) {}

  Result<PromQlResult> run(const Expr& expr) {
    if (auto loaded = load(expr, top_ms_, top_ms_); !loaded) return std::unexpected(loaded.error());
    return eval(expr, top_ms_);
  }

 private:
  std::int64_t reference(const TimeShift& shift, std::int64_t ts) const {
    return (shift.at_evaluation ? top_ms_ : shift.at_ms.value_or(ts)) - shift.offset_ms;
  }
  std::int64_t step_of(const Expr& subquery) const { return subquery.step_ms > 0 ? subquery.step_ms : options_.subquery_step_ms; }

  /// Reads once what the selectors need when they are looked at from `first` to `last`.
  Result<void> load(const Expr& expr, std::int64_t first, std::int64_t last) {
    if (expr.kind == ExprKind::selector) {
      const std::int64_t back = expr.range_ms > 0 ? expr.range_ms : options_.lookback_ms;
      auto series = source_.select(expr.matchers, reference(expr.shift, first) - back, reference(expr.shift, last));
      if (!series) return std::unexpected(series.error());
      loaded_[&expr] = std::move(*series);
      return {};
    }
    if (expr.kind == ExprKind::subquery) {
      first = reference(expr.shift, first) - expr.range_ms;
      last = reference(expr.shift, last);
    }
    for (const Expr& part : expr.parts)
      if (auto done = load(part, first, last); !done) return done;
    return {};
  }

  Result<void> spend(std::size_t samples) {
    spent_ += samples;
    if (spent_ <= options_.samples_max) return {};
    return fail(ErrorKind::limit_exceeded, "query processing would load too many samples into memory in query execution");
  }

  Result<PromQlResult> eval(const Expr& expr, std::int64_t ts) {
    switch (expr.kind) {
      case ExprKind::number:
        return of_scalar(expr.number);
      case ExprKind::text: {
        PromQlResult result;
        result.type = ValueType::text;
        result.text = expr.text;
        return result;
      }
      case ExprKind::selector:
        return expr.range_ms > 0 ? eval_range(expr, ts) : eval_instant(expr, ts);
      case ExprKind::subquery:
        return eval_subquery(expr, ts);
      case ExprKind::unary_minus:
        return eval_minus(expr, ts);
      case ExprKind::binary:
        return at_time(eval_binary(expr, ts), ts);
      case ExprKind::aggregation:
        return at_time(eval_aggregation(expr, ts), ts);
      case ExprKind::call:
        return at_time(eval_call(expr, ts), ts);
    }
    return fail(ErrorKind::internal, "unknown expression");
  }

  /// What was computed is of now, and no two elements are alike.
  static Result<PromQlResult> at_time(Result<PromQlResult> result, std::int64_t ts) {
    if (!result || result->type != ValueType::vector) return result;
    for (Element& element : result->vector) element.time_ms = ts;
    auto checked = unique(std::move(result->vector));
    if (!checked) return std::unexpected(checked.error());
    return of_vector(std::move(*checked));
  }

  Result<PromQlResult> eval_instant(const Expr& expr, std::int64_t ts) {
    const std::int64_t at = reference(expr.shift, ts);
    Vector vector;
    for (const Series& series : loaded_[&expr]) {
      const auto after = std::upper_bound(series.samples.begin(), series.samples.end(), at,
                                          [](std::int64_t time, const Sample& sample) { return time < sample.time_ms; });
      if (after == series.samples.begin()) continue;
      const Sample& sample = *(after - 1);
      if (sample.time_ms < at - options_.lookback_ms || is_stale_marker(sample.value)) continue;
      vector.push_back({series.labels, sample.value, sample.time_ms});
    }
    if (auto spent = spend(vector.size()); !spent) return std::unexpected(spent.error());
    return of_vector(std::move(vector));
  }

  Result<PromQlResult> eval_range(const Expr& expr, std::int64_t ts) {
    const std::int64_t to = reference(expr.shift, ts), from = to - expr.range_ms;
    PromQlResult result;
    result.type = ValueType::matrix;
    for (const Series& series : loaded_[&expr]) {
      Series part{series.labels, {}};
      const auto first = std::lower_bound(series.samples.begin(), series.samples.end(), from,
                                          [](const Sample& sample, std::int64_t time) { return sample.time_ms < time; });
      for (auto sample = first; sample != series.samples.end() && sample->time_ms <= to; ++sample)
        if (!is_stale_marker(sample->value)) part.samples.push_back(*sample);
      if (auto spent = spend(part.samples.size()); !spent) return std::unexpected(spent.error());
      if (!part.samples.empty()) result.matrix.push_back(std::move(part));
    }
    return result;
  }

  Result<PromQlResult> eval_subquery(const Expr& expr, std::int64_t ts) {
    const std::int64_t to = reference(expr.shift, ts), from = to - expr.range_ms, step = step_of(expr);
    std::int64_t at = step * (from / step);
    if (at < from) at += step;
    PromQlResult result;
    result.type = ValueType::matrix;
    std::unordered_map<std::string, std::size_t> known;
    for (; at <= to; at += step) {
      auto value = eval(expr.parts.front(), at);
      if (!value) return value;
      if (value->type == ValueType::scalar) value->vector = {{{}, value->scalar, at}};
      if (auto spent = spend(value->vector.size() + 1); !spent) return std::unexpected(spent.error());
      for (Element& element : value->vector) {
        const auto [place, is_new] = known.try_emplace(key_of(element.labels), result.matrix.size());
        if (is_new) result.matrix.push_back({std::move(element.labels), {}});
        result.matrix[place->second].samples.push_back({at, element.value});
      }
    }
    return result;
  }

  Result<PromQlResult> eval_minus(const Expr& expr, std::int64_t ts) {
    auto value = eval(expr.parts.front(), ts);
    if (!value) return value;
    value->scalar = -value->scalar;
    for (Element& element : value->vector) {
      element.value = -element.value;
      set_label(element.labels, metric_name_label, "");
    }
    return at_time(std::move(value), ts);
  }

  Result<PromQlResult> eval_binary(const Expr& expr, std::int64_t ts) {
    auto left = eval(expr.parts[0], ts);
    if (!left) return left;
    auto right = eval(expr.parts[1], ts);
    if (!right) return right;
    if (auto spent = spend(left->vector.size() + right->vector.size()); !spent) return std::unexpected(spent.error());
    const bool left_scalar = left->type == ValueType::scalar, right_scalar = right->type == ValueType::scalar;
    if (left_scalar && right_scalar) return of_scalar(apply_scalars(expr, left->scalar, right->scalar));
    if (right_scalar) return of_vector(apply_scalar(expr, left->vector, right->scalar, true));
    if (left_scalar) return of_vector(apply_scalar(expr, right->vector, left->scalar, false));
    auto vector = apply_vectors(expr, left->vector, right->vector);
    if (!vector) return std::unexpected(vector.error());
    return of_vector(std::move(*vector));
  }

  Result<PromQlResult> eval_aggregation(const Expr& expr, std::int64_t ts) {
    double parameter = 0;
    std::string label;
    if (expr.parts.size() == 2) {
      auto given = eval(expr.parts.front(), ts);
      if (!given) return given;
      parameter = given->scalar;
      label = given->text;
    }
    auto vector = eval(expr.parts.back(), ts);
    if (!vector) return vector;
    auto aggregated = aggregate(expr, vector->vector, parameter, label);
    if (!aggregated) return std::unexpected(aggregated.error());
    return of_vector(std::move(*aggregated));
  }

  Result<PromQlResult> eval_call(const Expr& expr, std::int64_t ts) {
    std::vector<PromQlResult> arguments;
    for (const Expr& part : expr.parts) {
      auto value = eval(part, ts);
      if (!value) return value;
      arguments.push_back(std::move(*value));
    }
    if (const OfRange function = find_range_function(expr.text)) return eval_over_range(expr, function, arguments, ts);
    return call_function(expr, std::move(arguments), ts);
  }

  Result<PromQlResult> eval_over_range(const Expr& expr, OfRange function, const std::vector<PromQlResult>& arguments, std::int64_t ts) {
    const std::size_t place = arguments.front().type == ValueType::matrix ? 0 : 1;
    const Expr& range = expr.parts[place];
    const std::int64_t to = reference(range.shift, ts);
    std::vector<double> scalars;
    for (const PromQlResult& argument : arguments)
      if (argument.type == ValueType::scalar) scalars.push_back(argument.scalar);
    scalars.resize(2);
    const bool smoothing = expr.text == "holt_winters";
    if (smoothing)
      for (const double factor : scalars)
        if (!(factor > 0 && factor < 1)) return fail(ErrorKind::invalid, "invalid smoothing or trend factor. Expected: 0 < factor < 1");
    Vector out;
    for (const Series& series : arguments[place].matrix) {
      const auto value =
          function({series.samples, to - range.range_ms, to, static_cast<double>(range.range_ms) / 1000, ts, scalars[0], scalars[1]});
      if (!value) continue;
      Labels labels = series.labels;
      if (expr.text != "last_over_time") set_label(labels, metric_name_label, "");
      out.push_back({std::move(labels), *value});
    }
    return of_vector(std::move(out));
  }

  SeriesSource& source_;
  const std::int64_t top_ms_;
  const EvaluateOptions& options_;
  std::unordered_map<const Expr*, std::vector<Series>> loaded_;
  std::size_t spent_ = 0;
};

}  // namespace

Result<PromQlResult> evaluate_promql(const Expr& expr, SeriesSource& source, std::int64_t at_ms, const EvaluateOptions& options) {
  return Evaluator(source, at_ms, options).run(expr);
}

}  // namespace tocsin::promql
