// How a step calls a service of this server. server/ binds it to the dispatcher.
#pragma once

#include <functional>
#include <string>

#include "base/document.h"
#include "base/executor.h"
#include "model/principal.h"
#include "model/scope.h"

namespace tocsin::remediate {

struct ApiRequest {
  std::string key;  ///< the same when the call is sent again after a crash
  Scope scope;
  Principal principal;   ///< who started the execution
  std::string role_arn;  ///< when not empty, the call is made as this role, in a session named role_session
  std::string role_session;
  std::string as_service = "ssm.amazonaws.com";  ///< whom the role must trust
  std::string service;    ///< as botocore names it: "ssm", "cloudwatch"
  std::string operation;  ///< "GetParameter"
  Document
      input;  ///< JSON as a person writes it: timestamps as ISO 8601 text or seconds, numbers perhaps as text where the model wants numbers
};

struct ApiOutcome {
  Document output;         ///< the output shape's members in JSON: timestamps as ISO 8601 text, blobs in base64
  std::string error_code;  ///< empty: it succeeded
  std::string error_message;
  bool is_transient = false;  ///< throttled, unavailable, 5xx: trying again may help
};

class ApiCaller {
 public:
  /// Takes the outcome down. Called inside a unit of work on the StateExecutor: of an operation that answers at once, in the very unit in
  /// which it was carried out, so that the deed and its record are one; of one that answers later, in a unit of its own.
  using Record = std::move_only_function<Result<void>(ApiOutcome)>;
  virtual ~ApiCaller() = default;
  /// Called on the StateExecutor's thread, outside a unit. Exactly one of the two is called: `record`, or `lost` (outside a unit) when the
  /// unit that called record was not committed.
  virtual void call(ApiRequest request, Record record, Task lost) = 0;
};

}  // namespace tocsin::remediate
