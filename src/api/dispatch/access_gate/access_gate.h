// Authentication and authorization of API calls by SigV4 and IAM policies.
#pragma once

#include <functional>
#include <string>

#include "access/credentials/access_key_store.h"
#include "access/credentials/session_store.h"
#include "access/identities/identity_store.h"
#include "api/dispatch/gate.h"

namespace tocsin::wire::sigv4 {
struct Authorization;
}

namespace tocsin::api {

struct AccessGateSettings {
  bool dev = false;  ///< any key is taken, as its account's root; only from this machine
};

/// Threads: only on the StateExecutor, inside a unit of work. What it is given must outlive it.
class AccessGate final : public Gate {
 public:
  /// Checks what a host signed with its own RSA key: the host's id (mi-…), the string to sign, the signature in base64. Bound by server/.
  using HostSignatures =
      std::function<Result<Principal>(const std::string& host_id, const std::string& to_sign, const std::string& signature)>;

  AccessGate(storage::StateExecutor& state, access::AccessKeyStore& keys, access::SessionStore& sessions, access::IdentityStore& identities,
             AccessGateSettings settings)
      : state_(state), keys_(keys), sessions_(sessions), identities_(identities), settings_(settings) {}

  void set_host_signatures(HostSignatures check) { host_signatures_ = std::move(check); }

  /// `request.body` must be as it was sent: undo Content-Encoding afterwards.
  std::expected<Caller, ServiceError> authenticate(const wire::HttpRequest& request, std::string_view service) override;
  std::expected<void, ServiceError> authorize(const Call& call) override;

 private:
  using Found = std::expected<Principal, ServiceError>;
  Found who(const wire::HttpRequest& request, const wire::sigv4::Authorization& authorization);
  Found of_access_key(const wire::HttpRequest& request, const wire::sigv4::Authorization& authorization, const access::AccessKey& key);
  Found of_session(const wire::HttpRequest& request, const wire::sigv4::Authorization& authorization, const access::Session& session);
  Found of_host(const wire::HttpRequest& request, const wire::sigv4::Authorization& authorization);

  storage::StateExecutor& state_;
  access::AccessKeyStore& keys_;
  access::SessionStore& sessions_;
  access::IdentityStore& identities_;
  AccessGateSettings settings_;
  HostSignatures host_signatures_;
};

/// The name that credentials for a service are scoped to; it is the model's folder name for most.
std::string_view signing_name(std::string_view service);

}  // namespace tocsin::api
