// SEARCH('…', 'Average'[, 300]) of a query's evaluation.
#include <algorithm>

#include "telemetry/metrics/math/query_run.h"
#include "telemetry/metrics/math/search_labels.h"
#include "telemetry/metrics/retention.h"
#include "telemetry/metrics/search/search_expression.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t found_max = 500, page_size = 5'000;
constexpr std::int64_t period_s_default = 300;

std::unexpected<Error> wrong_operands() { return fail(ErrorKind::invalid, "Unsupported operand type(s) for SEARCH"); }

bool is_period(double period_s) {
  for (const double known : {1, 5, 10, 20, 30})
    if (period_s == known) return true;
  return period_s >= 60 && period_s <= 86'400.0 * 365 && static_cast<std::int64_t>(period_s) % 60 == 0;
}

}  // namespace

/// At most `found_max`, seen within two weeks.
std::vector<MetricId> QueryRun::found_metrics(const std::function<bool(const MetricId&)>& matches) {
  std::vector<MetricId> found;
  const Instant now = request_.labels.now == Instant{} ? request_.end : request_.labels.now;
  ListRequest list{.scope = request_.labels.scope,
                   .metric_namespace = {},
                   .name = {},
                   .dimensions = {},
                   .seen_after = now - std::chrono::seconds(late_max_s),
                   .after_key = {},
                   .count_max = page_size};
  do {
    MetricPage page = store_->list(list);
    for (MetricId& metric : page.metrics) {
      if (!matches(metric)) continue;
      if (found.size() == found_max) {
        note("MaxMetricsExceeded", "Maximum number of allowed metrics exceeded");
        return found;
      }
      found.push_back(std::move(metric));
    }
    list.after_key = page.next_key;
  } while (!list.after_key.empty());
  return found;
}

Result<MathValue> QueryRun::search(const Expression& call) {
  if (call.parts.size() < 2 || call.parts.size() > 3) return wrong_operands();
  if (call.parts[0].kind != ExpressionKind::text || call.parts[1].kind != ExpressionKind::text) return wrong_operands();
  const auto expression = parse_search(call.parts[0].text);
  if (!expression) return std::unexpected(expression.error());
  const auto statistic = parse_statistic(call.parts[1].text);
  if (!statistic) return fail(ErrorKind::invalid, "Invalid SEARCH expression: '" + call.parts[1].text + "' is not a valid statistic");
  MetricStat stat{.metric = {}, .period_s = search_period_s_.value_or(period_s_default), .statistic = *statistic, .unit = {}};
  if (call.parts.size() == 3) {
    if (call.parts[2].kind != ExpressionKind::number || !is_period(call.parts[2].number)) return wrong_operands();
    stat.period_s = static_cast<std::int64_t>(call.parts[2].number);
  }
  if (!store_) return SeriesArray{};
  const std::vector<MetricId> found = found_metrics([&](const MetricId& metric) { return expression->matches(metric); });
  const std::vector<std::string> labels = search_labels(found);
  SeriesArray series;
  for (std::size_t i = 0; i < found.size(); ++i) series.push_back(read(found[i], stat, labels[i]));
  return series;
}

}  // namespace tocsin::telemetry
