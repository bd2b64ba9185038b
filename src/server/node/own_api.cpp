#include <boost/json.hpp>

#include "server/node/partners.h"
#include "server/node/rooms.h"
#include "wire/aws/readable_document.h"

namespace tocsin::server {
namespace {
constexpr const char* runbook_service = "ssm.amazonaws.com";

remediate::ApiOutcome to_outcome(const api::Reply& reply, const wire::Shape* output_shape) {
  if (!reply)
    return {.output = {},
            .error_code = reply.error().code,
            .error_message = reply.error().message,
            .is_transient = reply.error().status == 503 || reply.error().status == 429};
  return {
      .output = output_shape ? wire::readable_document(*reply, *output_shape) : Document(Object{}), .error_code = {}, .error_message = {}};
}
}  // namespace

void OwnApi::call(remediate::ApiRequest request, Record record, Task lost) {
  auto shared_record = std::make_shared<Record>(std::move(record));
  auto shared_lost = std::make_shared<Task>(std::move(lost));
  // taken before the request is moved: arguments are evaluated in any order
  Principal starter = request.principal;
  if (request.role_arn.empty()) return call_as(std::move(starter), std::move(request), std::move(shared_record), std::move(shared_lost));
  auto principal = std::make_shared<Principal>();
  auto shared_request = std::make_shared<remediate::ApiRequest>(std::move(request));
  auto refused = std::make_shared<bool>(false);
  rooms_.ground.state.submit(
      [this, principal, shared_request, shared_record, refused]() -> Result<void> {
        auto assumed = rooms_.roles.assume_as_service(shared_request->scope.account, runbook_service, shared_request->role_arn,
                                                      shared_request->role_session);
        if (assumed) {
          *principal = std::move(*assumed);
          return {};
        }
        *refused = true;
        return (*shared_record)({.output = {},
                                 .error_code = assumed.error().reason.empty() ? "AccessDenied" : assumed.error().reason,
                                 .error_message = assumed.error().message});
      },
      [this, principal, shared_request, shared_record, shared_lost, refused](Result<void> committed) {
        if (!committed) return (*shared_lost)();
        if (!*refused) call_as(std::move(*principal), std::move(*shared_request), shared_record, shared_lost);
      });
}

void OwnApi::call_as(Principal principal, remediate::ApiRequest request, std::shared_ptr<Record> record, std::shared_ptr<Task> lost) {
  auto recorded = std::make_shared<bool>(false);
  api::InternalCall call{.service = request.service,
                         .operation = request.operation,
                         .input = std::move(request.input),
                         .principal = std::move(principal),
                         .scope = request.scope};
  call.within = [record, recorded](const api::Reply& reply, const wire::Shape* output_shape) {
    *recorded = true;
    return (*record)(to_outcome(reply, output_shape));
  };
  dispatcher_->call(std::move(call), [lost, recorded](api::Reply reply) {
    // a unit that was not committed is answered as unavailable, and what it recorded is gone with it
    const bool gone = !reply && reply.error().code == "ServiceUnavailable" && reply.error().status == 503;
    if (!*recorded || gone) (*lost)();
  });
}

}  // namespace tocsin::server
