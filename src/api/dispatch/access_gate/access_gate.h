// Authentication and authorization of API calls by SigV4 and IAM policies.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "access/credentials/access_key_store.h"
#include "access/credentials/session_store.h"
#include "access/failed_attempts/failed_attempts.h"
#include "access/identities/authorizer.h"
#include "api/dispatch/gate.h"

namespace tocsin::wire::sigv4 {
struct Authorization;
}

namespace tocsin::api {

struct AccessGateSettings {
  bool dev = false;  ///< any key is taken, as its account's root; only from this machine
  /// Seals why EC2 refused, for sts:DecodeAuthorizationMessage; null: nothing is told.
  const access::SecretBox* secrets = nullptr;
};

/// Threads: only on the StateExecutor, inside a unit of work. What it is given must outlive it.
class AccessGate final : public Gate {
 public:
  /// Checks what a host signed with its own RSA key: the host's id (mi-…), the string to sign, the signature in base64. Bound by server/.
  using HostSignatures =
      std::function<Result<Principal>(const std::string& host_id, const std::string& to_sign, const std::string& signature)>;

  /// The policy of a resource itself (a topic's, a queue's, a bus's) for the resource's ARN, if it has one. A resource of another account
  /// that has none is out of reach. Bound by server/.
  using ResourcePolicies = std::function<std::optional<access::ResourcePolicy>(const Call& call, const std::string& resource_arn)>;

  AccessGate(storage::StateExecutor& state, access::AccessKeyStore& keys, access::SessionStore& sessions, access::IdentityStore& identities,
             access::Authorizer& authorizer, AccessGateSettings settings)
      : state_(state),
        keys_(keys),
        sessions_(sessions),
        identities_(identities),
        authorizer_(authorizer),
        settings_(settings),
        owners_(state, access::access_part, 1024),
        signing_keys_(state, access::access_part, 4096) {}

  void set_host_signatures(HostSignatures check) { host_signatures_ = std::move(check); }
  void set_resource_policies(ResourcePolicies find) { resource_policies_ = std::move(find); }

  std::expected<Caller, ServiceError> authenticate(const wire::HttpRequest& request, std::string_view service) override;
  RefusedCaller refused(const wire::HttpRequest& request, const ServiceError& error) override;
  std::expected<void, ServiceError> authorize(const Call& call) override;
  std::expected<void, ServiceError> check_passed_roles(const Call& call) override;

 private:
  using Found = std::expected<Principal, ServiceError>;
  Found who(const wire::HttpRequest& request, const wire::sigv4::Authorization& authorization);
  Found of_access_key(const wire::HttpRequest& request, const wire::sigv4::Authorization& authorization, const access::AccessKey& key);
  Found of_session(const wire::HttpRequest& request, const wire::sigv4::Authorization& authorization, const access::Session& session);
  /// IAM's resources are named without their path in calls, and with it in policies.
  std::string existing_entity(const Call& call, const std::string& resource);
  std::unexpected<ServiceError> refused_by_ec2(const Call& call, const access::Decision& decision,
                                               const access::AccessRequest& request) const;
  std::optional<access::ResourcePolicy> policy_of(const Call& call, const access::AccessRequest& request);
  bool is_trusting(const Call& call, const std::string& role_arn, const std::string& service, bool may_be_absent);
  Found of_host(const wire::HttpRequest& request, const wire::sigv4::Authorization& authorization);
  std::optional<Principal> owner_of(const access::AccessKey& key);
  Result<void> verify(const wire::HttpRequest& request, const wire::sigv4::Authorization& authorization, const std::string& secret);
  std::optional<Principal> claimed_by(const std::string& access_key_id);

  storage::StateExecutor& state_;
  access::AccessKeyStore& keys_;
  access::SessionStore& sessions_;
  access::IdentityStore& identities_;
  access::Authorizer& authorizer_;
  AccessGateSettings settings_;
  storage::Remembered<std::optional<Principal>> owners_;
  storage::Remembered<std::string> signing_keys_;
  access::FailedAttempts failed_attempts_;
  HostSignatures host_signatures_;
  ResourcePolicies resource_policies_;
};

/// The name that credentials for a service are scoped to; it is the model's folder name for most.
std::string_view signing_name(std::string_view service);

}  // namespace tocsin::api
