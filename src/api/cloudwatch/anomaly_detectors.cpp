// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAnomalyDetector.html
#include "api/cloudwatch/anomaly_detectors.h"

#include <algorithm>
#include <boost/json.hpp>

#include "api/cloudwatch/queries.h"
#include "api/cloudwatch/reply.h"
#include "detect/anomalies/zone_offset.h"
#include "telemetry/metrics/math/expression.h"

namespace tocsin::api::cloudwatch {
namespace {

constexpr std::size_t ranges_max = 10, metrics_max = 10, page_default = 50;
constexpr std::int64_t period_max_s = 3600;
constexpr const char* single_member = "SingleMetricAnomalyDetector";
constexpr const char* math_member = "MetricMathAnomalyDetector";
constexpr const char* bare_members[] = {"Namespace", "MetricName", "Dimensions", "Stat"};

Object single_document(const Document& metric) {
  Object single{{"Namespace", text_or(metric, "Namespace")}, {"MetricName", text_or(metric, "MetricName")}, {"Dimensions", Array{}}};
  if (const Document* dimensions = find(metric, "Dimensions")) single["Dimensions"] = *dimensions;
  single["Stat"] = text_or(metric, "Stat");
  return single;
}

Checked<Object> single_definition(const Call& call, const Document& metric) {
  for (const char* member : {"Namespace", "MetricName", "Stat"})
    if (text_or(metric, member).empty()) return missing_parameter("The parameter " + std::string(member) + " is required.");
  if (find(metric, "AccountId") && text_or(metric, "AccountId") != call.scope.account)
    return not_offered(call.operation, "SingleMetricAnomalyDetector.AccountId of another account");
  if (!telemetry::parse_statistic(text_or(metric, "Stat")))
    return invalid_value("The value " + text_or(metric, "Stat") + " for parameter Stat is not supported.");
  return Object{{single_member, single_document(metric)}};
}

Checked<Object> math_definition(const Call& call, const Document& math) {
  const auto queries = read_queries(call, array_at(math, "MetricDataQueries"), 20);
  if (!queries) return refuse("InvalidParameterValueException", queries.error().message);
  std::size_t returning = 0, metrics = 0;
  std::int64_t period_s = 0;
  for (const telemetry::MetricQuery& query : *queries) {
    returning += query.return_data ? 1 : 0;
    for (const char* function : {"METRICS", "SEARCH", "ANOMALY_DETECTION_BAND"})
      if (telemetry::calls_function(query.expression, function))
        return invalid_value(std::string(function) + " is not supported in a metric math anomaly detector.");
    if (!query.stat) continue;
    ++metrics;
    if (period_s != 0 && query.stat->period_s != period_s) return invalid_value("All metrics in the expression must have the same Period.");
    period_s = query.stat->period_s;
  }
  if (returning != 1) return invalid_value("Exactly one element of the metrics list should return data.");
  if (metrics > metrics_max) return invalid_value("The collection MetricDataQueries must not contain more than 10 metrics.");
  if (period_s > period_max_s) return invalid_value("Period must not be greater than 3600.");
  Object kept = math.as_object();
  for (Document& query : kept["MetricDataQueries"].as_array())
    if (!find(query, "ReturnData")) query.as_object()["ReturnData"] = true;
  return Object{{math_member, std::move(kept)}};
}

/// What the call names: one of the three ways to say it.
Checked<Object> read_definition(const Call& call) {
  const Document *single = find(call.input, single_member), *math = find(call.input, math_member);
  const bool bare =
      std::any_of(std::begin(bare_members), std::end(bare_members), [&](const char* member) { return find(call.input, member); });
  if ((single != nullptr) + (math != nullptr) + bare > 1)
    return invalid_combination(
        "Only one of SingleMetricAnomalyDetector, MetricMathAnomalyDetector, or Namespace, MetricName, Dimensions and Stat may be "
        "specified.");
  if (math) return math_definition(call, *math);
  return single_definition(call, single ? *single : call.input);
}

Checked<void> check_configuration(const Document& configuration) {
  const Array& ranges = array_at(configuration, "ExcludedTimeRanges");
  if (ranges.size() > ranges_max) return invalid_value("The collection ExcludedTimeRanges must not have a size greater than 10.");
  for (const Document& range : ranges)
    if (integer_or(range, "StartTime", 0) >= integer_or(range, "EndTime", 0))
      return invalid_value("The StartTime of an excluded time range must be before its EndTime.");
  if (const auto zone = text_at(configuration, "MetricTimezone"); zone && !detect::is_zone(*zone))
    return invalid_value("The value " + *zone + " for parameter MetricTimezone is not a time zone.");
  return {};
}

Object to_document(AnomalyDetectors& detectors, const detect::DetectorRecord& detector) {
  Object document = detector.definition.as_object();
  // read where it stays: what is added to the document moves what it has
  if (const Document* single = find(detector.definition, single_member))
    for (const char* member : bare_members) document[member] = *find(*single, member);
  if (!document.contains("Configuration")) document["Configuration"] = Object{{"ExcludedTimeRanges", Array{}}};
  document["AnomalyDetectorId"] = detector.id;
  document["StateValue"] = to_text(detectors.state_of(detector));
  return document;
}

bool has_type(const Call& call, std::string_view type) {
  const auto types = texts_at(call.input, "AnomalyDetectorTypes");
  if (types.empty()) return type == "SINGLE_METRIC";
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool matches(const Call& call, const detect::DetectorRecord& detector) {
  const auto ids = texts_at(call.input, "AnomalyDetectorIds");
  if (!ids.empty()) return std::find(ids.begin(), ids.end(), detector.id) != ids.end();
  const Document* single = find(detector.definition, single_member);
  if (!single) return has_type(call, "METRIC_MATH");
  if (!has_type(call, "SINGLE_METRIC")) return false;
  for (const char* member : {"Namespace", "MetricName"})
    if (const auto wanted = text_at(call.input, member); wanted && *wanted != text_or(*single, member)) return false;
  if (!find(call.input, "Dimensions")) return true;
  Dimensions wanted = pairs_at(call.input, "Dimensions"), have = pairs_at(*single, "Dimensions");
  std::sort(wanted.begin(), wanted.end());
  std::sort(have.begin(), have.end());
  return wanted == have;
}

}  // namespace

Reply put_anomaly_detector(AnomalyDetectors& detectors, const Call& call) {
  auto definition = read_definition(call);
  if (!definition) return std::unexpected(definition.error());
  if (const Document* configuration = find(call.input, "Configuration")) {
    if (auto checked = check_configuration(*configuration); !checked) return std::unexpected(checked.error());
    (*definition)["Configuration"] = *configuration;
  }
  if (const Document* characteristics = find(call.input, "MetricCharacteristics"))
    (*definition)["MetricCharacteristics"] = *characteristics;
  const auto id = detectors.put(call.scope, Document(std::move(*definition)));
  if (!id && id.error().kind == ErrorKind::limit_exceeded) return refuse("LimitExceededException", id.error().message);
  if (!id) return invalid_value(id.error().message);
  return Object{{"AnomalyDetectorId", *id}};
}

Reply describe_anomaly_detectors(AnomalyDetectors& detectors, const ListTokens& tokens, const Call& call) {
  auto after = page_start(call, tokens);
  if (!after) return std::unexpected(after.error());
  const auto count_max = static_cast<std::size_t>(integer_or(call.input, "MaxResults", page_default));
  Array list;
  std::string last;
  for (const detect::DetectorRecord& detector : detectors.store().list(call.scope, *after, 0)) {
    if (!matches(call, detector)) continue;
    if (list.size() == count_max) return Object{{"AnomalyDetectors", std::move(list)}, {"NextToken", tokens.seal(call, last)}};
    list.emplace_back(to_document(detectors, detector));
    last = detector.id;
  }
  return Object{{"AnomalyDetectors", std::move(list)}};
}

Reply delete_anomaly_detector(AnomalyDetectors& detectors, const Call& call) {
  const auto id = text_at(call.input, "AnomalyDetectorId");
  Result<void> removed;
  if (id) {
    removed = detectors.remove(call.scope, *id);
  } else {
    auto definition = read_definition(call);
    if (!definition) return std::unexpected(definition.error());
    removed = detectors.remove(call.scope, Document(std::move(*definition)));
  }
  if (!removed) return refuse("ResourceNotFoundException", removed.error().message);
  return Object{};
}

}  // namespace tocsin::api::cloudwatch
