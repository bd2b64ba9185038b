#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "server/node/partners.h"
#include "server/node/rooms.h"
#include "wire/aws/readable_document.h"

namespace tocsin::server {
namespace {
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

std::string universal_service_name(const std::string& service) {
  static const std::map<std::string, std::string> others = {
      {"cloudwatchlogs", "logs"}, {"eventbridge", "events"}, {"ssmincidents", "ssm-incidents"}, {"ssmcontacts", "ssm-contacts"}};
  const auto found = others.find(service);
  return found == others.end() ? service : found->second;
}

namespace {

/// Universal targets write every member with a capital; models do not.
Document with_model_names(const Document& value, const wire::Shape& shape) {
  if (value.is_array() && shape.element.shape) {
    Array out;
    for (const Document& element : value.get_array()) out.push_back(with_model_names(element, *shape.element.shape));
    return out;
  }
  if (!value.is_object() || shape.type != wire::ShapeType::structure) return value;
  Object out;
  for (const auto& [key, member_value] : value.get_object()) {
    const auto same = [&](const wire::Member& member) {
      return member.name.size() == key.size() &&
             std::tolower(static_cast<unsigned char>(member.name[0])) == std::tolower(static_cast<unsigned char>(key[0])) &&
             std::string_view(member.name).substr(1) == std::string_view(key.data(), key.size()).substr(1);
    };
    const auto member = key.empty() ? shape.members.end() : std::ranges::find_if(shape.members, same);
    if (member == shape.members.end())
      out[key] = member_value;
    else
      out[member->name] = with_model_names(member_value, *member->shape);
  }
  return out;
}

}  // namespace

void OwnApi::call_universal(events::TargetDelivery delivery, std::move_only_function<void(Result<void>)> done) {
  const std::string rest = delivery.target.resource.substr(delivery.target.resource.find(':') + 1);
  const std::size_t colon = rest.find(':');
  const std::string service = universal_service_name(rest.substr(0, colon));
  std::string operation = rest.substr(colon + 1);
  operation[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(operation[0])));
  const auto input = parse_json(delivery.input.empty() ? "{}" : delivery.input);
  if (!input || !input->is_object()) return done(fail(ErrorKind::invalid, "The input is not a JSON object.", "INVALID_JSON"));
  const wire::ServiceModel* model = rooms_.ground.models.find(service);
  const wire::OperationModel* called = model ? model->operation(operation) : nullptr;
  if (!called) return done(fail(ErrorKind::unsupported, service + " has no operation " + operation + ".", "INVALID_PARAMETER"));
  auto shared_done = std::make_shared<std::move_only_function<void(Result<void>)>>(std::move(done));
  auto outcome = std::make_shared<Result<void>>();
  remediate::ApiRequest request{.key = delivery.delivery_id,
                                .scope = delivery.scope,
                                .principal = {},
                                .role_arn = text_or(delivery.definition, "RoleArn"),
                                .role_session = delivery.execution_id,
                                .as_service = "scheduler.amazonaws.com",
                                .service = service,
                                .operation = operation,
                                .input = called->input ? with_model_names(*input, *called->input) : *input};
  call(
      std::move(request),
      [this, outcome, shared_done](remediate::ApiOutcome answered) -> Result<void> {
        if (!answered.error_code.empty()) {
          const bool denied = answered.error_code.starts_with("AccessDenied");
          *outcome = fail(answered.is_transient ? ErrorKind::unavailable
                          : denied              ? ErrorKind::denied
                                                : ErrorKind::invalid,
                          answered.error_code + ": " + answered.error_message, denied ? "NO_PERMISSIONS" : "ERROR_FROM_TARGET");
        }
        rooms_.ground.state.after_commit([outcome, shared_done] { (*shared_done)(*outcome); });
        return {};
      },
      [shared_done] { (*shared_done)(fail(ErrorKind::unavailable, "The call was not committed.", "INTERNAL_ERROR")); });
}

void OwnApi::start_query(const Scope& scope, const std::string& role_arn, Object input, std::move_only_function<void(Result<std::string>)> done) {
  auto shared_done = std::make_shared<std::move_only_function<void(Result<std::string>)>>(std::move(done));
  call({.key = {},
        .scope = scope,
        .principal = {},
        .role_arn = role_arn,
        .role_session = "scheduled-query",
        .as_service = "logs.amazonaws.com",
        .service = "logs",
        .operation = "StartQuery",
        .input = std::move(input)},
       [this, shared_done](remediate::ApiOutcome answered) -> Result<void> {
         Result<std::string> id = text_or(answered.output, "queryId");
         if (!answered.error_code.empty())
           id = fail(answered.error_code == "MalformedQueryException" ? ErrorKind::invalid : ErrorKind::denied, answered.error_code + ": " + answered.error_message);
         rooms_.ground.state.after_commit([shared_done, id] { (*shared_done)(id); });
         return {};
       },
       [shared_done] { (*shared_done)(fail(ErrorKind::unavailable, "The query was not started.")); });
}

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
        auto assumed = rooms_.roles.assume_as_service(shared_request->scope.account, shared_request->as_service, shared_request->role_arn,
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
