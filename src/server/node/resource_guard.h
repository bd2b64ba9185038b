// The policies that resources have themselves: for the gate, of calls; and for what our own services do to a resource on somebody's behalf.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
#pragma once

#include <optional>
#include <string>

#include "access/identities/authorizer.h"

namespace tocsin::server {

struct Rooms;

/// A service of ours at work: a rule sends to a queue, an alarm publishes to a topic.
struct ServiceAct {
  std::string service;  ///< "events.amazonaws.com"
  std::string action;   ///< "sqs:SendMessage"
  std::string resource_arn;
  std::string source_arn;  ///< the rule, the topic, the alarm; its account is aws:SourceAccount
  std::string role_arn = {};  ///< that the service takes on; then the role's policies decide, as they do for any caller
};

/// Threads: only on the StateExecutor, inside a unit of work.
class ResourceGuard {
 public:
  explicit ResourceGuard(Rooms& rooms) : rooms_(rooms) {}

  /// Of a topic, a queue or an event bus.
  std::optional<access::ResourcePolicy> policy_of(const std::string& resource_arn);
  /// `denied`, with the services' words. In --dev a resource that was given no policy is open to the services of its own account.
  Result<void> admit(const ServiceAct& act);
  /// The same of what a rule of another account does there, as that account.
  Result<void> admit_account(const ServiceAct& act);

 private:
  Result<void> admit_as_role(const ServiceAct& act, const std::string& account);

  Rooms& rooms_;
};

}  // namespace tocsin::server
