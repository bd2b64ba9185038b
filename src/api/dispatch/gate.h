// What the way of a request needs from access/ and telemetry/audit, declared here so that neither knows the wire.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "api/call.h"
#include "wire/http/http_message.h"

namespace tocsin::api {

struct Caller {
  Principal principal;
  Scope scope;
};

/// What is known of a request that was refused for its credentials.
struct RefusedCaller {
  std::optional<Caller> claimed;  ///< whose key it named, when that is one of ours and the failure is worth a record
  Duration hold_back{};           ///< how long its answer has to wait: whoever tries again and again is slowed
};

/// Called on the StateExecutor inside a unit of work.
class Gate {
 public:
  virtual ~Gate() = default;
  /// Who sends `request` (SigV4 header or presigned query, session token, --dev). `service` is the model's folder name that routing chose.
  /// Errors are the ones that the services share: MissingAuthenticationToken, InvalidClientTokenId, SignatureDoesNotMatch,
  /// IncompleteSignature, ExpiredToken, RequestExpired …
  virtual std::expected<Caller, ServiceError> authenticate(const wire::HttpRequest& request, std::string_view service) = 0;
  /// Told of each request that `authenticate` refused.
  virtual RefusedCaller refused(const wire::HttpRequest&, const ServiceError&) { return {}; }
  /// Whether the policies allow the call; AccessDenied with the words "User: ARN is not authorized to perform: ACTION on resource: ARN …".
  virtual std::expected<void, ServiceError> authorize(const Call& call) = 0;
  /// Whether the roles that a valid call hands to its service are there and trust it; the error is the service's own.
  virtual std::expected<void, ServiceError> check_passed_roles(const Call&) { return {}; }
};

/// Told of every call after it was answered, failed ones and refused ones too; inside the call's unit (of its own savepoint), so an
/// acknowledged change is recorded.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void record(const Call& call, const Reply& reply) = 0;
  /// Of a call that only read, when nothing can be written: kept to be recorded later; outside a unit. False when that cannot be
  /// promised: then the call must not be answered.
  virtual bool postpone(const Call&, const Reply&) { return false; }
};

}  // namespace tocsin::api
