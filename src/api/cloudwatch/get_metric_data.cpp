// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <optional>
#include <set>

#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/queries.h"
#include "api/cloudwatch/reply.h"
#include "base/packed_numbers.h"

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

/// Where a page begins: a query that returns data, one of its series, a point of that in the order of scanning.
struct PagePlace {
  std::size_t query = 0, series = 0, point = 0;
  bool first() const { return query == 0 && series == 0 && point == 0; }
};

std::string to_text(PagePlace place) {
  return std::to_string(place.query) + '.' + std::to_string(place.series) + '.' + std::to_string(place.point);
}

Checked<PagePlace> place_of(const std::string& text) {
  PagePlace place;
  if (text.empty()) return place;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t* each : {&place.query, &place.series, &place.point}) {
    const auto [after, error] = std::from_chars(at, end, *each);
    if (error != std::errc{} || (after != end && *after != '.')) return refuse("InvalidNextToken", "The next token specified is invalid.");
    at = after == end ? end : after + 1;
  }
  return place;
}

/// A page of the results' points, all counted in one row.
class Page {
 public:
  Page(PagePlace begin, std::size_t count_max, bool newest_first) : begin_(begin), left_(count_max), newest_first_(newest_first) {}

  /// False when the page is full: the next one begins here.
  bool add(const telemetry::QueryResult& result, PagePlace place) {
    const std::size_t size = result.points.size();
    const bool resumed = place.query == begin_.query && place.series == begin_.series && begin_.point > 0;
    const std::size_t from = resumed ? std::min(begin_.point, size) : 0;
    if (from < size && left_ == 0) return end_at(place);
    const std::size_t to = std::min(size, from + left_);
    left_ -= to - from;
    const bool cut = to < size;
    if (from < to || !resumed) add_points(result, from, to, cut);
    place.point = to;
    return cut ? end_at(place) : true;
  }

  Object answer(const Call& call, const ListTokens& tokens, const std::vector<telemetry::QueryMessage>& messages) {
    Object answer{{"MetricDataResults", std::move(results_)}, {"Messages", to_documents(messages)}};
    if (next_) answer["NextToken"] = tokens.seal(call, to_text(*next_));
    return answer;
  }

 private:
  bool end_at(PagePlace place) {
    next_ = place;
    return false;
  }

  void add_points(const telemetry::QueryResult& result, std::size_t from, std::size_t to, bool cut) {
    const std::size_t size = result.points.size();
    NumberPacker timestamps(to - from), values(to - from);
    for (std::size_t i = from; i < to; ++i) {
      const telemetry::TimeValue& point = result.points[newest_first_ ? size - 1 - i : i];
      timestamps.set(i - from, to_ns(point.time));
      values.set(i - from, point.value);
    }
    results_.emplace_back(Object{{"Id", result.id}, {"Label", result.label}});
    Object& added = results_.back().as_object();
    added.emplace("Timestamps", timestamps.take());
    added.emplace("Values", values.take());
    added.emplace("StatusCode", cut ? "PartialData" : "Complete");
    if (!result.messages.empty()) added["Messages"] = to_documents(result.messages);
  }

  const PagePlace begin_;
  std::size_t left_;
  const bool newest_first_;
  std::optional<PagePlace> next_;
  Array results_;
};

/// Reads query after query until the page is full. Expressions are evaluated on the first page even when they are not on it: what is wrong
/// with one is said at once.
Checked<void> fill(Page& page, telemetry::QueryAnswers& answers, const std::vector<telemetry::MetricQuery>& queries, PagePlace begin) {
  std::size_t place = 0;
  bool full = false;
  for (const telemetry::MetricQuery& query : queries) {
    if (!query.return_data) continue;
    const std::size_t here = place++;
    if (here < begin.query || (full && (query.stat || !begin.first()))) continue;
    const auto results = answers.of(query);
    if (!results) return validation_error(results.error().message);
    for (std::size_t i = here == begin.query ? begin.series : 0; i < results->size() && !full; ++i)
      full = !page.add((*results)[i], {here, i, 0});
  }
  return {};
}

}  // namespace

Reply get_metric_data(MetricStore& metrics, const telemetry::MathSources& sources, const ListTokens& tokens, const Call& call) {
  const Instant start = instant_from_ns(integer_or(call.input, "StartTime", 0)),
                end = instant_from_ns(integer_or(call.input, "EndTime", 0));
  if (start >= end) return validation_error("The parameter EndTime must be greater than StartTime.");
  auto queries = read_queries(call, array_at(call.input, "MetricDataQueries"), queries_max);
  if (!queries) return std::unexpected(queries.error());
  const auto count_max = datapoints_per_page(call);
  if (!count_max) return std::unexpected(count_max.error());
  const auto key = page_start(call, tokens);
  if (!key) return std::unexpected(key.error());
  const auto begin = place_of(*key);
  if (!begin) return std::unexpected(begin.error());

  const auto offset = telemetry::parse_utc_offset(text_or(object_at(call.input, "LabelOptions"), "Timezone", "+0000"));
  if (!offset) return validation_error(offset.error().message);
  const telemetry::QueryRequest request{*queries, common_start(*queries, start, call.now), end, sources, {call.scope, call.now, *offset}};
  telemetry::QueryAnswers answers(metrics, request);
  Page page(*begin, *count_max, text_or(call.input, "ScanBy", "TimestampDescending") == "TimestampDescending");
  if (auto filled = fill(page, answers, *queries, *begin); !filled) return std::unexpected(filled.error());
  return page.answer(call, tokens, answers.messages());
}

}  // namespace tocsin::api::cloudwatch
