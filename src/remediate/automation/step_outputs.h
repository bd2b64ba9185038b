// What a step takes out of an answer: typed outputs, compared properties, texts of statuses. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/document.h"
#include "remediate/automation/runbook.h"

namespace tocsin::remediate {

/// The selected values by name. Nothing selected gives "" for String, an empty list or map for theirs, and no output for Integer and
/// Boolean; a value that does not fit its type gives no output either.
Object select_outputs(const std::vector<OutputDefinition>& definitions, const Document& answer);

/// Whether what the selector finds is among the desired values; of several found, all must be. `found` gets the text of what was there.
/// Booleans are True and False.
Result<bool> has_desired_property(const Document& answer, const std::string& selector, const Document& desired_values, std::string& found);

/// A map whose values are lists of texts, as the APIs want parameters.
Object to_lists(const Document& map);
Array to_list(const Document& value);

/// "describe-db-instances", "describeDBInstances" and "DescribeDBInstances" are the same operation.
std::string to_operation_name(std::string_view api);

}  // namespace tocsin::remediate
