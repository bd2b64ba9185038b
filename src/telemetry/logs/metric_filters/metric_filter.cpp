#include "telemetry/logs/metric_filters/metric_filter.h"

#include <boost/json.hpp>
#include <cmath>

namespace tocsin::telemetry {
namespace {

constexpr std::size_t dimensions_max = 3, dimension_name_length_max = 255;

std::unexpected<Error> invalid(std::string words) { return fail(ErrorKind::invalid, std::move(words)); }

Result<void> read_value(const std::string& text, MetricFilter& filter) {
  if (const auto number = number_in(text); number && std::fabs(*number) <= 0x1p360) {
    filter.constant = number;
    return {};
  }
  auto selector = ValueSelector::parse(text, filter.pattern);
  if (!selector) return invalid("Invalid metricValue: '" + text + "' is neither a number nor a field of the filter pattern.");
  filter.value = std::move(*selector);
  return {};
}

Result<void> read_dimensions(const Object& dimensions, MetricFilter& filter) {
  if (dimensions.empty()) return {};
  if (filter.pattern.kind() == PatternKind::text) return invalid("The specified filter pattern does not support dimensions");
  for (const auto& [name, value] : dimensions) {
    if (name.empty() || name.size() > dimension_name_length_max || name.starts_with(':'))
      return invalid("Invalid dimension name '" + std::string(name) + "' in metric transformation.");
    auto selector = ValueSelector::parse(std::string_view(value.get_string()), filter.pattern);
    if (!selector)
      return invalid("Invalid dimension value '" + std::string(value.get_string()) +
                     "' in metric transformation: it is not a field of the filter pattern.");
    filter.dimensions.emplace_back(name, std::move(*selector));
  }
  return {};
}

Result<void> read_system_dimensions(const Array& fields, const Scope& scope, MetricFilter& filter) {
  for (const Document& field : fields) {
    const std::string name(field.get_string());
    if (name != "@aws.account" && name != "@aws.region")
      return invalid("Invalid system field '" + name + "': valid values are @aws.account and @aws.region.");
    filter.system_dimensions.emplace_back(name, name == "@aws.account" ? scope.account : scope.region);
  }
  return {};
}

}  // namespace

const std::vector<std::string_view> system_fields = {"@aws.account", "@aws.region"};

Result<MetricFilter> compile_metric_filter(const Document& definition, const Scope& scope) {
  auto pattern = FilterPattern::parse(text_or(definition, "filterPattern"));
  if (!pattern) return std::unexpected(pattern.error());
  auto selection = SelectionCriteria::parse(text_or(definition, "fieldSelectionCriteria"), system_fields);
  if (!selection) return std::unexpected(selection.error());
  const Array& transformations = array_at(definition, "metricTransformations");
  if (transformations.size() != 1) return invalid("Exactly one metric transformation must be specified.");
  const Document& transformation = transformations[0];
  MetricFilter filter{.pattern = *pattern,
                      .selection = *selection,
                      .metric_namespace = text_or(transformation, "metricNamespace"),
                      .metric_name = text_or(transformation, "metricName"),
                      .unit = text_or(transformation, "unit", "None"),
                      .constant = {},
                      .value = {},
                      .dimensions = {},
                      .system_dimensions = {},
                      .default_value = number_at(transformation, "defaultValue"),
                      .on_transformed = truth_or(definition, "applyOnTransformedLogs", false)};
  if (auto done = read_value(text_or(transformation, "metricValue"), filter); !done) return std::unexpected(done.error());
  if (auto done = read_dimensions(object_at(transformation, "dimensions"), filter); !done) return std::unexpected(done.error());
  if (auto done = read_system_dimensions(array_at(definition, "emitSystemFieldDimensions"), scope, filter); !done)
    return std::unexpected(done.error());
  if (filter.dimensions.size() + filter.system_dimensions.size() > dimensions_max)
    return invalid("Invalid metric transformation: at most 3 dimensions are allowed.");
  if (filter.default_value && !filter.dimensions.empty())
    return invalid("Invalid metric transformation: dimensions and default value are mutually exclusive properties.");
  if (filter.default_value && (!std::isfinite(*filter.default_value) || std::fabs(*filter.default_value) > 0x1p360))
    return invalid("Invalid metric transformation: the default value is out of range.");
  if (filter.metric_name.empty() || filter.metric_namespace.empty())
    return invalid("Invalid metric transformation: metricName and metricNamespace must not be empty.");
  if (filter.metric_namespace.starts_with("AWS/"))
    return invalid("Invalid metric transformation: metricNamespace must not begin with AWS/.");
  return filter;
}

}  // namespace tocsin::telemetry
