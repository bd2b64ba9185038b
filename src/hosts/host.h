// One registered machine, as its registration and its agent's pings tell.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/document.h"
#include "model/scope.h"

namespace tocsin::hosts {

struct Host {
  Scope scope;
  std::string instance_id;    ///< "mi-" and 17 hex digits
  std::string name;           ///< the activation's DefaultInstanceName; may be empty
  std::string iam_role;       ///< the activation's role name
  std::string activation_id;
  std::string fingerprint;    ///< the machine's, a UUID
  std::string public_key;     ///< base64 of DER SubjectPublicKeyInfo, RSA
  Instant registered_at{};
  Instant last_ping_at{};     ///< never: the epoch
  std::string computer_name, ip_address;
  std::string platform_type, platform_name, platform_version;
  std::string agent_name, agent_version;
};

/// An agent pings every five minutes; after this it counts as lost.
inline constexpr Duration ping_lost_after = std::chrono::minutes(16);
enum class PingStatus { online, connection_lost, inactive };
PingStatus ping_status(const Host& host, bool connected, Instant now);

/// What an agent says of itself in UpdateInstanceInformation; members that it leaves out keep their value.
struct HostInformation {
  std::string computer_name, ip_address, platform_type, platform_name, platform_version, agent_name, agent_version;
};

struct Activation {
  Scope scope;
  std::string id;             ///< a UUID
  std::string description;
  std::string default_instance_name;
  std::string iam_role;
  std::int64_t registration_limit = 1;
  std::int64_t registrations = 0;
  Instant expires_at{};
  Instant created_at{};
  Document tags;              ///< [{Key, Value}], given to each host that registers
};

}  // namespace tocsin::hosts
