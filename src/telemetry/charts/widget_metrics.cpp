#include <algorithm>
#include <boost/json.hpp>

#include "telemetry/charts/metric_widget.h"

namespace tocsin::telemetry {
namespace {

std::unexpected<Error> wrong(std::size_t place, std::string_view what) {
  return fail(ErrorKind::invalid, "metrics[" + std::to_string(place) + "]: " + std::string(what));
}

/// The texts of a metric, with what repeats the one before written out.
std::vector<std::string> written_out(const Array& parts, const std::vector<std::string>& before) {
  std::vector<std::string> texts;
  for (const Document& part : parts)
    if (part.is_string()) texts.emplace_back(part.as_string());
  if (!texts.empty() && texts[0] == "...") {
    const std::size_t given = std::min(texts.size() - 1, before.size());
    std::vector<std::string> all(before.begin(), before.end() - static_cast<std::ptrdiff_t>(given));
    all.insert(all.end(), texts.end() - static_cast<std::ptrdiff_t>(given), texts.end());
    texts = std::move(all);
  }
  for (std::size_t i = 0; i < texts.size() && i < before.size(); ++i)
    if (texts[i] == ".") texts[i] = before[i];
  return texts;
}

Result<MetricStat> stat_of(const std::vector<std::string>& texts, const Document& options, const Object& defaults, std::size_t place) {
  if (texts.size() < 2 || texts.size() % 2 != 0) return wrong(place, "namespace, name and pairs of dimensions are needed");
  MetricStat stat{.metric = {texts[0], texts[1], {}}, .unit = {}};
  for (std::size_t i = 2; i < texts.size(); i += 2) stat.metric.dimensions.emplace_back(texts[i], texts[i + 1]);
  stat.period_s = integer_at(options, "period").value_or(integer_at(Document(defaults), "period").value_or(300));
  if (stat.period_s < 1 || stat.period_s > 86'400 * 365) return wrong(place, "the period is out of range");
  const std::string name = text_at(options, "stat").value_or(text_at(Document(defaults), "stat").value_or("Average"));
  const auto statistic = parse_statistic(name);
  if (!statistic) return wrong(place, "'" + name + "' is not a valid statistic");
  stat.statistic = *statistic;
  return stat;
}

/// What is shown in a legend where nothing was given: all that a metric of this widget may differ in.
std::string default_label(const MetricStat& stat) {
  std::string label;
  for (const auto& [name, value] : stat.metric.dimensions) label += value + ' ';
  return label + stat.metric.name;
}

}  // namespace

Result<void> read_widget_metrics(const Array& metrics, const Object& defaults, MetricWidget& widget) {
  std::vector<std::string> before;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (!metrics[i].is_array() || metrics[i].as_array().empty()) return wrong(i, "it must be an array");
    const Array& parts = metrics[i].as_array();
    const Document options = parts.back().is_object() ? parts.back() : Document(Object{});
    MetricQuery query{.id = text_or(options, "id", "q_" + std::to_string(i)),
                      .stat = {},
                      .expression = text_or(options, "expression"),
                      .label = text_or(options, "label"),
                      .return_data = truth_or(options, "visible", true),
                      .period_s = {}};
    if (query.expression.empty()) {
      std::vector<std::string> texts = written_out(parts, before);
      auto stat = stat_of(texts, options, defaults, i);
      if (!stat) return std::unexpected(stat.error());
      before = std::move(texts);
      if (query.label.empty()) query.label = default_label(*stat);
      query.stat = std::move(*stat);
    } else {
      query.period_s = integer_at(options, "period").value_or(integer_at(Document(defaults), "period").value_or(300));
      if (*query.period_s < 1) return wrong(i, "the period is out of range");
    }
    WidgetLine& line = widget.lines[query.id];
    if (const auto color = text_at(options, "color")) line.color = parse_color(*color, {});
    line.right_axis = text_or(options, "yAxis") == "right";
    const bool taken =
        std::any_of(widget.queries.begin(), widget.queries.end(), [&](const MetricQuery& each) { return each.id == query.id; });
    if (taken) return wrong(i, "the id '" + query.id + "' is not unique");
    widget.queries.push_back(std::move(query));
  }
  return {};
}

}  // namespace tocsin::telemetry
