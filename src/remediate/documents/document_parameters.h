// The parameters that a document defines, and the values that a caller gives for them. Pure.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/document.h"

namespace tocsin::remediate {

enum class ParameterKind { string, string_list, boolean, integer, map_list, string_map };

struct ParameterDefinition {
  std::string name;
  std::string type_text;  ///< as written: "String", "AWS::EC2::Instance::Id" …
  ParameterKind kind = ParameterKind::string;
  std::string description;
  std::optional<Document> default_value;
  std::vector<std::string> allowed_values;
  std::string allowed_pattern;
  std::optional<std::int64_t> items_min, items_max, chars_min, chars_max;
};

/// Errors name the parameter and what is wrong with it (InvalidDocumentContent).
Result<std::vector<ParameterDefinition>> parse_parameter_definitions(const Document& content);

/// As the APIs write them: every value a list of texts.
using GivenParameters = std::map<std::string, std::vector<std::string>>;
GivenParameters given_parameters_at(const Document& input, std::string_view key);

/// Looks a Parameter Store value up by name (with an optional ":version"), for {{ssm:NAME}} in defaults.
using StoredValue = std::function<Result<std::string>(const std::string& name)>;

/// Every defined parameter with a value of its type: text, list of texts, truth, integer, object, or list of objects. `invalid` for an
/// unknown, missing or unfit one.
Result<Object> resolve_parameters(const std::vector<ParameterDefinition>& definitions, const GivenParameters& given,
                                  const StoredValue& stored_value);

/// A typed value as the APIs show it, a list of texts.
std::vector<std::string> to_texts(const Document& value);
/// The text of a scalar; JSON of anything else.
std::string to_plain_text(const Document& value);

}  // namespace tocsin::remediate
