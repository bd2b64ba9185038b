// Serves what agents send beside the modelled operations. JSON 1.1, POST /, by X-Amz-Target; and POST /v1/control-channel/INSTANCE.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "access/identities/role_assumption.h"
#include "api/dispatch/gate.h"
#include "base/executor.h"
#include "hosts/control_channels.h"
#include "hosts/host_registry.h"
#include "storage/state_executor.h"
#include "wire/aws/router.h"

namespace tocsin::api {

/// Everything referred to outlives it. `handle` may be called from any thread.
class AgentCalls final : public wire::HttpHandler {
 public:
  AgentCalls(storage::StateExecutor& state, Gate& gate, access::RoleAssumption& roles, hosts::HostRegistry& hosts,
             hosts::ControlChannels& channels);
  void handle(wire::HttpRequest request, wire::Respond respond) override;
  /// For the dispatcher's router.
  std::vector<wire::ExtraRoute> routes();
  /// Answers the polls that are held, so that a server that stops does not wait for them. From any thread.
  void release_polls();

 private:
  using Answer = std::expected<wire::HttpResponse, ServiceError>;
  using Serve = Answer (AgentCalls::*)(const wire::HttpRequest&, const Document& input);

  Answer serve(const wire::HttpRequest& request);
  Answer register_instance(const wire::HttpRequest& request, const Document& input);
  Answer role_token(const wire::HttpRequest& request, const Document& input);
  Answer update_public_key(const wire::HttpRequest& request, const Document& input);
  Answer update_information(const wire::HttpRequest& request, const Document& input);
  Answer no_associations(const wire::HttpRequest& request, const Document& input);
  Answer no_messages(const wire::HttpRequest& request, const Document& input);
  Answer nothing(const wire::HttpRequest& request, const Document& input);
  Answer channel_token(const wire::HttpRequest& request);
  /// The host that signed the request, with its key or its credentials.
  std::expected<hosts::Host, ServiceError> signer(const wire::HttpRequest& request);

  void hold(Task send);

  static const std::map<std::string, Serve, std::less<>> by_target_;

  storage::StateExecutor& state_;
  Gate& gate_;
  access::RoleAssumption& roles_;
  hosts::HostRegistry& hosts_;
  hosts::ControlChannels& channels_;
  std::map<std::uint64_t, Task> held_;  ///< answers of polls that wait; on the StateExecutor's executor
  std::uint64_t next_held_ = 0;
  bool holding_ = true;
};

/// Whom a host's signature stands for: its role's session in its account.
Principal principal_of(const hosts::Host& host);

}  // namespace tocsin::api
