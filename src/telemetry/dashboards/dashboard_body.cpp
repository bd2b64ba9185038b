#include "telemetry/dashboards/dashboard_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/document.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t widgets_max = 500, metrics_max = 500;
constexpr std::array<std::string_view, 6> widget_types{"metric", "text", "log", "alarm", "explorer", "custom"};

/// Walks a body and gathers what is wrong with it.
class BodyCheck {
 public:
  DashboardCheck check(const Object& body) {
    const Document* widgets = find(body, "widgets");
    if (!widgets)
      error("", "Should have required property 'widgets'");
    else if (!widgets->is_array())
      error("/widgets", "Should be array");
    else
      check_widgets(widgets->as_array());
    if (const Document* period = find(body, "periodOverride")) allowed("/periodOverride", *period, {"auto", "inherit"});
    return std::move(found_);
  }

 private:
  void error(std::string path, std::string message) { found_.errors.push_back({std::move(path), std::move(message)}); }
  void warning(std::string path, std::string message) { found_.warnings.push_back({std::move(path), std::move(message)}); }

  void allowed(const std::string& path, const Document& value, std::initializer_list<std::string_view> words) {
    const bool known = value.is_string() && std::find(words.begin(), words.end(), std::string_view(value.as_string())) != words.end();
    if (!known) error(path, "Should be equal to one of the allowed values");
  }
  /// The member, or an error for its lack.
  const Document* required(const std::string& path, const Document& object, std::string_view name) {
    const Document* value = find(object, name);
    if (!value) error(path, fmt::format("Should have required property '{}'", name));
    return value;
  }
  void required_text(const std::string& path, const Document& object, std::string_view name) {
    const Document* value = required(path, object, name);
    if (value && !value->is_string()) error(path + '/' + std::string(name), "Should be string");
  }

  void integer_between(const std::string& path, const Document& object, std::string_view name, std::int64_t least, std::int64_t most) {
    const Document* value = find(object, name);
    if (!value) return;
    const std::string place = path + '/' + std::string(name);
    const auto number = as_number(*value);
    if (!number || *number != static_cast<double>(static_cast<std::int64_t>(*number))) return error(place, "Should be integer");
    if (*number < static_cast<double>(least)) error(place, fmt::format("Should be >= {}", least));
    if (*number > static_cast<double>(most)) error(place, fmt::format("Should be <= {}", most));
  }

  void check_widgets(const Array& widgets) {
    if (widgets.size() > widgets_max) error("/widgets", fmt::format("Should NOT have more than {} items", widgets_max));
    for (std::size_t i = 0; i < widgets.size(); ++i) check_widget(fmt::format("/widgets/{}", i), widgets[i]);
  }

  void check_widget(const std::string& path, const Document& widget) {
    if (!widget.is_object()) return error(path, "Should be object");
    integer_between(path, widget, "x", 0, 23);
    integer_between(path, widget, "y", 0, 1'000'000);
    integer_between(path, widget, "width", 1, 24);
    integer_between(path, widget, "height", 1, 1000);
    if ((find(widget, "x") == nullptr) != (find(widget, "y") == nullptr))
      error(path, fmt::format("Should have property {} when property {} is present", find(widget, "x") ? "y" : "x",
                              find(widget, "x") ? "x" : "y"));
    const Document* type = required(path, widget, "type");
    const Document* properties = required(path, widget, "properties");
    if (properties && !properties->is_object()) return error(path + "/properties", "Should be object");
    if (!type || !properties) return;
    const bool known =
        type->is_string() && std::find(widget_types.begin(), widget_types.end(), std::string_view(type->as_string())) != widget_types.end();
    if (!known) return error(path + "/type", "Should be equal to one of the allowed values");
    check_properties(path + "/properties", type->as_string(), *properties);
  }

  void check_properties(const std::string& path, std::string_view type, const Document& properties) {
    if (type == "text") required_text(path, properties, "markdown");
    if (type == "custom") required_text(path, properties, "endpoint");
    if (type == "log") {
      required_text(path, properties, "region");
      required_text(path, properties, "query");
    }
    if (type == "alarm") {
      const Document* alarms = required(path, properties, "alarms");
      if (alarms && !alarms->is_array()) error(path + "/alarms", "Should be array");
    }
    if (type == "metric") check_metric_properties(path, properties);
  }

  void check_metric_properties(const std::string& path, const Document& properties) {
    const Document* alarms = find(find(properties, "annotations"), "alarms");
    const Document* metrics = find(properties, "metrics");
    if (!metrics && !alarms) error(path, "Should have required property 'metrics'");
    if (metrics) {
      required_text(path, properties, "region");
      check_metrics(path + "/metrics", *metrics);
    }
    if (const Document* view = find(properties, "view"))
      allowed(path + "/view", *view, {"timeSeries", "singleValue", "gauge", "bar", "pie", "table", "custom"});
    if (const Document* stacked = find(properties, "stacked"); stacked && !stacked->is_bool())
      error(path + "/stacked", "Should be boolean");
    if (const Document* title = find(properties, "title"); title && !title->is_string()) error(path + "/title", "Should be string");
    if (const Document* stat = find(properties, "stat"); stat && !stat->is_string()) error(path + "/stat", "Should be string");
    check_period(path, properties);
  }

  void check_period(const std::string& path, const Document& properties) {
    const Document* period = find(properties, "period");
    if (!period) return;
    const auto seconds = as_number(*period);
    if (!seconds) return error(path + "/period", "Should be integer");
    const auto whole = static_cast<std::int64_t>(*seconds);
    for (const std::int64_t known : {1, 5, 10, 20, 30})
      if (whole == known) return;
    if (whole < 60 || whole % 60 != 0) warning(path + "/period", "Period should be 1, 5, 10, 20, 30 or a multiple of 60");
  }

  void check_metrics(const std::string& path, const Document& metrics) {
    if (!metrics.is_array()) return error(path, "Should be array");
    const Array& list = metrics.as_array();
    if (list.empty()) error(path, "Should NOT have less than 1 items");
    if (list.size() > metrics_max) error(path, fmt::format("Should NOT have more than {} items", metrics_max));
    for (std::size_t i = 0; i < list.size(); ++i) check_metric(fmt::format("{}/{}", path, i), list[i]);
  }

  void check_metric(const std::string& path, const Document& metric) {
    constexpr const char* words =
        "Field \"metrics\" has to be an array of array of strings, with an optional metricRenderer object as last element";
    if (!metric.is_array()) {
      error(path, "Should be array");
      return error(path, words);
    }
    const Array& parts = metric.as_array();
    if (parts.empty()) return error(path, "Should NOT have less than 1 items");
    std::size_t texts = parts.size();
    if (parts[texts - 1].is_object()) --texts;
    const bool all_texts = std::all_of(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(texts),
                                       [](const Document& part) { return part.is_string(); });
    if (!all_texts) return error(path, "Invalid metric field type, only \"String\" type is allowed");
    if (texts == 0 && !find(parts.back(), "expression")) return error(path, words);
    const bool repeats = texts > 0 && parts[0].as_string() == "...";
    if (texts == 1 && !repeats) error(path, "Should NOT have less than 2 items");
    if (texts >= 2 && texts % 2 != 0 && !repeats) error(path, "Dimension names and values have to come in pairs");
  }

  DashboardCheck found_;
};

}  // namespace

Result<DashboardCheck> check_dashboard(std::string_view body) {
  const auto parsed = parse_json(body);
  if (!parsed || !parsed->is_object()) return fail(ErrorKind::invalid, "The field DashboardBody must be a valid JSON object");
  return BodyCheck().check(parsed->as_object());
}

std::string error_words(const std::vector<DashboardMessage>& errors) {
  std::string words = fmt::format("The dashboard body is invalid, there are {} validation errors:\n[", errors.size());
  for (const DashboardMessage& each : errors)
    words += fmt::format("{}\n  {{\n    \"dataPath\": {},\n    \"message\": {}\n  }}", &each == &errors.front() ? "" : ",",
                         to_json(Document(each.data_path)), to_json(Document(each.message)));
  return words + "\n]";
}

}  // namespace tocsin::telemetry
