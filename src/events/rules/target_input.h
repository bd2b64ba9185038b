// What a target is given: the whole event, a constant, a part of it, or a template filled from it. Pure.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
#pragma once

#include <string>

#include "base/clock.h"
#include "base/document.h"
#include "base/result.h"

namespace tocsin::events {

struct InputContext {
  std::string rule_arn;
  std::string rule_name;
  Instant ingested_at;
};

/// Refuses a bad path or template, in the service's words. `target` has Id and at most one of Input, InputPath, InputTransformer.
Result<void> check_target_input(const Document& target);
/// The text for the target. `invalid` when a template of JSON did not give JSON.
Result<std::string> target_input(const Document& target, const Document& event, const InputContext& context);
/// The value at a path such as `$.detail.state`, `$.resources[0]`, `$['detail-type']`, `$.a[*].b` (a list); nullopt when there is none.
std::optional<Document> value_at_path(const Document& event, std::string_view path);

}  // namespace tocsin::events
