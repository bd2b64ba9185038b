// How a rule reaches its targets. The other stages are bound here by server/, by the service in the target's ARN.
#pragma once

#include <functional>
#include <string>

#include "base/document.h"
#include "base/result.h"
#include "model/arn.h"
#include "model/scope.h"

namespace tocsin::events {

struct TargetDelivery {
  std::string delivery_id;  ///< the same for every try: make what you do idempotent by it
  Scope scope;
  std::string rule_arn;
  std::string event_id;
  Arn target;
  std::string input;    ///< JSON text
  Document definition;  ///< the API's Target: RoleArn, SqsParameters, RunCommandParameters …
};

/// Called on the StateExecutor inside a unit of work; its writes are undone when it fails. The error's kind decides: not_found, denied,
/// invalid and unsupported go to the dead letters at once; all others are tried again.
using DispatchTarget = std::function<Result<void>(const TargetDelivery&)>;

}  // namespace tocsin::events
