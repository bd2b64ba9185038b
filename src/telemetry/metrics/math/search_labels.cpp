#include "telemetry/metrics/math/search_labels.h"

#include <algorithm>
#include <map>
#include <optional>

namespace tocsin::telemetry {
namespace {

std::optional<std::string> value_of(const MetricId& metric, const std::string& dimension) {
  for (const auto& [name, value] : metric.dimensions)
    if (name == dimension) return value;
  return std::nullopt;
}

bool differs(const std::vector<MetricId>& metrics, const std::string& dimension) {
  return std::any_of(metrics.begin(), metrics.end(),
                     [&](const MetricId& metric) { return value_of(metric, dimension) != value_of(metrics.front(), dimension); });
}

void add(std::string& label, const std::string& part) { label += (label.empty() ? "" : " ") + part; }

}  // namespace

std::vector<std::string> search_labels(const std::vector<MetricId>& metrics) {
  std::map<std::string, bool> dimensions;  // by name: whether its values differ
  bool namespaces_differ = false, names_differ = false;
  for (const MetricId& metric : metrics) {
    namespaces_differ |= metric.metric_namespace != metrics.front().metric_namespace;
    names_differ |= metric.name != metrics.front().name;
    for (const auto& [name, value] : metric.dimensions) dimensions.emplace(name, false);
  }
  for (auto& [name, different] : dimensions) different = differs(metrics, name);
  std::vector<std::string> labels;
  for (const MetricId& metric : metrics) {
    std::string label;
    if (namespaces_differ) add(label, metric.metric_namespace);
    for (const auto& [name, value] : metric.dimensions)
      if (dimensions[name]) add(label, value);
    if (names_differ || label.empty()) add(label, metric.name);
    labels.push_back(std::move(label));
  }
  return labels;
}

}  // namespace tocsin::telemetry
