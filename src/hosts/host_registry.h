// Activations and registered hosts. Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "events/journal/journal.h"
#include "hosts/host.h"
#include "storage/state_executor.h"

namespace tocsin::hosts {

class HostRegistry {
 public:
  HostRegistry(storage::StateExecutor& state, Random& random, events::Journal& journal) : state_(state), random_(random), journal_(journal) {}
  Result<void> migrate();

  struct NewActivation {
    std::string id;
    std::string code;  ///< 20 characters; shown once, kept as a digest
  };
  NewActivation create_activation(Activation spec);
  /// Newest first.
  std::vector<Activation> activations(const Scope& scope);
  /// `not_found` when it is not there.
  Result<void> delete_activation(const Scope& scope, const std::string& id);

  /// Errors: `denied` for an unknown id, a wrong code, an expired or used up activation.
  Result<Host> register_host(const std::string& activation_id, const std::string& code, const std::string& fingerprint, const std::string& public_key);
  /// By its id alone: ids are unique over accounts, and a signature must be checked before the account is known.
  std::optional<Host> find(const std::string& instance_id);
  std::optional<Host> find(const Scope& scope, const std::string& instance_id);
  /// By instance id.
  std::vector<Host> hosts(const Scope& scope);
  /// The host whose computer name is `name`, the one that pinged last if there are several.
  std::optional<Host> find_by_computer_name(const Scope& scope, const std::string& name);

  void record_ping(const std::string& instance_id, const HostInformation& information);
  void set_public_key(const std::string& instance_id, const std::string& public_key);
  Result<void> set_role(const Scope& scope, const std::string& instance_id, const std::string& role);
  Result<void> deregister(const Scope& scope, const std::string& instance_id);

  void set_tags(const Scope& scope, const std::string& instance_id, const Object& tags_by_key);
  Object tags(const Scope& scope, const std::string& instance_id);

 private:
  std::optional<Activation> usable_activation(const std::string& id, const std::string& code);
  void publish(const Host& host, std::string_view type);

  storage::StateExecutor& state_;
  Random& random_;
  events::Journal& journal_;
};

}  // namespace tocsin::hosts
