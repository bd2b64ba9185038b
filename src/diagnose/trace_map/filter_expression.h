// X-Ray's filter expressions, as a tree. Pure.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/document.h"
#include "base/result.h"

namespace tocsin::diagnose {

enum class FilterOperator { is_set, equal, not_equal, less, less_or_equal, greater, greater_or_equal, contains, begins_with, ends_with };

/// A service by its name, or by id(name: "…", type: "…", account.id: "…"); what is not said fits all.
struct ServiceSelector {
  std::string name, type, account;
};

struct FilterExpression {
  enum class Kind {
    everything,   ///< an empty expression
    conjunction,  ///< all of `parts`
    disjunction,  ///< any of `parts`
    negation,     ///< not `parts[0]`
    keyword,      ///< `key` operator `value`: a flag, a number or a text
    annotation,   ///< the annotation `key`
    service,      ///< selectors[0]; parts[0], when there, holds for its segments
    edge,         ///< selectors[0] calls selectors[1]; parts[0], when there, holds for the call
    group,        ///< a group's expression, by `key` "group.name" or "group.arn"
    root_cause,   ///< `key` "rootcause.fault.service" …; parts[0] holds for an element
    root_cause_json,
  };
  Kind kind = Kind::everything;
  std::string key;
  FilterOperator op = FilterOperator::is_set;
  std::variant<bool, double, std::string> value;
  std::vector<ServiceSelector> selectors;
  std::vector<FilterExpression> parts;
  std::shared_ptr<const Document> json;
};

/// `invalid` with words for the caller.
Result<FilterExpression> parse_filter(std::string_view text);

}  // namespace tocsin::diagnose
