// Commands and invocations in the state database. Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "remediate/commands/command.h"
#include "storage/state_executor.h"

namespace tocsin::remediate {

class CommandStore {
 public:
  explicit CommandStore(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  void insert(const Command& command);
  void update_status(const Command& command);
  void insert(const Invocation& invocation);
  void update(const Invocation& invocation);

  std::optional<Command> command(const std::string& id);
  std::optional<Invocation> invocation(const std::string& command_id, const std::string& instance_id);
  std::vector<Invocation> invocations(const std::string& command_id);
  /// Of this host, not sent yet, oldest first.
  std::vector<std::string> commands_pending_for(const std::string& instance_id);

  struct Page {
    std::string command_id;   ///< only this one, when not empty
    std::string instance_id;  ///< only of this host, when not empty
    std::string status;       ///< the service's word; only these, when not empty
    std::string after;        ///< continue behind this key
    std::size_t count = 50;
  };
  /// Newest first, with the key of the last row.
  std::pair<std::vector<Command>, std::string> list_commands(const Scope& scope, const Page& page);
  std::pair<std::vector<Invocation>, std::string> list_invocations(const Scope& scope, const Page& page);
  /// Removes what was requested before.
  void trim(Instant before);

 private:
  storage::StateExecutor& state_;
};

}  // namespace tocsin::remediate
