#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "remediate/commands/command_progress.h"
#include "server/node/partners.h"
#include "server/node/rooms.h"

namespace tocsin::server {
namespace {

using namespace std::chrono_literals;
constexpr Duration look_every = 200ms;
constexpr Duration look_max = 9'500ms;

// what an engineer would want to have seen before the restart; each part bounded, all within a few seconds
constexpr const char* collecting_script = R"(
part() { printf '\n== %s\n' "$1"; shift; timeout 2 sh -c "$*" 2>&1 | head -n 60; }
part processes "ps -eo pid,ppid,user,stat,pcpu,pmem,rss,etimes,args --sort=-pcpu"
part threads "ps -eLo pid,tid,stat,wchan:24,comm --sort=stat | grep -v ' kthreadd' | tail -n 40"
part sockets "ss -tanp 2>/dev/null || cat /proc/net/tcp"
part memory "head -n 12 /proc/meminfo; cat /proc/pressure/memory 2>/dev/null"
part disks "df -hT -x tmpfs -x overlay 2>/dev/null || df -h"
part load "cat /proc/loadavg /proc/pressure/cpu /proc/pressure/io 2>/dev/null"
part journal "journalctl -n 60 --no-pager -o short-iso -p warning 2>/dev/null || tail -n 60 /var/log/syslog 2>/dev/null || echo none"
exit 0
)";

Document collecting_document() {
  return Object{{"schemaVersion", "2.2"},
                {"description", "Keeps what a host looks like before anything is changed on it."},
                {"mainSteps", Array{Object{{"action", "aws:runShellScript"},
                                           {"name", "collect"},
                                           {"inputs", Object{{"runCommand", Array{collecting_script}}, {"timeoutSeconds", "9"}}}}}}};
}

incidents::Evidence to_evidence(const remediate::Invocation& invocation, const std::string& host_name) {
  const std::string output = invocation.steps.empty() ? "" : invocation.steps.front().standard_output;
  return {.kind = "host",
          .title = "State of host " + (host_name.empty() ? invocation.instance_id : host_name),
          .summary = fmt::format("processes, threads, sockets, memory, disks, journal: {} characters, kept before the runbook's first command", output.size()),
          .query = Object{{"service", "ssm"},
                          {"operation", "GetCommandInvocation"},
                          {"parameters", Object{{"CommandId", invocation.command_id}, {"InstanceId", invocation.instance_id}}}},
          .result = Object{{"instanceId", invocation.instance_id}, {"output", output}},
          .resource = "arn:aws:ssm:" + invocation.scope.region + ':' + invocation.scope.account + ":managed-instance/" + invocation.instance_id};
}

}  // namespace

struct HostEvidence::Waiting {
  remediate::EvidenceRequest request;
  Done done;
  std::string command_id;
  Instant until;
  Result<Document> answer = Document();
};

void HostEvidence::keep(remediate::EvidenceRequest request, Done done) {
  auto waiting = std::make_shared<Waiting>(Waiting{std::move(request), std::move(done), {}, rooms_.ground.state.now() + look_max});
  rooms_.ground.state.submit(
      [this, waiting]() -> Result<void> {
        remediate::CommandSpec spec{.scope = waiting->request.scope, .document_name = "Tocsin-KeepEvidence", .document_version = "1", .document = collecting_document(),
                                    .targets = array_at(waiting->request.targets, "Targets"), .comment = "evidence for " + waiting->request.incident_arn, .timeout_seconds = 30,
                                    .requested_by = runbook_author};
        for (const Document& id : array_at(waiting->request.targets, "InstanceIds")) spec.instance_ids.emplace_back(id.get_string());
        spec.concurrency_max = 1000;
        spec.errors_max = 1000;
        auto command = rooms_.commands.send(std::move(spec));
        if (!command) return std::unexpected(command.error());
        waiting->command_id = command->id;
        return {};
      },
      [this, waiting](Result<void> sent) {
        if (!sent) return waiting->done(std::unexpected(sent.error()));
        look(waiting);
      });
}

void HostEvidence::look(std::shared_ptr<Waiting> waiting) {
  auto over = std::make_shared<bool>(false);
  rooms_.ground.state.submit(
      [this, waiting, over]() -> Result<void> {
        const auto invocations = rooms_.commands.store().invocations(waiting->command_id);
        const bool all_ended = std::all_of(invocations.begin(), invocations.end(), [](const auto& one) { return remediate::is_terminal(one.status); });
        *over = all_ended || rooms_.ground.state.now() >= waiting->until;
        if (!*over) return {};
        Array kept;
        for (const remediate::Invocation& invocation : invocations) {
          if (invocation.status != remediate::InvocationStatus::success) continue;
          const auto host = rooms_.hosts.find(invocation.instance_id);
          const auto id = rooms_.incidents.add_evidence(waiting->request.scope, waiting->request.incident_arn, to_evidence(invocation, host ? host->computer_name : ""));
          if (id) kept.emplace_back(*id);
        }
        const std::size_t missing = invocations.size() - kept.size();
        waiting->answer = kept.empty() ? Result<Document>(fail(ErrorKind::unavailable, "no host answered in time"))
                                       : Result<Document>(Document(Object{{"evidence", std::move(kept)}, {"commandId", waiting->command_id}, {"hostsWithoutAnswer", missing}}));
        return {};
      },
      [this, waiting, over](Result<void> looked) {
        if (!looked) return waiting->done(std::unexpected(looked.error()));
        if (*over) return waiting->done(std::move(waiting->answer));
        rooms_.ground.state.executor().post_after(look_every, [this, waiting] { look(waiting); });
      });
}

}  // namespace tocsin::server
