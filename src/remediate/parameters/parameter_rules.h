// What a parameter's name, value and reference may be. Pure; the errors' reason is the service's code.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "remediate/parameters/parameter.h"

namespace tocsin::remediate {

/// The name of a parameter to be created: ≤ 1,011 characters with its ARN's beginning, ≤ 15 levels, no reserved beginning, only
/// [a-zA-Z0-9_.-/].
Result<void> check_parameter_name(std::string_view name);

/// The value against type, tier and pattern (a full match, RE2).
Result<void> check_parameter_value(std::string_view value, ParameterType type, ParameterTier tier, const std::string& allowed_pattern);

/// What GetParameter's Name says: a name or an ARN, perhaps followed by ":" and a version or a label.
struct ParameterReference {
  std::string name;
  std::optional<std::int64_t> version;
  std::string label;
  std::string selector;  ///< with its colon, as written
};
Result<ParameterReference> parse_parameter_reference(std::string_view text);

/// Whether LabelParameterVersion takes the label: ≤ 100 of [a-zA-Z0-9_.-], not beginning with a digit, aws or ssm.
bool is_parameter_label(std::string_view label);

/// Whether `name` lies below `path` ("/" or "/a/b"), at any depth or just one level.
bool is_below(std::string_view name, std::string_view path, bool recursive);

}  // namespace tocsin::remediate
