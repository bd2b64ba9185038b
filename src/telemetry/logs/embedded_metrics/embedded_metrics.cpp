#include "telemetry/logs/embedded_metrics/embedded_metrics.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>

#include "telemetry/metrics/retention.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t dimensions_max = 30, metrics_max = 100, values_max = 100;
constexpr std::size_t dimension_value_length_max = 1024, name_length_max = 1024;
constexpr std::array<std::string_view, 27> units = {
    "Seconds",          "Microseconds",     "Milliseconds", "Bytes",           "Kilobytes",        "Megabytes",
    "Gigabytes",        "Terabytes",        "Bits",         "Kilobits",        "Megabits",         "Gigabits",
    "Terabits",         "Percent",          "Count",        "Bytes/Second",    "Kilobytes/Second", "Megabytes/Second",
    "Gigabytes/Second", "Terabytes/Second", "Bits/Second",  "Kilobits/Second", "Megabits/Second",  "Gigabits/Second",
    "Terabits/Second",  "Count/Second",     "None"};

std::optional<double> metric_value(const Document& value) {
  const auto number = as_number(value);
  return number && std::isfinite(*number) && std::fabs(*number) <= 0x1p360 ? number : std::nullopt;
}

/// A number or an array of at most 100; nullopt for anything else.
std::optional<Sample> sample_of(const Document& target) {
  if (const auto single = metric_value(target)) return Sample(*single);
  if (!target.is_array() || target.get_array().empty() || target.get_array().size() > values_max) return std::nullopt;
  std::vector<WeightedValue> values;
  for (const Document& each : target.get_array()) {
    const auto value = metric_value(each);
    if (!value) return std::nullopt;
    values.push_back({*value, 1});
  }
  return Sample(std::move(values));
}

/// The set's values at the root; nullopt when one is not there or no text.
std::optional<Dimensions> dimensions_of(const Document& set, const Document& root) {
  if (!set.is_array() || set.get_array().size() > dimensions_max) return std::nullopt;
  Dimensions dimensions;
  for (const Document& key : set.get_array()) {
    if (!key.is_string()) return std::nullopt;
    const std::string name(key.get_string());
    auto value = text_at(root, name);
    if (!value || value->empty() || value->size() > dimension_value_length_max) return std::nullopt;
    dimensions.emplace_back(name, std::move(*value));
  }
  std::sort(dimensions.begin(), dimensions.end());
  return dimensions;
}

void add_directive(const Document& directive, const Document& root, Instant time, std::vector<MetricPoint>& points) {
  const auto metric_namespace = text_or(directive, "Namespace");
  const Array& definitions = array_at(directive, "Metrics");
  if (metric_namespace.empty() || metric_namespace.size() > name_length_max || definitions.size() > metrics_max) return;
  for (const Document& set : array_at(directive, "Dimensions")) {
    const auto dimensions = dimensions_of(set, root);
    if (!dimensions) continue;
    for (const Document& definition : definitions) {
      const std::string name = text_or(definition, "Name"), unit = text_or(definition, "Unit", "None");
      const Document* target = find(root, name);
      auto sample = target && !name.empty() && name.size() <= name_length_max ? sample_of(*target) : std::nullopt;
      if (!sample) continue;
      points.push_back({.metric = {metric_namespace, name, *dimensions},
                        .unit = std::find(units.begin(), units.end(), unit) == units.end() ? "None" : unit,
                        .time = time,
                        .high_resolution = integer_or(definition, "StorageResolution", 60) == 1,
                        .sample = std::move(*sample)});
    }
  }
}

}  // namespace

bool may_embed_metrics(std::string_view message) {
  return message.find("\"_aws\"") != std::string_view::npos && message.find("\"CloudWatchMetrics\"") != std::string_view::npos;
}

std::vector<MetricPoint> embedded_metrics(const MessageView& message, Instant now) {
  std::vector<MetricPoint> points;
  const Document* root = message.json();
  const Document* metadata = root ? find(*root, "_aws") : nullptr;
  const auto timestamp_ms = metadata ? integer_at(*metadata, "Timestamp") : std::nullopt;
  if (!timestamp_ms) return points;
  const std::int64_t age_s = to_seconds(now) - *timestamp_ms / 1000;
  if (*timestamp_ms < 0 || age_s > late_max_s || age_s < -2 * 3600) return points;
  for (const Document& directive : array_at(*metadata, "CloudWatchMetrics"))
    add_directive(directive, *root, instant_from_ms(*timestamp_ms), points);
  return points;
}

}  // namespace tocsin::telemetry
