// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <set>

#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/queries.h"
#include "api/cloudwatch/reply.h"

namespace tocsin::api::cloudwatch {
namespace {

constexpr std::size_t queries_max = 500, datapoints_max = 100'800;

Checked<std::size_t> datapoints_per_page(const Call& call) {
  const std::int64_t asked = integer_or(call.input, "MaxDatapoints", datapoints_max);
  if (asked < 1 || asked > static_cast<std::int64_t>(datapoints_max))
    return validation_error("The value for parameter MaxDatapoints must be between 1 and 100800.");
  return static_cast<std::size_t>(asked);
}

/// The start that suits all queries: every period below a minute divides the minute.
Instant common_start(const std::vector<telemetry::MetricQuery>& queries, Instant start, Instant now) {
  std::int64_t period_s = 0;
  for (const telemetry::MetricQuery& query : queries)
    if (query.stat) period_s = std::max(period_s, query.stat->period_s);
  return rounded_start(start, period_s == 0 ? 60 : period_s, now);
}

Array to_documents(const std::vector<telemetry::QueryMessage>& messages) {
  Array documents;
  for (const telemetry::QueryMessage& message : messages) documents.emplace_back(Object{{"Code", message.code}, {"Value", message.words}});
  return documents;
}

/// A page of the results' points, all counted in one row.
class Page {
 public:
  Page(std::size_t skip, std::size_t count_max) : first_page_(skip == 0), skip_(skip), left_(count_max) {}

  void add(const telemetry::QueryResult& result, bool newest_first) {
    const std::size_t size = result.points.size();
    const std::size_t from = std::min(skip_, size);
    skip_ -= from;
    const std::size_t to = std::min(size, from + left_);
    left_ -= to - from;
    passed_ += to;
    const bool cut = to < size;
    more_ = more_ || cut;
    if (from == to && !(first_page_ && size == 0)) return;
    Array timestamps, values;
    for (std::size_t i = from; i < to; ++i) {
      const telemetry::TimeValue& point = result.points[newest_first ? size - 1 - i : i];
      timestamps.emplace_back(to_ns(point.time));
      values.emplace_back(point.value);
    }
    results_.emplace_back(Object{{"Id", result.id},
                                 {"Label", result.label},
                                 {"Timestamps", std::move(timestamps)},
                                 {"Values", std::move(values)},
                                 {"StatusCode", cut ? "PartialData" : "Complete"}});
    if (!result.messages.empty()) results_.back().as_object()["Messages"] = to_documents(result.messages);
  }

  Object answer(const Call& call, const ListTokens& tokens, const std::vector<telemetry::QueryMessage>& messages) {
    Object answer{{"MetricDataResults", std::move(results_)}, {"Messages", to_documents(messages)}};
    if (more_) answer["NextToken"] = tokens.seal(call, std::to_string(passed_));
    return answer;
  }

 private:
  bool first_page_;
  std::size_t skip_, left_, passed_ = 0;
  bool more_ = false;
  Array results_;
};

}  // namespace

Reply get_metric_data(MetricStore& metrics, const telemetry::MathSources& sources, const ListTokens& tokens, const Call& call) {
  const Instant start = instant_from_ns(integer_or(call.input, "StartTime", 0)),
                end = instant_from_ns(integer_or(call.input, "EndTime", 0));
  if (start >= end) return validation_error("The parameter EndTime must be greater than StartTime.");
  auto queries = read_queries(call.operation, array_at(call.input, "MetricDataQueries"), queries_max);
  if (!queries) return std::unexpected(queries.error());
  const auto count_max = datapoints_per_page(call);
  if (!count_max) return std::unexpected(count_max.error());
  const auto skip = page_start(call, tokens);
  if (!skip) return std::unexpected(skip.error());
  std::size_t passed = 0;
  std::from_chars(skip->data(), skip->data() + skip->size(), passed);

  const auto offset = telemetry::parse_utc_offset(text_or(object_at(call.input, "LabelOptions"), "Timezone", "+0000"));
  if (!offset) return validation_error(offset.error().message);
  const auto answer = telemetry::answer_queries(
      metrics, {*queries, common_start(*queries, start, call.now), end, sources, {call.scope, call.now, *offset}});
  if (!answer) return validation_error(answer.error().message);
  Page page(passed, *count_max);
  const bool newest_first = text_or(call.input, "ScanBy", "TimestampDescending") == "TimestampDescending";
  for (const telemetry::QueryResult& result : answer->results) page.add(result, newest_first);
  return page.answer(call, tokens, answer->messages);
}

}  // namespace tocsin::api::cloudwatch
