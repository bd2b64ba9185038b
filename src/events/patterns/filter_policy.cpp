#include "events/patterns/filter_policy.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>
#include <set>

#include "events/patterns/pattern_text.h"

namespace tocsin::events {
namespace {

constexpr int keys_max = 5;
constexpr std::int64_t combinations_max = 150;
constexpr double number_max = 1e9;
constexpr std::size_t decimals_max = 5;

/// Walks what the pattern compiler does not count.
class Limits {
 public:
  Limits(std::string_view text, FilterScope scope) : text_(text), scope_(scope) {}

  Result<void> check(const PatternNode& root) {
    if (const auto walked = object(root, 1); !walked) return walked;
    if (keys_ > keys_max) return refuse("Filter policy can not have more than 5 keys", root);
    if (combinations_ > combinations_max) return refuse("Filter policy is too complex", root);
    return {};
  }

 private:
  Result<void> refuse(std::string_view reason, const PatternNode& node) {
    return fail(ErrorKind::invalid, with_position(reason, text_, node.at), "InvalidPattern");
  }

  Result<void> object(const PatternNode& node, int level) {
    for (const auto& [key, member] : node.members) {
      if (key == "$or" && member.kind == PatternNode::Kind::array) {
        for (const PatternNode& branch : member.elements)
          if (const auto walked = object(branch, level); !walked) return walked;
      } else if (member.kind == PatternNode::Kind::object) {
        if (scope_ == FilterScope::message_attributes)
          return refuse("Filter policy scope MessageAttributes does not support nested filter policy", member);
        if (const auto walked = object(member, level + 1); !walked) return walked;
      } else if (const auto counted = field(member, level); !counted) {
        return counted;
      }
    }
    return {};
  }

  Result<void> field(const PatternNode& values, int level) {
    ++keys_;
    const auto count = static_cast<std::int64_t>(values.elements.size()) * (scope_ == FilterScope::message_body ? level : 1);
    if (combinations_ <= combinations_max) combinations_ *= std::max<std::int64_t>(count, 1);
    return numbers(values);
  }

  Result<void> numbers(const PatternNode& node) {
    if (node.kind == PatternNode::Kind::number) {
      const std::size_t point = node.text.find('.');
      const std::size_t decimals = point == std::string::npos                                  ? 0
                                   : node.text.find_first_of("eE", point) == std::string::npos ? node.text.size() - point - 1
                                                                                               : 0;
      if (std::abs(node.number) > number_max || decimals > decimals_max)
        return refuse("Value must be between -1.0E9 and 1.0E9, inclusive, with at most 5 decimals", node);
    }
    for (const PatternNode& element : node.elements)
      if (const auto walked = numbers(element); !walked) return walked;
    for (const auto& [key, member] : node.members)
      if (const auto walked = numbers(member); !walked) return walked;
    return {};
  }

  std::string_view text_;
  FilterScope scope_;
  int keys_ = 0;
  std::int64_t combinations_ = 1;
};

Document attributes_document(const std::vector<FilterAttribute>& attributes) {
  Object event;
  for (const FilterAttribute& attribute : attributes) {
    if (attribute.type.starts_with("String.Array") || attribute.type.starts_with("Number")) {
      const auto parsed = parse_json(attribute.value);
      if (!parsed || (attribute.type.starts_with("Number") ? !parsed->is_number() : !parsed->is_array())) continue;
      event[attribute.name] = *parsed;
    } else if (attribute.type.starts_with("String")) {
      event[attribute.name] = attribute.value;
    }
  }
  return event;
}

}  // namespace

bool FilterPolicy::matches(const std::vector<FilterAttribute>& attributes, std::string_view body) const {
  if (scope_ == FilterScope::message_attributes) return pattern_.matches(attributes_document(attributes));
  const auto parsed = parse_json(body);
  return parsed && parsed->is_object() && pattern_.matches(*parsed);
}

Result<std::optional<FilterPolicy>> compile_filter_policy(std::string_view text, FilterScope scope) {
  const Result<PatternNode> root = read_pattern_text(text);
  if (!root) return std::unexpected(root.error());
  if (root->kind == PatternNode::Kind::object && root->members.empty()) return std::optional<FilterPolicy>();
  Result<Pattern> pattern = compile_pattern(text);
  if (!pattern) return std::unexpected(pattern.error());
  if (const auto checked = Limits(text, scope).check(*root); !checked) return std::unexpected(checked.error());
  return std::optional(FilterPolicy(scope, std::move(*pattern)));
}

}  // namespace tocsin::events
