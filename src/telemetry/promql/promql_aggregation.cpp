#include "telemetry/promql/promql_aggregation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <unordered_map>

#include "telemetry/promql/promql_functions.h"

namespace tocsin::promql {
namespace {

struct Group {
  Labels labels;
  std::vector<const Element*> elements;
};

Labels group_labels(const Expr& aggregation, const Labels& labels) {
  Labels kept;
  for (const auto& [name, value] : labels) {
    const bool listed = std::find(aggregation.labels.begin(), aggregation.labels.end(), name) != aggregation.labels.end();
    if (aggregation.without ? !listed && name != metric_name_label : listed) kept.emplace_back(name, value);
  }
  return kept;
}

/// In the order in which their first element came.
std::vector<Group> groups_of(const Expr& aggregation, const Vector& vector) {
  std::vector<Group> groups;
  std::unordered_map<std::string, std::size_t> known;
  for (const Element& element : vector) {
    Labels labels = group_labels(aggregation, element.labels);
    const auto [at, is_new] = known.try_emplace(key_of(labels), groups.size());
    if (is_new) groups.push_back({std::move(labels), {}});
    groups[at->second].elements.push_back(&element);
  }
  return groups;
}

double sum_of(const Group& group) {
  double sum = group.elements.front()->value;
  for (std::size_t i = 1; i < group.elements.size(); ++i) sum += group.elements[i]->value;
  return sum;
}

double average_of(const Group& group) {
  double mean = group.elements.front()->value, count = 1;
  for (std::size_t i = 1; i < group.elements.size(); ++i) {
    const double value = group.elements[i]->value;
    ++count;
    if (std::isinf(mean)) {
      if (std::isinf(value) && (mean > 0) == (value > 0)) continue;
      if (!std::isinf(value) && !std::isnan(value)) continue;
    }
    mean += value / count - mean / count;
  }
  return mean;
}

double variance_of(const Group& group) {
  double mean = group.elements.front()->value, sum = 0, count = 1;
  for (std::size_t i = 1; i < group.elements.size(); ++i) {
    ++count;
    const double delta = group.elements[i]->value - mean;
    mean += delta / count;
    sum += delta * (group.elements[i]->value - mean);
  }
  return sum / count;
}

double extreme_of(const Group& group, bool greatest) {
  double best = group.elements.front()->value;
  for (const Element* each : group.elements)
    if (std::isnan(best) || (greatest ? best < each->value : best > each->value)) best = each->value;
  return best;
}

std::vector<double> values_of(const Group& group) {
  std::vector<double> values;
  for (const Element* each : group.elements) values.push_back(each->value);
  return values;
}

double value_of(const std::string& name, const Group& group, double parameter) {
  if (name == "sum") return sum_of(group);
  if (name == "avg") return average_of(group);
  if (name == "min") return extreme_of(group, false);
  if (name == "max") return extreme_of(group, true);
  if (name == "count") return static_cast<double>(group.elements.size());
  if (name == "stdvar") return variance_of(group);
  if (name == "stddev") return std::sqrt(variance_of(group));
  if (name == "quantile") return quantile_of(parameter, values_of(group));
  return 1;  // group
}

/// The k greatest or least, whole elements.
void add_best(Vector& out, const Group& group, std::size_t count, bool greatest) {
  std::vector<const Element*> sorted = group.elements;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Element* a, const Element* b) {
    if (std::isnan(a->value) || std::isnan(b->value)) return !std::isnan(a->value) && std::isnan(b->value);
    return greatest ? a->value > b->value : a->value < b->value;
  });
  for (std::size_t i = 0; i < std::min(count, sorted.size()); ++i) out.push_back(*sorted[i]);
}

bool is_label_name(const std::string& name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// A number as a label: the shortest that reads back.
std::string number_label(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::string text = fmt::format("{}", value);
  const auto e = text.find('e');
  const double magnitude = std::fabs(value);
  if (e == std::string::npos && magnitude >= 1e21) text = fmt::format("{:e}", value);
  if (e != std::string::npos && magnitude < 1e21 && magnitude >= 1e-4) text = fmt::format("{:.0f}", value);
  return text;
}

/// As count_values writes a value: the shortest digits, never an exponent.
std::string fixed_label(double value) {
  if (!std::isfinite(value)) return number_label(value);
  char shortest[32];
  const char* const end = std::to_chars(shortest, shortest + sizeof shortest, std::fabs(value), std::chars_format::scientific).ptr;
  const char* const e = std::find(static_cast<const char*>(shortest), end, 'e');
  std::string digits(static_cast<const char*>(shortest), e);
  std::erase(digits, '.');
  int exponent = 0;
  std::from_chars(e + (e[1] == '+' ? 2 : 1), end, exponent);
  if (exponent < 0) {
    digits.insert(0, "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0'));
  } else if (static_cast<std::size_t>(exponent) + 1 >= digits.size()) {
    digits.append(static_cast<std::size_t>(exponent) + 1 - digits.size(), '0');
  } else {
    digits.insert(static_cast<std::size_t>(exponent) + 1, ".");
  }
  return (std::signbit(value) ? "-" : "") + digits;
}

void add_counts(Vector& out, const Expr& aggregation, const Vector& vector, const std::string& label) {
  Vector labelled = vector;
  Expr with_label = aggregation;
  if (!aggregation.without) with_label.labels.push_back(label);
  for (Element& element : labelled) set_label(element.labels, label, fixed_label(element.value));
  if (aggregation.without) std::erase(with_label.labels, label);
  for (const Group& group : groups_of(with_label, labelled)) out.push_back({group.labels, static_cast<double>(group.elements.size())});
}

}  // namespace

Result<Vector> aggregate(const Expr& aggregation, const Vector& vector, double parameter, const std::string& label) {
  Vector out;
  const std::string& name = aggregation.text;
  if (name == "count_values") {
    if (!is_label_name(label)) return fail(ErrorKind::invalid, "invalid label name \"" + label + '"');
    add_counts(out, aggregation, vector, label);
    return out;
  }
  const bool best = name == "topk" || name == "bottomk";
  if (best && (std::isnan(parameter) || std::fabs(parameter) > 9e18))
    return fail(ErrorKind::invalid, "Scalar value " + number_label(parameter) + " overflows int64");
  if (best && parameter < 1) return out;
  for (const Group& group : groups_of(aggregation, vector)) {
    if (best)
      add_best(out, group, static_cast<std::size_t>(std::min(parameter, 1e9)), name == "topk");
    else
      out.push_back({group.labels, value_of(name, group, parameter)});
  }
  return out;
}

}  // namespace tocsin::promql
