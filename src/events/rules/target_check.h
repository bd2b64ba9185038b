// What each kind of target must come with, in the words of PutTargets.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
#pragma once

#include "base/document.h"
#include "base/result.h"
#include "model/arn.h"
#include "model/scope.h"

namespace tocsin::events {

/// The blocks of parameters, RoleArn and DeadLetterConfig of one target of a rule in `scope`. Pure; the reason is ValidationException.
Result<void> check_target_parameters(const Document& target, const Arn& arn, const Scope& scope);

/// No two targets of one call may have the same Id.
Result<void> check_distinct_ids(const Array& targets);

}  // namespace tocsin::events
