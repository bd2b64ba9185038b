// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <set>

#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/reply.h"
#include "telemetry/metrics/retention.h"

namespace tocsin::api::cloudwatch {
namespace {

using telemetry::MetricPoint;
using telemetry::Sample;

constexpr std::size_t data_max = 1000, values_max = 150;

bool is_value(double value) { return std::isfinite(value) && std::fabs(value) <= 0x1p360; }

std::string shown(double value) { return std::isnan(value) ? "NaN" : to_json(Document(value)); }

auto bad_value(const std::string& parameter, double value) {
  return invalid_value("The value " + shown(value) + " for parameter " + parameter + " is invalid.");
}

/// The sample of a datum whose place in the request is `place`: "MetricData.member.1.".
Checked<Sample> single_value(double value, const std::string& place) {
  if (!is_value(value)) return bad_value(place + "Value", value);
  return Sample(value);
}

Checked<Sample> value_list(const Document& datum, const std::string& place) {
  const Array& values = array_at(datum, "Values");
  const Array& counts = array_at(datum, "Counts");
  if (values.size() > values_max) return invalid_value("The collection " + place + "Values must not have a size greater than 150.");
  if (!counts.empty() && counts.size() != values.size())
    return invalid_value("The parameters " + place + "Values and " + place + "Counts must have the same number of elements.");
  std::vector<telemetry::WeightedValue> sample;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string member = ".member." + std::to_string(i + 1);
    const double value = as_number(values[i]).value_or(NAN);
    const double count = counts.empty() ? 1 : as_number(counts[i]).value_or(NAN);
    if (!is_value(value)) return bad_value(place + "Values" + member, value);
    if (!is_value(count) || count <= 0) return bad_value(place + "Counts" + member, count);
    sample.push_back({value, count});
  }
  return Sample(std::move(sample));
}

Checked<Sample> statistic_set(const Document& set, const std::string& place) {
  const auto number = [&](const char* member) { return number_at(set, member).value_or(NAN); };
  const telemetry::StatisticSet sample{number("SampleCount"), number("Sum"), number("Minimum"), number("Maximum")};
  for (const char* member : {"SampleCount", "Sum", "Minimum", "Maximum"})
    if (!is_value(number(member))) return bad_value(place + "StatisticValues." + member, number(member));
  if (sample.sample_count <= 0) return bad_value(place + "StatisticValues.SampleCount", sample.sample_count);
  if (sample.minimum > sample.maximum)
    return invalid_value("The parameter " + place + "StatisticValues.Maximum must be greater than " + place + "StatisticValues.Minimum.");
  return Sample(sample);
}

Checked<Sample> sample_of(const Document& datum, const std::string& place) {
  const bool has_value = find(datum, "Value"), has_values = !array_at(datum, "Values").empty(), has_set = find(datum, "StatisticValues");
  if (!has_value && !has_values && !has_set)
    return missing_parameter("At least one of the parameters " + place + "Value, " + place + "Values and " + place +
                             "StatisticValues must be specified.");
  if (has_value + has_values + has_set > 1) {
    const std::string first = has_value ? "Value" : "Values", second = has_set ? "StatisticValues" : "Values";
    return invalid_combination("The parameters " + place + first + " and " + place + second +
                               " are mutually exclusive and you have specified both.");
  }
  if (has_value) return single_value(number_at(datum, "Value").value_or(NAN), place);
  return has_values ? value_list(datum, place) : statistic_set(*find(datum, "StatisticValues"), place);
}

Checked<Instant> time_of(const Document& datum, const std::string& place, Instant now) {
  const auto ns = integer_at(datum, "Timestamp");
  if (!ns) return now;
  const std::int64_t age_s = to_seconds(now) - to_seconds(instant_from_ns(*ns));
  if (age_s > telemetry::late_max_s)
    return invalid_value("The parameter " + place + "Timestamp must specify a time within the past two weeks.");
  if (-age_s > telemetry::early_max_s)
    return invalid_value("The parameter " + place + "Timestamp must specify a time no more than two hours in the future.");
  return instant_from_ns(*ns);
}

Checked<void> check_dimensions(const Dimensions& dimensions, const std::string& place) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    const std::string member = place + "Dimensions.member." + std::to_string(i + 1);
    const auto& [name, value] = dimensions[i];
    const auto is_control = [](unsigned char c) { return c < 0x20; };
    if (name.starts_with(':') || std::any_of(name.begin(), name.end(), is_control))
      return invalid_value("The value " + name + " for parameter " + member + ".Name is invalid.");
    if (std::any_of(value.begin(), value.end(), is_control))
      return invalid_value("The value for parameter " + member + ".Value contains non-ASCII or control characters.");
    if (!names.insert(name).second)
      return invalid_value("The parameter " + place + "Dimensions contains the dimension " + name + " more than once.");
  }
  return {};
}

Checked<MetricPoint> point_of(const std::string& metric_namespace, const Document& datum, const std::string& place, Instant now) {
  MetricPoint point{.metric = {metric_namespace, text_or(datum, "MetricName"), pairs_at(datum, "Dimensions")},
                    .unit = text_or(datum, "Unit", "None")};
  if (auto checked = check_dimensions(point.metric.dimensions, place); !checked) return std::unexpected(checked.error());
  const std::int64_t resolution_s = integer_or(datum, "StorageResolution", 60);
  if (resolution_s != 1 && resolution_s != 60)
    return invalid_value("The value " + std::to_string(resolution_s) + " for parameter " + place + "StorageResolution is invalid.");
  point.high_resolution = resolution_s == 1;
  auto time = time_of(datum, place, now);
  if (!time) return std::unexpected(time.error());
  point.time = *time;
  auto sample = sample_of(datum, place);
  if (!sample) return std::unexpected(sample.error());
  point.sample = std::move(*sample);
  return point;
}

Checked<void> add_points(const Call& call, const Array& data, const std::string& list, std::vector<MetricPoint>& points) {
  const std::string metric_namespace = text_or(call.input, "Namespace");
  for (std::size_t i = 0; i < data.size(); ++i) {
    auto point = point_of(metric_namespace, data[i], list + ".member." + std::to_string(i + 1) + '.', call.now);
    if (!point) return std::unexpected(point.error());
    points.push_back(std::move(*point));
    if (points.size() > data_max) return invalid_value("The collection MetricData must not have a size greater than 1000.");
  }
  return {};
}

}  // namespace

Reply put_metric_data(MetricStore& metrics, const Call& call) {
  std::vector<MetricPoint> points;
  if (auto added = add_points(call, array_at(call.input, "MetricData"), "MetricData", points); !added)
    return std::unexpected(added.error());
  const Array& entities = array_at(call.input, "EntityMetricData");
  for (std::size_t i = 0; i < entities.size(); ++i) {
    const std::string list = "EntityMetricData.member." + std::to_string(i + 1) + ".MetricData";
    if (auto added = add_points(call, array_at(entities[i], "MetricData"), list, points); !added) return std::unexpected(added.error());
  }
  if (points.empty()) return missing_parameter("The parameter MetricData is required.");
  if (auto put = metrics.put(call.scope, points); !put) return to_service_error(put.error());
  return Object{};
}

}  // namespace tocsin::api::cloudwatch
