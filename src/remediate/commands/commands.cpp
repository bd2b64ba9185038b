#include "remediate/commands/commands.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/ids.h"
#include "base/log.h"
#include "base/text_time.h"
#include "remediate/commands/command_progress.h"

namespace tocsin::remediate {
namespace {
using namespace std::chrono_literals;
constexpr const char* delivery_timer = "commands.delivery";
constexpr const char* execution_timer = "commands.execution";
// the agent holds to the document's own limit; this one only ends what an agent never reported
constexpr Duration execution_max = 49h;
// an agent that has just connected drops jobs until it is ready, without a word: sent again until acknowledged
constexpr Duration unacknowledged_after = 5s;

std::string timer_key(const std::string& command_id, const std::string& instance_id) { return command_id + '/' + instance_id; }

std::vector<std::string> texts(const Array& list) {
  std::vector<std::string> result;
  for (const Document& one : list)
    if (one.is_string()) result.emplace_back(one.get_string());
  return result;
}

bool has_tag(const Object& tags, std::string_view name, const std::vector<std::string>& values) {
  const Document* value = find(tags, name);
  return value && value->is_string() && std::find(values.begin(), values.end(), std::string_view(value->get_string())) != values.end();
}
}  // namespace

Commands::Commands(storage::StateExecutor& state, Random& random, events::Journal& journal, delivery::Timers& timers,
                   hosts::HostRegistry& hosts, hosts::ControlChannels& channels)
    : state_(state), random_(random), journal_(journal), timers_(timers), hosts_(hosts), channels_(channels), store_(state) {}

void Commands::start() {
  timers_.handle(delivery_timer, [this](const std::string& key, Instant, const Document&) { return expire(key, true); });
  timers_.handle(execution_timer, [this](const std::string& key, Instant, const Document&) { return expire(key, false); });
  channels_.tell({.connected = [this](const std::string& id) { on_connected(id); },
                  .received = [this](const std::string& id, const wire::AgentFrame& frame) { on_frame(id, frame); }});
}

Result<std::vector<std::string>> Commands::resolve_hosts(const CommandSpec& spec) {
  std::set<std::string> chosen;
  for (const std::string& id : spec.instance_ids) {
    if (!hosts_.find(spec.scope, id))
      return fail(ErrorKind::invalid, "Instances not in a valid state for account: " + id, "InvalidInstanceId");
    chosen.insert(id);
  }
  for (const Document& target : spec.targets) {
    const std::string key = text_or(target, "Key");
    const std::vector<std::string> values = texts(array_at(target, "Values"));
    const bool by_id = key == "InstanceIds" || key == "instanceids";
    if (!by_id && !key.starts_with("tag:"))
      return fail(ErrorKind::invalid, "Target key " + key + " is not offered; use InstanceIds or tag:NAME.", "InvalidTarget");
    for (const hosts::Host& host : hosts_.hosts(spec.scope)) {
      const bool matches =
          by_id ? std::find(values.begin(), values.end(), host.instance_id) != values.end() || values == std::vector<std::string>{"*"}
                : has_tag(hosts_.tags(spec.scope, host.instance_id), std::string_view(key).substr(4), values);
      if (matches) chosen.insert(host.instance_id);
    }
  }
  return std::vector<std::string>(chosen.begin(), chosen.end());
}

Result<Command> Commands::send(CommandSpec spec) {
  const auto chosen = resolve_hosts(spec);
  if (!chosen) return std::unexpected(chosen.error());
  auto parameters = typed_parameters(spec.document, spec.parameters);
  if (!parameters) return std::unexpected(parameters.error());
  spec.parameters = std::move(*parameters);
  Command command{.id = make_uuid_v4(random_), .spec = std::move(spec), .requested_at = state_.now()};
  std::vector<Invocation> invocations;
  for (const std::string& id : *chosen) {
    invocations.push_back({.command_id = command.id, .scope = command.spec.scope, .instance_id = id, .requested_at = command.requested_at});
    store_.insert(invocations.back());
    timers_.set(delivery_timer, timer_key(command.id, id), state_.now() + std::chrono::seconds(command.spec.timeout_seconds));
  }
  summarize(command, invocations);
  store_.insert(command);
  dispatch(command, invocations);
  return command;
}

void Commands::dispatch(const Command& command, const std::vector<Invocation>& invocations) {
  for (const std::string& id : to_dispatch(command, invocations)) transmit(command, id);
}

void Commands::transmit(const Command& command, const std::string& instance_id) {
  state_.after_commit([this, instance_id, id = command.id, job = send_command_job(command, instance_id)] {
    if (channels_.send(instance_id, "agent_job", job)) expect_acknowledgement(id, instance_id);
  });
}

void Commands::expect_acknowledgement(const std::string& command_id, const std::string& instance_id) {
  if (!expected_.insert(timer_key(command_id, instance_id)).second) return;
  state_.executor().post_after(unacknowledged_after, [this, command_id, instance_id] {
    expected_.erase(timer_key(command_id, instance_id));
    state_.submit([this, command_id, instance_id]() -> Result<void> {
      const auto command = store_.command(command_id);
      const auto invocation = store_.invocation(command_id, instance_id);
      if (command && invocation && invocation->status == InvocationStatus::pending) transmit(*command, instance_id);
      return {};
    });
  });
}

void Commands::on_connected(const std::string& instance_id) {
  state_.submit([this, instance_id]() -> Result<void> {
    for (const std::string& id : store_.commands_pending_for(instance_id))
      if (const auto command = store_.command(id)) {
        const auto sendable = to_dispatch(*command, store_.invocations(id));
        if (std::find(sendable.begin(), sendable.end(), instance_id) != sendable.end()) transmit(*command, instance_id);
      }
    return {};
  });
}

void Commands::on_frame(const std::string& instance_id, const wire::AgentFrame& frame) {
  if (frame.message_type == "agent_job_ack") {
    if (const auto acknowledgement = parse_acknowledgement(frame.payload))
      state_.submit([this, instance_id, acknowledgement = *acknowledgement]() -> Result<void> {
        on_acknowledged(instance_id, acknowledgement);
        return {};
      });
  } else if (frame.message_type == "agent_job_reply") {
    const auto reply = parse_reply(frame.payload);
    if (!reply) return log::warning("remediate/commands", "unreadable reply dropped", {{"host", instance_id}});
    state_.submit(
        [this, instance_id, reply = *reply]() -> Result<void> {
          on_reply(instance_id, reply);
          return {};
        },
        // acknowledged only once it is kept: until then the agent repeats it
        [this, instance_id, job = reply->job_id, message_id = frame.message_id](Result<void> kept) {
          if (kept) channels_.send(instance_id, "agent_job_reply_ack", reply_acknowledgement(job, message_id));
        });
  }
}

void Commands::on_acknowledged(const std::string& instance_id, const JobAcknowledgement& acknowledgement) {
  const auto command_id = command_of_job(acknowledgement.job_id);
  auto invocation = command_id ? store_.invocation(*command_id, instance_id) : std::nullopt;
  if (!invocation || invocation->status != InvocationStatus::pending) return;
  const std::string& code = acknowledgement.status_code;
  if (code == "51402") return;  // its buffer is full: sent again soon, as if it had not heard
  timers_.cancel(delivery_timer, timer_key(*command_id, instance_id));
  if (code == "200" || code == "51405") {
    invocation->status = InvocationStatus::in_progress;
    invocation->status_details = "InProgress";
    invocation->started_at = state_.now();
    timers_.set(execution_timer, timer_key(*command_id, instance_id), state_.now() + execution_max);
  } else {
    end_invocation(*invocation, InvocationStatus::failed, "Undeliverable", state_.now());
    invocation->steps.push_back(
        {.name = "agent", .status = "Failed", .standard_error = "The agent refused the command: " + code + ' ' + acknowledgement.error});
  }
  store_.update(*invocation);
  settle(*command_id);
}

void Commands::on_reply(const std::string& instance_id, const JobReply& reply) {
  const auto command_id = command_of_job(reply.job_id);
  auto invocation = command_id ? store_.invocation(*command_id, instance_id) : std::nullopt;
  if (!invocation) return;
  const bool changed = apply_reply(*invocation, reply.document_status, reply.steps, state_.now());
  store_.update(*invocation);
  if (!changed) return;
  timers_.cancel(delivery_timer, timer_key(*command_id, instance_id));
  if (is_terminal(invocation->status)) {
    timers_.cancel(execution_timer, timer_key(*command_id, instance_id));
    on_connected(instance_id);
  }
  settle(*command_id);
}

void Commands::settle(const std::string& command_id) {
  auto command = store_.command(command_id);
  if (!command) return;
  std::vector<Invocation> invocations = store_.invocations(command_id);
  summarize(*command, invocations);
  const bool too_many_errors = command->error_count > command->spec.errors_max;
  for (Invocation& invocation : invocations) {
    if (!too_many_errors || invocation.status != InvocationStatus::pending) continue;
    end_invocation(invocation, InvocationStatus::cancelled, "Terminated", state_.now());
    timers_.cancel(delivery_timer, timer_key(command_id, invocation.instance_id));
    store_.update(invocation);
  }
  summarize(*command, invocations);
  store_.update_status(*command);
  for (const Invocation& invocation : invocations) publish(invocation, *command);
  dispatch(*command, invocations);
}

void Commands::publish(const Invocation& invocation, const Command& command) {
  journal_.append({.scope = invocation.scope,
                   .event_time = state_.now(),
                   .source = "aws.ssm",
                   .type = "EC2 Command Invocation Status-change Notification",
                   .subject_arn = "arn:aws:ssm:" + invocation.scope.region + ":" + invocation.scope.account + ":managed-instance/" +
                                  invocation.instance_id,
                   .detail = Object{{"command-id", invocation.command_id},
                                    {"document-name", command.spec.document_name},
                                    {"instance-id", invocation.instance_id},
                                    {"requested-date-time", to_rfc3339_ms(invocation.requested_at)},
                                    {"status", to_text(invocation.status)}},
                   .idempotency_key =
                       "command/" + invocation.command_id + '/' + invocation.instance_id + '/' + std::string(to_text(invocation.status))});
}

Result<void> Commands::cancel(const Scope& scope, const std::string& command_id, const std::vector<std::string>& instance_ids) {
  auto command = store_.command(command_id);
  if (!command || command->spec.scope != scope) return fail(ErrorKind::not_found, "no such command", "InvalidCommandId");
  for (Invocation& invocation : store_.invocations(command_id)) {
    const bool chosen =
        instance_ids.empty() || std::find(instance_ids.begin(), instance_ids.end(), invocation.instance_id) != instance_ids.end();
    if (!chosen || is_terminal(invocation.status)) continue;
    if (invocation.status == InvocationStatus::pending) {
      end_invocation(invocation, InvocationStatus::cancelled, "Cancelled", state_.now());
      timers_.cancel(delivery_timer, timer_key(command_id, invocation.instance_id));
    } else {
      invocation.status = InvocationStatus::cancelling;
      invocation.status_details = "Cancelling";
    }
    store_.update(invocation);
    state_.after_commit(
        [this, id = invocation.instance_id, job = cancel_command_job(command_id, invocation.instance_id, make_uuid_v4(random_))] {
          channels_.send(id, "agent_job", job);
        });
  }
  settle(command_id);
  return {};
}

Result<void> Commands::expire(const std::string& key, bool delivery) {
  const auto slash = key.find('/');
  auto invocation = store_.invocation(key.substr(0, slash), key.substr(slash + 1));
  if (!invocation || (delivery && invocation->status != InvocationStatus::pending)) return {};
  if (!end_invocation(*invocation, InvocationStatus::timed_out, delivery ? "DeliveryTimedOut" : "ExecutionTimedOut", state_.now()))
    return {};
  store_.update(*invocation);
  settle(invocation->command_id);
  return {};
}

}  // namespace tocsin::remediate
