// Run Command: sends documents to hosts and follows them to their end.
// Threads: only on the StateExecutor; send, cancel and the readers inside a unit of work, on_connected and on_frame outside.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "hosts/control_channels.h"
#include "hosts/host_registry.h"
#include "remediate/commands/agent_job.h"
#include "remediate/commands/command.h"
#include "remediate/commands/command_store.h"

namespace tocsin::remediate {

class Commands {
 public:
  Commands(storage::StateExecutor& state, Random& random, events::Journal& journal, delivery::Timers& timers, hosts::HostRegistry& hosts,
           hosts::ControlChannels& channels);
  Result<void> migrate() { return store_.migrate(); }
  /// Registers timers' handlers and the channels' listener; before timers and listeners start.
  void start();

  /// Stores the command and sends it to the hosts that are connected, after the commit. Hosts: spec.instance_ids and those that the targets
  /// match (Key InstanceIds or tag:NAME). `invalid` with reason InvalidInstanceId, InvalidTarget or InvalidParameters.
  Result<Command> send(CommandSpec spec);
  /// Cancels on the given hosts, or on all when none is given; what has ended stays. `not_found` (InvalidCommandId).
  Result<void> cancel(const Scope& scope, const std::string& command_id, const std::vector<std::string>& instance_ids);

  CommandStore& store() { return store_; }

 private:
  Result<std::vector<std::string>> resolve_hosts(const CommandSpec& spec);
  void on_connected(const std::string& instance_id);
  void on_frame(const std::string& instance_id, const wire::AgentFrame& frame);
  void on_acknowledged(const std::string& instance_id, const JobAcknowledgement& acknowledgement);
  void on_reply(const std::string& instance_id, const JobReply& reply);
  void dispatch(const Command& command, const std::vector<Invocation>& invocations);
  void transmit(const Command& command, const std::string& instance_id);
  void expect_acknowledgement(const std::string& command_id, const std::string& instance_id);
  void settle(const std::string& command_id);
  void publish(const Invocation& invocation, const Command& command);
  Result<void> expire(const std::string& key, bool delivery);

  storage::StateExecutor& state_;
  Random& random_;
  events::Journal& journal_;
  delivery::Timers& timers_;
  hosts::HostRegistry& hosts_;
  hosts::ControlChannels& channels_;
  CommandStore store_;
  std::set<std::string> expected_;  ///< COMMAND/INSTANCE of jobs that were sent and are looked at again soon
};

}  // namespace tocsin::remediate
