#include "diagnose/trace_map/filter_match.h"

#include <algorithm>
#include <boost/json.hpp>

#include "diagnose/trace_map/filter_facts.h"
#include "diagnose/trace_map/root_causes.h"

namespace tocsin::diagnose {
namespace {

using Kind = FilterExpression::Kind;
constexpr int group_depth_max = 5;

template <typename Value>
bool compare(const Value& left, FilterOperator op, const Value& right) {
  switch (op) {
    case FilterOperator::equal:
      return left == right;
    case FilterOperator::not_equal:
      return left != right;
    case FilterOperator::less:
      return left < right;
    case FilterOperator::less_or_equal:
      return left <= right;
    case FilterOperator::greater:
      return left > right;
    case FilterOperator::greater_or_equal:
      return left >= right;
    default:
      return false;
  }
}

bool compare_text(const std::string& left, FilterOperator op, const std::string& right) {
  switch (op) {
    case FilterOperator::contains:
      return left.find(right) != std::string::npos;
    case FilterOperator::begins_with:
      return left.starts_with(right);
    case FilterOperator::ends_with:
      return left.ends_with(right);
    default:
      return compare(left, op, right);
  }
}

bool holds(const std::vector<FactValue>& values, const FilterExpression& test) {
  if (test.op == FilterOperator::is_set)
    return std::ranges::any_of(values,
                               [](const FactValue& value) { return !std::holds_alternative<bool>(value) || std::get<bool>(value); });
  const auto passes = [&](const FactValue& value) {
    if (const auto* text = std::get_if<std::string>(&value))
      return std::holds_alternative<std::string>(test.value) && compare_text(*text, test.op, std::get<std::string>(test.value));
    if (const auto* number = std::get_if<double>(&value))
      return std::holds_alternative<double>(test.value) && compare(*number, test.op, std::get<double>(test.value));
    return std::holds_alternative<bool>(test.value) && compare(std::get<bool>(value), test.op, std::get<bool>(test.value));
  };
  if (test.op != FilterOperator::not_equal) return std::ranges::any_of(values, passes);
  // of another type is other too
  return !values.empty() &&
         std::ranges::all_of(values, [&](const FactValue& value) { return value.index() != test.value.index() || passes(value); });
}

class Matcher {
 public:
  Matcher(const Trace& trace, const FindGroupFilter& find_group) : trace_(trace), find_group_(find_group) {}

  /// `facts` are of the trace, or of what stands before the braces.
  bool evaluate(const FilterExpression& e, const Facts& facts) {
    switch (e.kind) {
      case Kind::everything:
        return true;
      case Kind::conjunction:
        return std::ranges::all_of(e.parts, [&](const FilterExpression& part) { return evaluate(part, facts); });
      case Kind::disjunction:
        return std::ranges::any_of(e.parts, [&](const FilterExpression& part) { return evaluate(part, facts); });
      case Kind::negation:
        return !evaluate(e.parts[0], facts);
      case Kind::keyword:
        return holds(facts(e.key), e);
      case Kind::annotation:
        return holds(annotation_facts(trace_, e.key), e);
      case Kind::service:
      case Kind::edge:
        return any(e);
      case Kind::group:
        return group(e, facts);
      case Kind::root_cause:
        return any_cause(e);
      case Kind::root_cause_json:
        return cause_json(e);
    }
    return false;
  }

  bool selected(const FilterExpression& e, const TraceSegment& segment) {
    if (e.kind == Kind::service) return selects(e.selectors[0], segment) && inner(e, segment_facts(segment));
    if (!selects(e.selectors[1], segment) || segment.caller == TraceSegment::none) return false;
    return selects(e.selectors[0], trace_.segments[segment.caller]) && inner(e, call_facts(segment));
  }

 private:
  bool inner(const FilterExpression& e, const Facts& facts) { return e.parts.empty() || evaluate(e.parts[0], facts); }

  bool any(const FilterExpression& e) {
    return std::ranges::any_of(trace_.segments, [&](const TraceSegment& segment) { return selected(e, segment); });
  }

  bool group(const FilterExpression& e, const Facts& facts) {
    const auto* name = std::get_if<std::string>(&e.value);
    const auto text = name && find_group_ && depth_ < group_depth_max ? find_group_(e.key, *name) : std::nullopt;
    if (!text) return false;
    const auto filter = parse_filter(*text);
    if (!filter) return false;
    ++depth_;
    const bool passes = evaluate(*filter, facts);
    --depth_;
    return e.op == FilterOperator::not_equal ? !passes : passes;
  }

  const std::vector<RootCause>& causes(CauseKind kind) {
    auto& found = causes_[static_cast<std::size_t>(kind)];
    if (!found) found = root_causes(trace_, kind);
    return *found;
  }

  bool any_cause(const FilterExpression& e) {
    const CauseKind kind = e.key.starts_with("rootcause.fault.")   ? CauseKind::fault
                           : e.key.starts_with("rootcause.error.") ? CauseKind::error
                                                                   : CauseKind::response_time;
    const std::string element = e.key.substr(e.key.rfind('.') + 1);
    return std::ranges::any_of(causes(kind), [&](const RootCause& cause) {
      return std::ranges::any_of(cause_facts(cause, element), [&](const Facts& facts) { return inner(e, facts); });
    });
  }

  bool cause_json(const FilterExpression& e) {
    for (const CauseKind kind : {CauseKind::fault, CauseKind::error, CauseKind::response_time})
      for (const RootCause& cause : causes(kind))
        for (const Document& wanted : e.json->get_array())
          if (is_like(cause, wanted)) return true;
    return false;
  }

  const Trace& trace_;
  const FindGroupFilter& find_group_;
  int depth_ = 0;
  std::optional<std::vector<RootCause>> causes_[3];
};

}  // namespace

bool selects(const ServiceSelector& selector, const TraceSegment& segment) {
  return (selector.name.empty() || selector.name == segment.entity.name) && (selector.type.empty() || selector.type == segment.type) &&
         (selector.account.empty() || selector.account == segment.account);
}

bool selects(const FilterExpression& service_or_edge, const Trace& trace, const TraceSegment& segment) {
  if (service_or_edge.kind != Kind::service && service_or_edge.kind != Kind::edge) return false;
  const FindGroupFilter none;
  return Matcher(trace, none).selected(service_or_edge, segment);
}

bool matches(const Trace& trace, const FilterExpression& filter, const FindGroupFilter& find_group) {
  return Matcher(trace, find_group).evaluate(filter, trace_facts(trace));
}

}  // namespace tocsin::diagnose
