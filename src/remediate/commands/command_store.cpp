#include "remediate/commands/command_store.h"

#include <boost/json.hpp>

#include <array>

namespace tocsin::remediate {
namespace {

const std::vector<storage::Migration> migrations = {{1, R"(
  CREATE TABLE commands_commands (id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, spec TEXT NOT NULL, status TEXT NOT NULL, status_details TEXT NOT NULL,
    requested_at BIGINT NOT NULL, target_count BIGINT NOT NULL, completed_count BIGINT NOT NULL, error_count BIGINT NOT NULL, timed_out_count BIGINT NOT NULL);
  CREATE INDEX commands_commands_by_time ON commands_commands (account, region, requested_at, id);
  CREATE TABLE commands_invocations (command_id TEXT NOT NULL, instance_id TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, status TEXT NOT NULL,
    status_details TEXT NOT NULL, requested_at BIGINT NOT NULL, started_at BIGINT NOT NULL, ended_at BIGINT NOT NULL, steps TEXT NOT NULL,
    PRIMARY KEY (command_id, instance_id));
  CREATE INDEX commands_invocations_by_host ON commands_invocations (instance_id, status, requested_at);
  CREATE INDEX commands_invocations_by_time ON commands_invocations (account, region, requested_at, command_id, instance_id);
)"}};

constexpr std::array statuses = {InvocationStatus::pending, InvocationStatus::in_progress, InvocationStatus::success, InvocationStatus::failed,
                                 InvocationStatus::timed_out, InvocationStatus::cancelling, InvocationStatus::cancelled};

InvocationStatus status_from(const std::string& text) {
  for (const InvocationStatus status : statuses)
    if (to_text(status) == text) return status;
  return InvocationStatus::failed;
}

Object to_object(const CommandSpec& spec) {
  Array ids;
  for (const std::string& id : spec.instance_ids) ids.emplace_back(id);
  return {{"document_name", spec.document_name}, {"document_version", spec.document_version}, {"document", spec.document}, {"parameters", spec.parameters},
          {"instance_ids", std::move(ids)}, {"targets", spec.targets}, {"comment", spec.comment}, {"timeout_seconds", spec.timeout_seconds},
          {"concurrency_max", spec.concurrency_max}, {"errors_max", spec.errors_max}, {"max_concurrency_text", spec.max_concurrency_text},
          {"max_errors_text", spec.max_errors_text}, {"requested_by", spec.requested_by}};
}

CommandSpec to_spec(Scope scope, const Document& from) {
  CommandSpec spec{.scope = std::move(scope), .document_name = text_or(from, "document_name"), .document_version = text_or(from, "document_version")};
  if (const Document* document = find(from, "document")) spec.document = *document;
  spec.parameters = object_at(from, "parameters");
  for (const Document& id : array_at(from, "instance_ids")) spec.instance_ids.emplace_back(id.get_string());
  spec.targets = array_at(from, "targets");
  spec.comment = text_or(from, "comment");
  spec.timeout_seconds = integer_or(from, "timeout_seconds", 3600);
  spec.concurrency_max = integer_or(from, "concurrency_max", 50);
  spec.errors_max = integer_or(from, "errors_max", 0);
  spec.max_concurrency_text = text_or(from, "max_concurrency_text", "50");
  spec.max_errors_text = text_or(from, "max_errors_text", "0");
  spec.requested_by = text_or(from, "requested_by");
  return spec;
}

constexpr const char* command_columns = "id, account, region, spec, status, status_details, requested_at, target_count, completed_count, error_count, timed_out_count";

Command to_command(const storage::Row& row) {
  return {row.text(0), to_spec({row.text(1), row.text(2)}, row.document(3)), static_cast<CommandStatus>(status_from(row.text(4))), row.text(5), row.instant(6),
          row.integer(7), row.integer(8), row.integer(9), row.integer(10)};
}

Array to_array(const std::vector<StepOutcome>& steps) {
  Array array;
  for (const StepOutcome& step : steps)
    array.push_back(Object{{"name", step.name}, {"status", step.status}, {"code", step.response_code}, {"stdout", step.standard_output}, {"stderr", step.standard_error},
                           {"output", step.output}, {"started_at", step.started_at}, {"ended_at", step.ended_at}});
  return array;
}

std::vector<StepOutcome> to_steps(const Document& from) {
  std::vector<StepOutcome> steps;
  if (!from.is_array()) return steps;
  for (const Document& step : from.get_array())
    steps.push_back({text_or(step, "name"), text_or(step, "status"), integer_or(step, "code", -1), text_or(step, "stdout"), text_or(step, "stderr"), text_or(step, "output"),
                     text_or(step, "started_at"), text_or(step, "ended_at")});
  return steps;
}

constexpr const char* invocation_columns = "command_id, account, region, instance_id, status, status_details, requested_at, started_at, ended_at, steps";

Invocation to_invocation(const storage::Row& row) {
  return {row.text(0), {row.text(1), row.text(2)}, row.text(3), status_from(row.text(4)), row.text(5), row.instant(6), row.instant(7), row.instant(8), to_steps(row.document(9))};
}

// the pages' conditions, with "" as any; keys order by time and then by id
std::string key_of(Instant at, const std::string& id) { return std::to_string(to_ns(at)) + '/' + id; }

std::pair<std::int64_t, std::string> parse_key(const std::string& key) {
  const auto slash = key.find('/');
  if (slash == std::string::npos) return {INT64_MAX, "\x7f"};
  return {std::strtoll(key.c_str(), nullptr, 10), key.substr(slash + 1)};
}

}  // namespace

Result<void> CommandStore::migrate() { return state_.database().migrate("commands", migrations); }

void CommandStore::insert(const Command& command) {
  state_.database().execute(std::string("INSERT INTO commands_commands (") + command_columns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            {command.id, command.spec.scope.account, command.spec.scope.region, to_object(command.spec), to_text(command.status), command.status_details,
                             command.requested_at, command.target_count, command.completed_count, command.error_count, command.timed_out_count});
}

void CommandStore::update_status(const Command& command) {
  state_.database().execute(
      "UPDATE commands_commands SET status = ?, status_details = ?, target_count = ?, completed_count = ?, error_count = ?, timed_out_count = ? WHERE id = ?",
      {to_text(command.status), command.status_details, command.target_count, command.completed_count, command.error_count, command.timed_out_count, command.id});
}

void CommandStore::insert(const Invocation& invocation) {
  state_.database().execute(std::string("INSERT INTO commands_invocations (") + invocation_columns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            {invocation.command_id, invocation.scope.account, invocation.scope.region, invocation.instance_id, to_text(invocation.status),
                             invocation.status_details, invocation.requested_at, invocation.started_at, invocation.ended_at, Document(to_array(invocation.steps))});
}

void CommandStore::update(const Invocation& invocation) {
  state_.database().execute(
      "UPDATE commands_invocations SET status = ?, status_details = ?, started_at = ?, ended_at = ?, steps = ? WHERE command_id = ? AND instance_id = ?",
      {to_text(invocation.status), invocation.status_details, invocation.started_at, invocation.ended_at, Document(to_array(invocation.steps)), invocation.command_id,
       invocation.instance_id});
}

std::optional<Command> CommandStore::command(const std::string& id) {
  const auto row = state_.database().query_one(std::string("SELECT ") + command_columns + " FROM commands_commands WHERE id = ?", {id});
  return row ? std::optional(to_command(*row)) : std::nullopt;
}

std::optional<Invocation> CommandStore::invocation(const std::string& command_id, const std::string& instance_id) {
  const auto row = state_.database().query_one(std::string("SELECT ") + invocation_columns + " FROM commands_invocations WHERE command_id = ? AND instance_id = ?",
                                               {command_id, instance_id});
  return row ? std::optional(to_invocation(*row)) : std::nullopt;
}

std::vector<Invocation> CommandStore::invocations(const std::string& command_id) {
  std::vector<Invocation> found;
  for (const storage::Row& row : state_.database().query(
           std::string("SELECT ") + invocation_columns + " FROM commands_invocations WHERE command_id = ? ORDER BY instance_id", {command_id}))
    found.push_back(to_invocation(row));
  return found;
}

std::vector<std::string> CommandStore::commands_pending_for(const std::string& instance_id) {
  std::vector<std::string> ids;
  for (const storage::Row& row : state_.database().query(
           "SELECT command_id FROM commands_invocations WHERE instance_id = ? AND status = 'Pending' ORDER BY requested_at", {instance_id}))
    ids.push_back(row.text(0));
  return ids;
}

std::pair<std::vector<Command>, std::string> CommandStore::list_commands(const Scope& scope, const Page& page) {
  const auto [at, id] = parse_key(page.after);
  std::pair<std::vector<Command>, std::string> result;
  for (const storage::Row& row : state_.database().query(
           std::string("SELECT ") + command_columns +
               " FROM commands_commands WHERE account = ? AND region = ? AND (? = '' OR id = ?) AND (? = '' OR status = ?) AND "
               "(? = '' OR EXISTS (SELECT 1 FROM commands_invocations i WHERE i.command_id = id AND i.instance_id = ?)) AND "
               "(requested_at < ? OR (requested_at = ? AND id < ?)) ORDER BY requested_at DESC, id DESC LIMIT ?",
           {scope.account, scope.region, page.command_id, page.command_id, page.status, page.status, page.instance_id, page.instance_id, at, at, id, page.count}))
    result.first.push_back(to_command(row));
  if (result.first.size() == page.count) result.second = key_of(result.first.back().requested_at, result.first.back().id);
  return result;
}

std::pair<std::vector<Invocation>, std::string> CommandStore::list_invocations(const Scope& scope, const Page& page) {
  const auto [at, id] = parse_key(page.after);
  std::pair<std::vector<Invocation>, std::string> result;
  for (const storage::Row& row : state_.database().query(
           std::string("SELECT ") + invocation_columns +
               " FROM commands_invocations WHERE account = ? AND region = ? AND (? = '' OR command_id = ?) AND (? = '' OR instance_id = ?) AND (? = '' OR status = ?) AND "
               "(requested_at < ? OR (requested_at = ? AND command_id || instance_id < ?)) ORDER BY requested_at DESC, command_id || instance_id DESC LIMIT ?",
           {scope.account, scope.region, page.command_id, page.command_id, page.instance_id, page.instance_id, page.status, page.status, at, at, id, page.count}))
    result.first.push_back(to_invocation(row));
  if (result.first.size() == page.count)
    result.second = key_of(result.first.back().requested_at, result.first.back().command_id + result.first.back().instance_id);
  return result;
}

void CommandStore::trim(Instant before) {
  state_.database().execute("DELETE FROM commands_invocations WHERE requested_at < ?", {before});
  state_.database().execute("DELETE FROM commands_commands WHERE requested_at < ?", {before});
}

}  // namespace tocsin::remediate
