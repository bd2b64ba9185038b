#include <fmt/format.h>

#include <boost/json.hpp>

#include "hosts/evidence/host_scripts.h"
#include "server/node/host_runs.h"
#include "server/node/partners.h"
#include "server/node/rooms.h"

namespace tocsin::server {
namespace {

using namespace std::chrono_literals;
constexpr Duration keep_max = 9'500ms;
// the agents count whole seconds, and the published one none below five
constexpr int script_seconds_max = 9;
constexpr int look_seconds_max = 5;

incidents::Evidence to_evidence(const remediate::Invocation& invocation, const std::string& host_name) {
  const std::string output = invocation.steps.empty() ? "" : invocation.steps.front().standard_output;
  return {.kind = "host",
          .title = "State of host " + (host_name.empty() ? invocation.instance_id : host_name),
          .summary = fmt::format(
              "processes, threads, sockets, memory, disks, journal: {} characters, kept before the runbook's first command", output.size()),
          .query = Object{{"service", "ssm"},
                          {"operation", "GetCommandInvocation"},
                          {"parameters", Object{{"CommandId", invocation.command_id}, {"InstanceId", invocation.instance_id}}}},
          .result = Object{{"instanceId", invocation.instance_id}, {"output", output}},
          .resource =
              "arn:aws:ssm:" + invocation.scope.region + ':' + invocation.scope.account + ":managed-instance/" + invocation.instance_id};
}

}  // namespace

void HostEvidence::keep(remediate::EvidenceRequest request, Done done) {
  remediate::CommandSpec spec{.scope = request.scope,
                              .document_name = "Tocsin-KeepEvidence",
                              .targets = array_at(request.targets, "Targets"),
                              .comment = "evidence for " + request.incident_arn};
  for (const Document& id : array_at(request.targets, "InstanceIds")) spec.instance_ids.emplace_back(id.get_string());
  std::vector<remediate::CommandSpec> commands;
  commands.push_back(script_command(std::move(spec), std::string(hosts::state_script()), script_seconds_max));
  run_on_hosts(rooms_, std::move(commands), keep_max,
               [this, request = std::move(request), done = std::move(done)](Result<std::vector<remediate::Invocation>> ended) mutable {
                 if (!ended) return done(std::unexpected(ended.error()));
                 add(std::move(request), std::move(*ended), std::move(done));
               });
}

void HostEvidence::add(remediate::EvidenceRequest request, std::vector<remediate::Invocation> invocations, Done done) {
  auto answer = std::make_shared<Result<Document>>(Document());
  rooms_.ground.state.submit(
      [this, request = std::move(request), invocations = std::move(invocations), answer]() -> Result<void> {
        Array kept;
        for (const remediate::Invocation& invocation : invocations) {
          if (invocation.status != remediate::InvocationStatus::success) continue;
          const auto host = rooms_.hosts.find(invocation.instance_id);
          const auto id =
              rooms_.incidents.add_evidence(request.scope, request.incident_arn, to_evidence(invocation, host ? host->computer_name : ""));
          if (id) kept.emplace_back(*id);
        }
        const std::size_t missing = invocations.size() - kept.size();
        if (kept.empty())
          *answer = fail(ErrorKind::unavailable, "no host answered in time");
        else
          *answer = Object{{"evidence", std::move(kept)}, {"commandId", invocations.front().command_id}, {"hostsWithoutAnswer", missing}};
        return {};
      },
      [answer, done = std::move(done)](Result<void> added) mutable {
        if (!added) return done(std::unexpected(added.error()));
        done(std::move(*answer));
      });
}

void HostLooks::look(const Scope& scope, std::map<std::string, std::string> scripts_by_instance, Duration at_most, Done done) {
  std::vector<remediate::CommandSpec> commands;
  for (auto& [id, script] : scripts_by_instance) {
    if (!rooms_.channels.connected(id)) continue;  // who is not there does not answer
    remediate::CommandSpec spec{.scope = scope, .document_name = "Tocsin-LookAtHost", .instance_ids = {id}, .comment = "what has run out"};
    commands.push_back(script_command(std::move(spec), std::move(script), look_seconds_max));
  }
  run_on_hosts(rooms_, std::move(commands), at_most, [done = std::move(done)](Result<std::vector<remediate::Invocation>> ended) mutable {
    std::map<std::string, std::string> printed;
    if (ended)
      for (const remediate::Invocation& one : *ended)
        if (one.status == remediate::InvocationStatus::success && !one.steps.empty())
          printed[one.instance_id] = one.steps.front().standard_output;
    done(std::move(printed));
  });
}

}  // namespace tocsin::server
