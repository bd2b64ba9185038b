#include "wire/aws/shared_errors.h"

#include <array>

namespace tocsin::wire {
namespace {

struct CommonError {
  std::string_view query_code;
  std::string_view json_code;
  int query_status;
  int json_status;
  int rest_status;
};

// a handler or the gate may use either code
constexpr std::array common_errors = {
    CommonError{"AccessDenied", "AccessDeniedException", 403, 400, 403},
    CommonError{"MissingAuthenticationToken", "MissingAuthenticationTokenException", 403, 400, 403},
    CommonError{"InvalidClientTokenId", "UnrecognizedClientException", 403, 400, 403},
    CommonError{"SignatureDoesNotMatch", "InvalidSignatureException", 403, 400, 403},
    CommonError{"IncompleteSignature", "IncompleteSignatureException", 400, 400, 403},
    CommonError{"ExpiredToken", "ExpiredTokenException", 403, 400, 403},
    CommonError{"RequestExpired", "RequestExpired", 400, 400, 400},
    CommonError{"OptInRequired", "OptInRequired", 403, 403, 403},
    CommonError{"NotAuthorized", "NotAuthorized", 400, 400, 401},
    CommonError{"ValidationError", "ValidationException", 400, 400, 400},
    CommonError{"MissingParameter", "MissingRequiredParameterException", 400, 400, 400},
    CommonError{"InvalidParameterValue", "InvalidParameterValueException", 400, 400, 400},
    CommonError{"InvalidParameterCombination", "InvalidParameterCombinationException", 400, 400, 400},
    CommonError{"InvalidAction", "UnknownOperationException", 400, 400, 404},
    CommonError{"MalformedInput", "SerializationException", 400, 400, 400},
    CommonError{"MalformedQueryString", "SerializationException", 404, 400, 400},
    CommonError{"Throttling", "ThrottlingException", 400, 400, 429},
    CommonError{"RequestLimitExceeded", "ThrottlingException", 503, 400, 429},
    CommonError{"ServiceUnavailable", "ServiceUnavailableException", 503, 503, 503},
    CommonError{"InternalFailure", "InternalFailure", 500, 500, 500},
    CommonError{"NotImplementedException", "NotImplementedException", 501, 501, 501},
};

const CommonError* common(std::string_view code) {
  for (const CommonError& candidate : common_errors)
    if (candidate.query_code == code || candidate.json_code == code) return &candidate;
  return nullptr;
}

bool is_query(Protocol protocol) { return protocol == Protocol::query || protocol == Protocol::ec2; }
bool is_rest(Protocol protocol) { return protocol == Protocol::rest_json || protocol == Protocol::rest_xml; }

ShownError from_shape(const Shape& shape, Protocol protocol) {
  ShownError shown{.shape = &shape, .code = shape.name, .query_code = shape.error_code.empty() ? shape.name : shape.error_code};
  if (is_query(protocol)) shown.code = shown.query_code;
  shown.is_fault = shape.is_fault || shape.error_status >= 500;
  shown.status = shape.error_status ? shape.error_status : shown.is_fault ? 500 : 400;
  return shown;
}

ShownError from_common(const CommonError& error, Protocol protocol) {
  ShownError shown{.query_code = std::string(error.query_code)};
  shown.code = is_query(protocol) || protocol == Protocol::rest_xml ? error.query_code : error.json_code;
  shown.status = is_query(protocol) ? error.query_status : is_rest(protocol) ? error.rest_status : error.json_status;
  shown.is_fault = shown.status >= 500;
  return shown;
}

/// The shape that the error means: its own name, or what a common error is called by this service. SNS alone has a name of its own for a
/// refusal.
const Shape* modelled(const WireError& error, const CommonError* known, const ServiceModel* service, Protocol protocol) {
  if (!service) return nullptr;
  if (const Shape* shape = service->exception(error.code)) return shape;
  if (!known) return nullptr;
  if (known->query_code == "AccessDenied" && service->name == "sns") return service->exception("AuthorizationErrorException");
  return service->exception(is_query(protocol) ? known->query_code : known->json_code);
}

}  // namespace

ShownError show(const WireError& error, const ServiceModel* service, Protocol protocol) {
  ShownError shown;
  const CommonError* known = common(error.code);
  if (const Shape* shape = modelled(error, known, service, protocol))
    shown = from_shape(*shape, protocol);
  else if (known)
    shown = from_common(*known, protocol);
  else
    shown = {.code = error.code, .query_code = error.code, .is_fault = error.status >= 500};
  if (known && !(service && service->exception(error.code))) shown.query_code = known->query_code;
  if (error.status) shown.status = error.status;
  return shown;
}

}  // namespace tocsin::wire
