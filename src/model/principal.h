// Who calls: the outcome of authentication, the subject of policies, the author in the audit trail.
#pragma once

#include <string>

#include "base/clock.h"
#include "model/scope.h"

namespace tocsin {

enum class PrincipalKind { root, user, assumed_role, federated_user, service, ingest_key, host };

struct Principal {
  PrincipalKind kind = PrincipalKind::root;
  std::string account;
  std::string arn;            ///< arn:aws:iam::ACC:root, …:user/N, arn:aws:sts::ACC:assumed-role/R/S; for a service its name (events.amazonaws.com)
  std::string principal_id;   ///< AIDA…, AROA…:session, the account for root
  std::string name;           ///< user name, role name, service name, host id
  std::string session_name;   ///< of an assumed role
  std::string access_key_id;  ///< the key used; empty for our own services
  Instant session_started{};  ///< of temporary credentials

  bool operator==(const Principal&) const = default;
};

/// One of our own services acting in an account, such as "events.amazonaws.com".
inline Principal service_principal(std::string account, std::string service) {
  return {.kind = PrincipalKind::service, .account = std::move(account), .arn = service, .principal_id = service, .name = service};
}

}  // namespace tocsin
