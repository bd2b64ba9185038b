// What the way of a request needs from access/ and telemetry/audit, declared here so that neither knows the wire.
#pragma once

#include <expected>
#include <string_view>

#include "api/call.h"
#include "wire/http/http_message.h"

namespace tocsin::api {

struct Caller {
  Principal principal;
  Scope scope;
};

/// Called on the StateExecutor inside a unit of work.
class Gate {
 public:
  virtual ~Gate() = default;
  /// Who sends `request` (SigV4 header or presigned query, session token, --dev). `service` is the model's folder name that routing chose.
  /// Errors are the ones that the services share: MissingAuthenticationToken, InvalidClientTokenId, SignatureDoesNotMatch,
  /// IncompleteSignature, ExpiredToken, RequestExpired …
  virtual std::expected<Caller, ServiceError> authenticate(const wire::HttpRequest& request, std::string_view service) = 0;
  /// Whether the policies allow the call; AccessDenied with the words "User: ARN is not authorized to perform: ACTION on resource: ARN …".
  virtual std::expected<void, ServiceError> authorize(const Call& call) = 0;
};

/// Told of every call after it was answered, failed ones and refused ones too; inside the call's unit (of its own savepoint), so an
/// acknowledged change is recorded.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void record(const Call& call, const Reply& reply) = 0;
};

}  // namespace tocsin::api
