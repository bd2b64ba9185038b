// Metric filters, kept by their group. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/setting_operations.h"
#include "telemetry/logs/metric_filters/metric_filter.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogSetting;
namespace log_setting = telemetry::log_setting;
constexpr std::int64_t filters_max = 100;

Object to_document(const LogSetting& setting) {
  Object out = setting.body.get_object();
  out.erase("switchedOff");
  out["filterName"] = setting.name;
  out["logGroupName"] = setting.owner;
  if (!out.contains("applyOnTransformedLogs")) out["applyOnTransformedLogs"] = false;
  return out;
}

bool is_of_metric(const LogSetting& setting, const std::optional<std::string>& name, const std::optional<std::string>& metric_namespace) {
  const Array& transformations = array_at(setting.body, "metricTransformations");
  return !name || (!transformations.empty() && text_or(transformations[0], "metricName") == *name &&
                   text_or(transformations[0], "metricNamespace") == metric_namespace);
}

}  // namespace

Reply put_metric_filter(LogRooms& rooms, const Call& call) {
  const auto group = group_named(rooms.store, call.scope, text_or(call.input, "logGroupName"));
  if (!group) return std::unexpected(group.error());
  if (auto fits = refuse_infrequent_access(**group, "Metric filters"); !fits) return std::unexpected(fits.error());
  const auto filter = telemetry::compile_metric_filter(call.input, call.scope);
  if (!filter) return invalid_parameter(filter.error().message);
  const std::string name = text_or(call.input, "filterName");
  const auto before = rooms.settings.get(log_setting::metric_filter, call.scope, (*group)->name, name);
  if (!before && rooms.settings.count(log_setting::metric_filter, call.scope, (*group)->name) >= filters_max) return limit_exceeded();
  if (filter->pattern.regex_count() > 0 && !may_have_regex(rooms.settings, **group, log_setting::metric_filter, name))
    return limit_exceeded();
  Object body = call.input.get_object();
  body.erase("logGroupName");
  body.erase("filterName");
  body["creationTime"] = before ? integer_or(*before, "creationTime", 0) : to_ms(call.now);
  rooms.settings.put(log_setting::metric_filter, {call.scope, (*group)->name, name, std::move(body)});
  return Object{};
}

Reply describe_metric_filters(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  const auto group_name = text_at(call.input, "logGroupName"), metric = text_at(call.input, "metricName"),
             metric_namespace = text_at(call.input, "metricNamespace");
  if (metric.has_value() != metric_namespace.has_value())
    return invalid_parameter("metricName and metricNamespace must be specified together.");
  if (group_name)
    if (auto group = group_named(rooms.store, call.scope, *group_name); !group) return std::unexpected(group.error());
  const std::string prefix = group_name ? text_or(call.input, "filterNamePrefix") : "";
  return list_settings(rooms.settings, tokens, call,
                       {.kind = log_setting::metric_filter, .owner = group_name, .prefix = prefix, .member = "metricFilters"}, to_document,
                       [&](const LogSetting& setting) { return is_of_metric(setting, metric, metric_namespace); });
}

Reply delete_metric_filter(LogRooms& rooms, const Call& call) {
  const auto group = group_named(rooms.store, call.scope, text_or(call.input, "logGroupName"));
  if (!group) return std::unexpected(group.error());
  if (!rooms.settings.remove(log_setting::metric_filter, call.scope, (*group)->name, text_or(call.input, "filterName")))
    return refuse("ResourceNotFoundException", "The specified metric filter does not exist.");
  return Object{};
}

Reply test_metric_filter(LogRooms&, const Call& call) {
  const auto pattern = telemetry::FilterPattern::parse(text_or(call.input, "filterPattern"));
  if (!pattern) return invalid_parameter(pattern.error().message);
  Array matches;
  std::int64_t number = 0;
  for (const Document& text : array_at(call.input, "logEventMessages")) {
    ++number;
    const telemetry::MessageView message(text.get_string());
    if (!pattern->matches(message)) continue;
    Object values;
    for (const auto& [name, value] : pattern->extract(message)) values[name] = value;
    matches.emplace_back(Object{{"eventNumber", number}, {"eventMessage", text.get_string()}, {"extractedValues", std::move(values)}});
  }
  return Object{{"matches", std::move(matches)}};
}

}  // namespace tocsin::api::logs
