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
  /// Of a schedule, not a rule: its ARN, when it was due, and the invocation's name. Empty for rules.
  std::string schedule_arn{};
  std::string scheduled_time{};
  std::string execution_id{};
  int attempt = 1;
};

/// Called on the StateExecutor inside a unit of work; its writes are undone when it fails. The error's kind decides: not_found, denied,
/// invalid and unsupported go to the dead letters at once; all others are tried again.
using DispatchTarget = std::function<Result<void>(const TargetDelivery&)>;

/// For targets that answer later (a request over the network, a call of our own API). Called on the StateExecutor's thread, outside a unit;
/// `done` may be called from any thread, exactly once. The error's kind decides as above; its reason, when it is written in capitals, is
/// the ERROR_CODE of the dead letter.
using DispatchLater = std::function<void(TargetDelivery, std::move_only_function<void(Result<void>)> done)>;

}  // namespace tocsin::events
