#include "telemetry/promql/promql_binary.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace tocsin::promql {
namespace {

bool is_comparison(const std::string& op) { return op == "==" || op == "!=" || op == ">" || op == "<" || op == ">=" || op == "<="; }

bool holds(const std::string& op, double left, double right) {
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  if (op == ">") return left > right;
  if (op == "<") return left < right;
  if (op == ">=") return left >= right;
  return left <= right;
}

double computed(const std::string& op, double left, double right) {
  if (op == "+") return left + right;
  if (op == "-") return left - right;
  if (op == "*") return left * right;
  if (op == "/") return left / right;
  if (op == "%") return std::fmod(left, right);
  if (op == "^") return std::pow(left, right);
  return std::atan2(left, right);
}

/// atan2 keeps the metric's name, as a Prometheus does.
bool drops_name(const Expr& binary) { return binary.return_bool || (!is_comparison(binary.text) && binary.text != "atan2"); }

bool is_listed(const std::vector<std::string>& labels, const std::string& name) {
  return std::find(labels.begin(), labels.end(), name) != labels.end();
}

/// What two elements must have in common.
std::string signature(const VectorMatching& matching, const Labels& labels) {
  Labels common;
  for (const auto& label : labels) {
    const bool listed = is_listed(matching.labels, label.first);
    if (matching.on ? listed : !listed && label.first != metric_name_label) common.push_back(label);
  }
  return key_of(common);
}

Labels result_labels(const Expr& binary, const Labels& many, const Labels& one) {
  const VectorMatching& matching = binary.matching;
  Labels labels = many;
  // a filter keeps the name
  if (drops_name(binary)) set_label(labels, metric_name_label, "");
  if (matching.card == VectorMatching::Card::one_to_one) {
    Labels kept;
    for (const auto& label : labels) {
      const bool listed = is_listed(matching.labels, label.first);
      if (matching.on ? listed : !listed) kept.push_back(label);
    }
    labels = std::move(kept);
  }
  for (const std::string& name : matching.include) set_label(labels, name, label_of(one, name));
  return labels;
}

Vector set_operation(const Expr& binary, const Vector& left, const Vector& right) {
  std::unordered_set<std::string> right_signatures, left_signatures;
  for (const Element& element : right) right_signatures.insert(signature(binary.matching, element.labels));
  Vector out;
  for (const Element& element : left) {
    const std::string key = signature(binary.matching, element.labels);
    left_signatures.insert(key);
    if (binary.text == "or" || right_signatures.contains(key) == (binary.text == "and")) out.push_back(element);
  }
  if (binary.text != "or") return out;
  for (const Element& element : right)
    if (!left_signatures.contains(signature(binary.matching, element.labels))) out.push_back(element);
  return out;
}

}  // namespace

double apply_scalars(const Expr& binary, double left, double right) {
  return is_comparison(binary.text) ? (holds(binary.text, left, right) ? 1 : 0) : computed(binary.text, left, right);
}

Vector apply_scalar(const Expr& binary, const Vector& vector, double scalar, bool vector_left) {
  Vector out;
  const bool compares = is_comparison(binary.text);
  for (const Element& element : vector) {
    const double left = vector_left ? element.value : scalar, right = vector_left ? scalar : element.value;
    Element result = element;
    if (compares && !binary.return_bool) {
      if (!holds(binary.text, left, right)) continue;
    } else {
      result.value = apply_scalars(binary, left, right);
      if (drops_name(binary)) set_label(result.labels, metric_name_label, "");
    }
    out.push_back(std::move(result));
  }
  return out;
}

Result<Vector> apply_vectors(const Expr& binary, const Vector& left, const Vector& right) {
  const VectorMatching& matching = binary.matching;
  if (matching.card == VectorMatching::Card::many_to_many) return set_operation(binary, left, right);
  // before anything is said of the other
  if (left.empty() || right.empty()) return Vector();
  // the side that may have several is walked; the other has one for each signature
  const bool many_right = matching.card == VectorMatching::Card::one_to_many;
  const Vector &many = many_right ? right : left, &one = many_right ? left : right;
  std::unordered_map<std::string, const Element*> ones;
  for (const Element& element : one)
    if (!ones.try_emplace(signature(matching, element.labels), &element).second)
      return fail(ErrorKind::invalid,
                  "found duplicate series for the match group on the " + std::string(many_right ? "left" : "right") +
                      " hand-side of the operation; many-to-many matching not allowed: matching labels must be unique on one side");
  Vector out;
  std::set<std::string> done;
  for (const Element& element : many) {
    const std::string key = signature(matching, element.labels);
    const auto other = ones.find(key);
    if (other == ones.end()) continue;
    const double l = many_right ? other->second->value : element.value, r = many_right ? element.value : other->second->value;
    const bool compares = is_comparison(binary.text);
    const bool keeps = !compares || binary.return_bool || holds(binary.text, l, r);
    Labels labels = result_labels(binary, element.labels, other->second->labels);
    const bool grouped = matching.card != VectorMatching::Card::one_to_one;
    if (!keeps) continue;
    if (!done.insert(grouped ? key + '\xfd' + key_of(labels) : key).second)
      return fail(ErrorKind::invalid, grouped
                                          ? "multiple matches for labels: grouping labels must ensure unique matches"
                                          : "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
    // a filter gives the value of the left
    const double value = compares && !binary.return_bool ? l : apply_scalars(binary, l, r);
    out.push_back({std::move(labels), value});
  }
  return out;
}

}  // namespace tocsin::promql
