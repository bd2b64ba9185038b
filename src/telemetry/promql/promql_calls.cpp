#include "telemetry/promql/promql_calls.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <unordered_map>

#include "telemetry/promql/promql_functions.h"

namespace tocsin::promql {
namespace {

using Arguments = std::vector<PromQlResult>;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

PromQlResult of_vector(Vector vector) {
  PromQlResult result;
  result.vector = std::move(vector);
  return result;
}

PromQlResult of_scalar(double value) {
  PromQlResult result;
  result.type = ValueType::scalar;
  result.scalar = value;
  return result;
}

template <typename Function>
PromQlResult mapped(Vector vector, Function function) {
  for (Element& element : vector) {
    element.value = function(element.value);
    set_label(element.labels, metric_name_label, "");
  }
  return of_vector(std::move(vector));
}

// as Go's Min and Max, which an infinity on their own side decides before NaN does
constexpr double endless = std::numeric_limits<double>::infinity();
double at_most(double value, double limit) {
  if (value == -endless || limit == -endless) return -endless;
  return std::isnan(value) || std::isnan(limit) ? not_a_number : std::min(value, limit);
}
double at_least(double value, double limit) {
  if (value == endless || limit == endless) return endless;
  return std::isnan(value) || std::isnan(limit) ? not_a_number : std::max(value, limit);
}

/// What a selector fixes: the labels of the series that is absent.
Labels fixed_labels(const Expr& expr) {
  Labels labels;
  if (expr.kind != ExprKind::selector) return labels;
  std::map<std::string, int> times;
  for (const Matcher& matcher : expr.matchers) ++times[matcher.label];
  for (const Matcher& matcher : expr.matchers)
    if (matcher.kind == MatchKind::equal && times[matcher.label] == 1 && matcher.label != metric_name_label)
      set_label(labels, matcher.label, matcher.value);
  return labels;
}

PromQlResult sorted(Vector vector, bool descending) {
  std::stable_sort(vector.begin(), vector.end(), [&](const Element& a, const Element& b) {
    if (std::isnan(a.value) || std::isnan(b.value)) return !std::isnan(a.value) && std::isnan(b.value);
    return descending ? a.value > b.value : a.value < b.value;
  });
  return of_vector(std::move(vector));
}

PromQlResult histogram_quantile(double q, const Vector& vector) {
  struct Histogram {
    Labels labels;
    std::vector<Bucket> buckets;
  };
  std::vector<Histogram> histograms;
  std::unordered_map<std::string, std::size_t> known;
  for (const Element& element : vector) {
    const std::string& le = label_of(element.labels, "le");
    char* end = nullptr;
    const double bound = std::strtod(le.c_str(), &end);
    if (le.empty() || *end != '\0') continue;
    Labels labels = element.labels;
    set_label(labels, "le", "");
    set_label(labels, metric_name_label, "");
    const auto [place, is_new] = known.try_emplace(key_of(labels), histograms.size());
    if (is_new) histograms.push_back({std::move(labels), {}});
    histograms[place->second].buckets.push_back({bound, element.value});
  }
  Vector out;
  for (Histogram& each : histograms) out.push_back({std::move(each.labels), bucket_quantile(q, std::move(each.buckets))});
  return of_vector(std::move(out));
}

bool is_label_name(const std::string& name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// $1, ${1}, $name, ${name}, $$ replaced by what was captured.
std::string expanded(const std::string& pattern, const std::vector<re2::StringPiece>& groups, const std::map<std::string, int>& names) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '$' || i + 1 == pattern.size()) {
      out += pattern[i];
      continue;
    }
    if (pattern[i + 1] == '$') {
      out += '$';
      ++i;
      continue;
    }
    const bool braced = pattern[i + 1] == '{';
    std::size_t from = i + 1 + braced, to = from;
    while (to < pattern.size() && (std::isalnum(static_cast<unsigned char>(pattern[to])) || pattern[to] == '_')) ++to;
    const bool closed = !braced || (to < pattern.size() && pattern[to] == '}');
    if (to == from || !closed) {
      out += '$';
      continue;
    }
    const std::string name = pattern.substr(from, to - from);
    const bool number = name.size() < 6 && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); });
    const auto named = names.find(name);
    const int group = number ? std::stoi(name) : named == names.end() ? -1 : named->second;
    if (group >= 0 && static_cast<std::size_t>(group) < groups.size()) out += groups[static_cast<std::size_t>(group)].as_string();
    i = to - 1 + braced;
  }
  return out;
}

Result<PromQlResult> label_replace(Vector vector, const std::string& target, const std::string& replacement, const std::string& source,
                                   const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  const RE2 regex(pattern, options);
  if (!regex.ok()) return fail(ErrorKind::invalid, "invalid regular expression in label_replace(): " + pattern);
  if (!is_label_name(target)) return fail(ErrorKind::invalid, "invalid destination label name in label_replace(): " + target);
  const auto groups_count = static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1;
  for (Element& element : vector) {
    const std::string value = label_of(element.labels, source);
    std::vector<re2::StringPiece> groups(groups_count);
    if (!regex.Match(value, 0, value.size(), RE2::ANCHOR_BOTH, groups.data(), static_cast<int>(groups_count))) continue;
    set_label(element.labels, target, expanded(replacement, groups, regex.NamedCapturingGroups()));
  }
  return of_vector(std::move(vector));
}

Result<PromQlResult> label_join(const Arguments& arguments) {
  Vector vector = arguments[0].vector;
  if (!is_label_name(arguments[1].text))
    return fail(ErrorKind::invalid, "invalid destination label name in label_join(): " + arguments[1].text);
  for (Element& element : vector) {
    std::string value;
    for (std::size_t i = 3; i < arguments.size(); ++i)
      value += (i > 3 ? arguments[2].text : "") + label_of(element.labels, arguments[i].text);
    set_label(element.labels, arguments[1].text, value);
  }
  return of_vector(std::move(vector));
}

PromQlResult rounded(const Arguments& arguments) {
  const double inverse = 1 / (arguments.size() > 1 ? arguments[1].scalar : 1);
  return mapped(arguments[0].vector, [inverse](double value) { return std::floor(value * inverse + 0.5) / inverse; });
}

PromQlResult clamped(const std::string& name, const Arguments& arguments) {
  const double first = arguments[1].scalar;
  if (name == "clamp_max") return mapped(arguments[0].vector, [first](double value) { return at_most(value, first); });
  if (name == "clamp_min") return mapped(arguments[0].vector, [first](double value) { return at_least(value, first); });
  const double second = arguments[2].scalar;
  if (second < first) return of_vector({});
  return mapped(arguments[0].vector, [first, second](double value) { return at_least(at_most(value, second), first); });
}

}  // namespace

Result<PromQlResult> call_function(const Expr& call, Arguments arguments, std::int64_t ts_ms) {
  const std::string& name = call.text;
  const double now_s = static_cast<double>(ts_ms) / 1000;
  if (const OfNumber function = find_number_function(name)) return mapped(std::move(arguments[0].vector), function);
  if (const OfTime function = find_time_function(name)) {
    if (arguments.empty()) return of_vector({{{}, function(now_s)}});
    return mapped(std::move(arguments[0].vector), function);
  }
  if (name == "time") return of_scalar(now_s);
  if (name == "pi") return of_scalar(std::numbers::pi);
  if (name == "vector") return of_vector({{{}, arguments[0].scalar}});
  if (name == "scalar") return of_scalar(arguments[0].vector.size() == 1 ? arguments[0].vector[0].value : not_a_number);
  if (name == "timestamp") {
    for (Element& element : arguments[0].vector) element.value = static_cast<double>(element.time_ms) / 1000;
    return mapped(std::move(arguments[0].vector), [](double value) { return value; });
  }
  if (name == "absent" || name == "absent_over_time") {
    const bool there = !arguments[0].vector.empty() || !arguments[0].matrix.empty();
    return of_vector(there ? Vector{} : Vector{{fixed_labels(call.parts[0]), 1}});
  }
  if (name == "sort" || name == "sort_desc") return sorted(std::move(arguments[0].vector), name == "sort_desc");
  if (name == "round") return rounded(arguments);
  if (name.starts_with("clamp")) return clamped(name, arguments);
  if (name == "histogram_quantile") return histogram_quantile(arguments[0].scalar, arguments[1].vector);
  if (name == "label_replace")
    return label_replace(std::move(arguments[0].vector), arguments[1].text, arguments[2].text, arguments[3].text, arguments[4].text);
  if (name == "label_join") return label_join(arguments);
  return fail(ErrorKind::unsupported, "the function " + name + " is not offered");
}

}  // namespace tocsin::promql
