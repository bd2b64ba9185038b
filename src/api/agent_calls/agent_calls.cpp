#include "api/agent_calls/agent_calls.h"

#include <boost/json.hpp>

#include "base/encoding.h"
#include "base/log.h"
#include "wire/host_key/host_key.h"

namespace tocsin::api {
namespace {
using namespace std::chrono_literals;
constexpr std::string_view channel_path = "/v1/control-channel/";
constexpr Duration credentials_life = 1h;
// how long a poll for messages is held; the agent itself waits 20 s
constexpr Duration poll_held = 15s;
constexpr std::size_t code_length_min = 20, id_length_min = 36;

wire::HttpResponse json_response(int status, const Object& body) {
  wire::HttpResponse response{.status = status, .body = to_json(body)};
  response.headers.set("Content-Type", "application/x-amz-json-1.1");
  return response;
}

wire::HttpResponse error_response(const ServiceError& error) {
  const int status = error.status == 0 ? 400 : error.status;
  wire::HttpResponse response = json_response(status, {{"__type", error.code}, {"message", error.message}});
  response.headers.set("x-amzn-errortype", error.code);
  return response;
}

bool is_message_poll(const wire::HttpRequest& request) { return request.headers.get("X-Amz-Target").ends_with(".GetMessages"); }
}  // namespace

Principal principal_of(const hosts::Host& host) {
  return {.kind = PrincipalKind::host,
          .account = host.scope.account,
          .arn = "arn:aws:sts::" + host.scope.account + ":assumed-role/" + host.iam_role + '/' + host.instance_id,
          .principal_id = host.instance_id,
          .name = host.iam_role,
          .session_name = host.instance_id};
}

const std::map<std::string, AgentCalls::Serve, std::less<>> AgentCalls::by_target_ = {
    {"AmazonSSM.RegisterManagedInstance", &AgentCalls::register_instance},
    {"AmazonSSM.RequestManagedInstanceRoleToken", &AgentCalls::role_token},
    {"AmazonSSM.UpdateManagedInstancePublicKey", &AgentCalls::update_public_key},
    {"AmazonSSM.UpdateInstanceInformation", &AgentCalls::update_information},
    {"AmazonSSM.ListInstanceAssociations", &AgentCalls::no_associations},
    {"EC2WindowsMessageDeliveryService.GetMessages", &AgentCalls::no_messages},
    {"EC2WindowsMessageDeliveryService.AcknowledgeMessage", &AgentCalls::nothing},
    {"EC2WindowsMessageDeliveryService.SendReply", &AgentCalls::nothing},
    {"EC2WindowsMessageDeliveryService.FailMessage", &AgentCalls::nothing},
};

AgentCalls::AgentCalls(storage::StateExecutor& state, Gate& gate, access::RoleAssumption& roles, hosts::HostRegistry& hosts,
                       hosts::ControlChannels& channels)
    : state_(state), gate_(gate), roles_(roles), hosts_(hosts), channels_(channels) {}

std::vector<wire::ExtraRoute> AgentCalls::routes() {
  std::vector<wire::ExtraRoute> routes = {
      {.by = wire::ExtraRoute::By::path, .prefix = std::string(channel_path), .method = "POST", .handler = this}};
  for (const auto& [target, serve] : by_target_)
    routes.push_back({.by = wire::ExtraRoute::By::target, .prefix = target, .method = "POST", .handler = this});
  return routes;
}

void AgentCalls::handle(wire::HttpRequest request, wire::Respond respond) {
  auto answer = std::make_shared<Answer>(refuse("InternalServerError", "The state could not be written.", 503));
  auto shared = std::make_shared<wire::Respond>(std::move(respond));
  const bool held = is_message_poll(request);
  state_.submit(
      [this, request = std::move(request), answer]() -> Result<void> {
        Answer served = serve(request);
        const bool good = served.has_value();
        *answer = std::move(served);
        if (!good) return fail(ErrorKind::invalid, "refused");
        return {};
      },
      [this, answer, shared, held](Result<void> kept) {
        if (!kept && answer->has_value()) *answer = refuse("InternalServerError", "The state could not be written.", 503);
        auto send = [answer, shared] { (*shared)(answer->has_value() ? std::move(**answer) : error_response(answer->error())); };
        if (held && answer->has_value())
          hold(std::move(send));
        else
          send();
      });
}

void AgentCalls::hold(Task send) {
  if (!holding_) return send();
  const std::uint64_t id = next_held_++;
  held_.emplace(id, std::move(send));
  state_.executor().post_after(poll_held, [this, id] {
    if (auto waiting = held_.extract(id)) waiting.mapped()();
  });
}

void AgentCalls::release_polls() {
  state_.executor().post([this] {
    holding_ = false;
    for (auto& [id, send] : std::exchange(held_, {})) send();
  });
}

AgentCalls::Answer AgentCalls::serve(const wire::HttpRequest& request) {
  if (request.path.starts_with(channel_path)) return channel_token(request);
  const auto found = by_target_.find(request.headers.get("X-Amz-Target"));
  if (found == by_target_.end()) return refuse("UnknownOperationException", "");
  const Result<Document> input = parse_json(request.body.empty() ? "{}" : request.body);
  if (!input || !input->is_object()) return refuse("SerializationException", "The body is not a JSON object.");
  return (this->*found->second)(request, *input);
}

AgentCalls::Answer AgentCalls::register_instance(const wire::HttpRequest&, const Document& input) {
  const std::string code = text_or(input, "ActivationCode"), id = text_or(input, "ActivationId"), key = text_or(input, "PublicKey");
  if (code.size() < code_length_min || id.size() < id_length_min)
    return refuse("InvalidActivation", "The activation's id or code is too short.");
  if (!wire::is_host_public_key(key)) return refuse("ValidationException", "PublicKey is not an RSA key of at least 2048 bits.");
  const auto host = hosts_.register_host(id, code, text_or(input, "Fingerprint"), key);
  if (!host) return refuse("InvalidActivation", host.error().message);
  log::info("api/agent_calls", "host registered", {{"host", host->instance_id}, {"account", host->scope.account}});
  return json_response(200, {{"InstanceId", host->instance_id}});
}

std::expected<hosts::Host, ServiceError> AgentCalls::signer(const wire::HttpRequest& request) {
  const auto caller = gate_.authenticate(request, "");
  if (!caller) return std::unexpected(caller.error());
  const std::string& id = caller->principal.session_name;
  auto host = caller->principal.kind == PrincipalKind::host ? hosts_.find(id) : std::nullopt;
  if (!host) return refuse("UnrecognizedClientException", "The credentials are not a registered host's.");
  return std::move(*host);
}

AgentCalls::Answer AgentCalls::role_token(const wire::HttpRequest& request, const Document& input) {
  const auto host = signer(request);
  if (!host) return std::unexpected(host.error());
  if (const std::string print = text_or(input, "Fingerprint"); print != host->fingerprint)
    return refuse("MachineFingerprintDoesNotMatch", "The machine's fingerprint is not the one that was registered.");
  const auto credentials = roles_.issue_for_host(host->scope.account, host->instance_id, host->iam_role, credentials_life);
  return json_response(200, {{"AccessKeyId", credentials.access_key_id},
                             {"SecretAccessKey", credentials.secret_access_key},
                             {"SessionToken", credentials.session_token},
                             {"TokenExpirationDate", to_seconds(credentials.expires)},
                             {"UpdateKeyPair", false}});
}

AgentCalls::Answer AgentCalls::update_public_key(const wire::HttpRequest& request, const Document& input) {
  const auto host = signer(request);
  if (!host) return std::unexpected(host.error());
  const std::string key = text_or(input, "NewPublicKey");
  if (!wire::is_host_public_key(key)) return refuse("ValidationException", "NewPublicKey is not an RSA key of at least 2048 bits.");
  hosts_.set_public_key(host->instance_id, key);
  return json_response(200, {});
}

AgentCalls::Answer AgentCalls::update_information(const wire::HttpRequest& request, const Document& input) {
  const auto host = signer(request);
  if (!host) return std::unexpected(host.error());
  if (const std::string id = text_or(input, "InstanceId"); !id.empty() && id != host->instance_id)
    return refuse("InvalidInstanceId", "A host speaks for itself alone.");
  hosts_.record_ping(host->instance_id, {.computer_name = text_or(input, "ComputerName"),
                                         .ip_address = text_or(input, "IPAddress"),
                                         .platform_type = text_or(input, "PlatformType"),
                                         .platform_name = text_or(input, "PlatformName"),
                                         .platform_version = text_or(input, "PlatformVersion"),
                                         .agent_name = text_or(input, "AgentName"),
                                         .agent_version = text_or(input, "AgentVersion")});
  return json_response(200, {});
}

AgentCalls::Answer AgentCalls::no_associations(const wire::HttpRequest& request, const Document&) {
  if (const auto host = signer(request); !host) return std::unexpected(host.error());
  return json_response(200, {{"Associations", Array{}}});
}

// commands travel over the control channel; an agent that polls is told that there is nothing
AgentCalls::Answer AgentCalls::no_messages(const wire::HttpRequest& request, const Document& input) {
  if (const auto host = signer(request); !host) return std::unexpected(host.error());
  return json_response(
      200,
      {{"Destination", text_or(input, "Destination")}, {"MessagesRequestId", text_or(input, "MessagesRequestId")}, {"Messages", Array{}}});
}

AgentCalls::Answer AgentCalls::nothing(const wire::HttpRequest& request, const Document&) {
  if (const auto host = signer(request); !host) return std::unexpected(host.error());
  return json_response(200, {});
}

AgentCalls::Answer AgentCalls::channel_token(const wire::HttpRequest& request) {
  const auto host = signer(request);
  if (!host) return std::unexpected(host.error());
  if (request.path.substr(channel_path.size()) != host->instance_id)
    return refuse("AccessDeniedException", "A host opens its own control channel alone.", 403);
  wire::HttpResponse response{.status = 201};
  response.headers.set("Content-Type", "application/xml");
  response.body = "<CreateControlChannelOutput><MessageSchemaVersion>1.0</MessageSchemaVersion><TokenValue>" +
                  escape_xml(channels_.create_token(host->instance_id)) + "</TokenValue></CreateControlChannelOutput>";
  return response;
}

}  // namespace tocsin::api
