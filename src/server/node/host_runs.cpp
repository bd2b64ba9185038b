#include "server/node/host_runs.h"

#include <algorithm>
#include <boost/json.hpp>

#include "remediate/commands/command_progress.h"
#include "server/node/rooms.h"

namespace tocsin::server {
namespace {

using namespace std::chrono_literals;
constexpr Duration look_every = 200ms;

struct Awaited {
  Rooms& rooms;
  Instant until;
  RunsEnded done;
  std::vector<std::string> ids;
  std::vector<remediate::Invocation> invocations;
};

void await(std::shared_ptr<Awaited> awaited) {
  auto over = std::make_shared<bool>(false);
  auto& state = awaited->rooms.ground.state;
  state.submit(
      [awaited, over, &state]() -> Result<void> {
        awaited->invocations.clear();
        for (const std::string& id : awaited->ids)
          for (auto& one : awaited->rooms.commands.store().invocations(id)) awaited->invocations.push_back(std::move(one));
        *over = state.now() >= awaited->until || std::all_of(awaited->invocations.begin(), awaited->invocations.end(),
                                                             [](const auto& one) { return remediate::is_terminal(one.status); });
        return {};
      },
      [awaited, over, &state](Result<void> looked) {
        if (!looked) return awaited->done(std::unexpected(looked.error()));
        if (*over) return awaited->done(std::move(awaited->invocations));
        state.executor().post_after(look_every, [awaited] { await(awaited); });
      });
}

}  // namespace

remediate::CommandSpec script_command(remediate::CommandSpec spec, std::string script, int seconds_max) {
  spec.document_version = "1";
  spec.document = Object{
      {"schemaVersion", "2.2"},
      {"description", "A script of the server's own."},
      {"mainSteps",
       Array{Object{{"action", "aws:runShellScript"},
                    {"name", "run"},
                    {"inputs", Object{{"runCommand", Array{std::move(script)}}, {"timeoutSeconds", std::to_string(seconds_max)}}}}}}};
  spec.timeout_seconds = 30;
  spec.concurrency_max = 1000;
  spec.errors_max = 1000;
  spec.requested_by = runbook_author;
  return spec;
}

void run_on_hosts(Rooms& rooms, std::vector<remediate::CommandSpec> commands, Duration at_most, RunsEnded done) {
  auto awaited = std::make_shared<Awaited>(Awaited{rooms, rooms.ground.state.now() + at_most, std::move(done), {}, {}});
  rooms.ground.state.submit(
      [&rooms, awaited, commands = std::move(commands)]() mutable -> Result<void> {
        for (auto& spec : commands) {
          auto command = rooms.commands.send(std::move(spec));
          if (!command) return std::unexpected(command.error());
          awaited->ids.push_back(command->id);
        }
        return {};
      },
      [awaited](Result<void> sent) {
        if (!sent) return awaited->done(std::unexpected(sent.error()));
        await(awaited);
      });
}

}  // namespace tocsin::server
