// {{…}} in a runbook: parameters, outputs of steps, global:…, automation:EXECUTION_ID, variable:…. Pure.
// A value that is one reference and nothing else takes the referent's type; within a text, texts and numbers are written as they are, lists
// and maps as JSON. What was put in is not looked at again. {{…}} that cannot be a name (as in Go templates: {{.State}}) stays as it is.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"

namespace tocsin::remediate {

/// The value that the name stands for, nullopt when there is none (yet).
using Lookup = std::function<std::optional<Document>(std::string_view name)>;

/// `invalid` names the first reference without a value.
Result<Document> substitute(const Document& value, const Lookup& lookup);
/// The names in all references within `value`, in order.
std::vector<std::string> references_in(const Document& value);

}  // namespace tocsin::remediate
