// Filters of DescribeParameters and GetParametersByPath. Pure.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "remediate/parameters/parameter.h"
#include "remediate/resource_tags/resource_tags.h"

namespace tocsin::remediate {

struct ParameterFilter {
  std::string key;     ///< Name, Type, KeyId, Path, Label, Tier, DataType, tag:KEY
  std::string option;  ///< Equals, BeginsWith, Contains, Recursive, OneLevel; empty: the key's own default
  std::vector<std::string> values;
};

enum class FilterUse { describe_parameters, by_path };

/// InvalidFilterKey, InvalidFilterOption, InvalidFilterValue with the service's words.
Result<void> check_filters(const std::vector<ParameterFilter>& filters, FilterUse use);
/// All filters match; of a filter's values, one. Filters were checked.
bool matches(const std::vector<ParameterFilter>& filters, const StoredParameter& parameter, const Tags& tags);

}  // namespace tocsin::remediate
