#include "events/schedules/schedules.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "base/text_time.h"
#include "events/schedules/schedule_rows.h"
#include "model/arn.h"

namespace tocsin::events {
namespace {

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE scheduler_groups (
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, tags TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,
  PRIMARY KEY (account, region, name));
CREATE TABLE scheduler_schedules (
  account TEXT NOT NULL, region TEXT NOT NULL, group_name TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL UNIQUE, expression TEXT NOT NULL, zone TEXT NOT NULL,
  start_at INTEGER, end_at INTEGER, definition TEXT NOT NULL, enabled INTEGER NOT NULL, delete_after INTEGER NOT NULL, window_minutes INTEGER NOT NULL,
  created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,
  PRIMARY KEY (account, region, group_name, name));
)"},
};

constexpr const char* due_timer = "scheduler.due";
constexpr const char* invoke_timer = "scheduler.invoke";
constexpr std::string_view universal_prefix = "aws-sdk:";

std::unexpected<Error> invalid(std::string words) { return fail(ErrorKind::invalid, std::move(words), "ValidationException"); }

Result<void> check_dead_letters(const Document& target, const Scope& scope) {
  const Document* config = find(target, "DeadLetterConfig");
  const auto text = config ? text_at(*config, "Arn") : std::nullopt;
  if (!text) return {};
  const auto arn = parse_arn(*text);
  if (!arn || arn->service != "sqs") return invalid("The dead-letter queue must be an Amazon SQS queue.");
  if (arn->resource.ends_with(".fifo")) return invalid("The dead-letter queue must be a standard Amazon SQS queue.");
  if (arn->region != scope.region) return invalid("The dead-letter queue must be in the same Region as the schedule.");
  return {};
}

/// The blocks of parameters that a target has, or must have.
Result<void> check_parameters(const Document& target, const Arn& arn, const Scope& scope) {
  for (const auto& [member, service] : {std::pair{"EventBridgeParameters", "events"}, std::pair{"SqsParameters", "sqs"}})
    if (find(target, member) && arn.service != service) return invalid(fmt::format("Parameters {} not supported for the target.", member));
  if (!arn.region.empty() && arn.region != scope.region)
    return invalid(fmt::format("The target ARN provided does not match the current region {}.", scope.region));
  const bool fifo = arn.service == "sqs" && arn.resource.ends_with(".fifo");
  const bool grouped = find(find(target, "SqsParameters"), "MessageGroupId") != nullptr;
  if (fifo && !grouped) return invalid("Parameters SqsParameters must be specified.");
  if (arn.service == "sqs" && !fifo && grouped) return invalid("Parameters MessageGroupId not valid for the target.");
  if (arn.service == "events" && arn.resource.starts_with("event-bus/") && !find(target, "EventBridgeParameters"))
    return invalid("Parameters EventBridgeParameters must be specified.");
  if (const auto input = text_at(target, "Input"); arn.service == "events" && input && !input->empty() && !parse_json(*input))
    return invalid("JSON syntax error in input for the target.");
  return check_dead_letters(target, scope);
}

/// The words that an input may have where the invocation's own facts go.
std::string filled_input(std::string text, const TargetDelivery& delivery) {
  const std::pair<std::string_view, std::string> facts[] = {{"<aws.scheduler.schedule-arn>", delivery.schedule_arn},
                                                            {"<aws.scheduler.scheduled-time>", delivery.scheduled_time},
                                                            {"<aws.scheduler.execution-id>", delivery.execution_id},
                                                            {"<aws.scheduler.attempt-number>", std::to_string(delivery.attempt)}};
  for (const auto& [word, fact] : facts)
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + fact.size()))
      text.replace(at, word.size(), fact);
  return text;
}

}  // namespace

std::string TargetSchedule::arn() const { return make_arn("scheduler", scope, "schedule/" + group + "/" + name); }

TargetSchedule read_schedule(const storage::Row& row) {
  TargetSchedule out{.scope = {row.text(0), row.text(1)},
                     .group = row.text(2),
                     .name = row.text(3),
                     .plan = {row.text(4), row.text(5), {}, {}, row.instant(12)},
                     .definition = row.document(8).as_object(),
                     .enabled = row.truth(9),
                     .delete_after = row.truth(10),
                     .window_minutes = static_cast<int>(row.integer(11)),
                     .modified_at = row.instant(13)};
  if (!row.is_null(6)) out.plan.start = row.instant(6);
  if (!row.is_null(7)) out.plan.end = row.instant(7);
  return out;
}

Schedules::Schedules(storage::StateExecutor& state, Random& random, delivery::Timers& timers, Rules& rules, CheckUniversal check_universal)
    : state_(state), random_(random), timers_(timers), rules_(rules), check_universal_(std::move(check_universal)) {}

Result<void> Schedules::migrate() { return state_.database().migrate("scheduler", migrations); }

void Schedules::start() {
  timers_.handle(due_timer, [this](const std::string& arn, Instant at, const Document&) { return due(arn, at); });
  timers_.handle(invoke_timer, [this](const std::string& arn, Instant, const Document& occasion) { return invoke(arn, occasion); });
}

// --- definitions

Result<void> Schedules::check(const TargetSchedule& schedule) {
  if (const auto checked = check_plan(schedule.plan, state_.now()); !checked) return checked;
  const Document& target = schedule.definition.at("Target");
  const std::string arn_text = text_or(target, "Arn");
  const auto arn = parse_arn(arn_text);
  if (!arn) return invalid(fmt::format("Provided Arn {} is not in correct format.", arn_text));
  if (const auto checked = check_parameters(target, *arn, schedule.scope); !checked) return checked;
  if (arn->service == "scheduler") {
    if (!arn->resource.starts_with(universal_prefix) || !arn->region.empty() || !arn->account.empty())
      return invalid("scheduler is not a supported service for a target.");
    if (text_or(target, "Input").empty()) return invalid("You must provide an input to set this target for your schedule.");
    const std::string rest = arn->resource.substr(universal_prefix.size());
    const std::size_t colon = rest.find(':');
    if (colon == std::string::npos) return invalid(fmt::format("{} is not a valid target Arn.", arn_text));
    return check_universal_(rest.substr(0, colon), rest.substr(colon + 1));
  }
  return rules_.offers(*arn);
}

void Schedules::store(const TargetSchedule& schedule) {
  state_.database().execute(
      "INSERT INTO scheduler_schedules (account, region, group_name, name, arn, expression, zone, start_at, end_at, definition, enabled, "
      "delete_after, window_minutes, created_at, "
      "modified_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (account, region, group_name, name) DO UPDATE SET expression = "
      "excluded.expression, zone = excluded.zone, "
      "start_at = excluded.start_at, end_at = excluded.end_at, definition = excluded.definition, enabled = excluded.enabled, delete_after "
      "= excluded.delete_after, "
      "window_minutes = excluded.window_minutes, modified_at = excluded.modified_at",
      {schedule.scope.account, schedule.scope.region, schedule.group, schedule.name, schedule.arn(), schedule.plan.expression,
       schedule.plan.zone, schedule.plan.start, schedule.plan.end, schedule.definition, schedule.enabled, schedule.delete_after,
       schedule.window_minutes, schedule.plan.created_at, schedule.modified_at});
}

Result<TargetSchedule> Schedules::create(TargetSchedule schedule) {
  if (const auto group = find_group(schedule.scope, schedule.group); !group) return std::unexpected(group.error());
  if (find(schedule.scope, schedule.group, schedule.name))
    return fail(ErrorKind::conflict, fmt::format("Schedule {} already exists.", schedule.name), "ConflictException");
  if (const auto checked = check(schedule); !checked) return std::unexpected(checked.error());
  schedule.plan.created_at = schedule.modified_at = state_.now();
  store(schedule);
  plan(schedule, state_.now());
  return schedule;
}

Result<TargetSchedule> Schedules::find(const Scope& scope, const std::string& group, const std::string& name) {
  const auto row =
      state_.database().query_one(std::string(schedule_columns) + "WHERE account = ? AND region = ? AND group_name = ? AND name = ?",
                                  {scope.account, scope.region, group, name});
  if (!row) return fail(ErrorKind::not_found, fmt::format("Schedule {} does not exist.", name), "ResourceNotFoundException");
  return read_schedule(*row);
}

Result<TargetSchedule> Schedules::update(TargetSchedule schedule) {
  const auto existing = find(schedule.scope, schedule.group, schedule.name);
  if (!existing) return existing;
  if (const auto checked = check(schedule); !checked) return std::unexpected(checked.error());
  const bool same_rhythm = existing->plan.expression == schedule.plan.expression && existing->plan.start == schedule.plan.start;
  schedule.plan.created_at = existing->plan.created_at;
  schedule.modified_at = state_.now();
  store(schedule);
  // an invocation that was drawn within its window still belongs to the old plan
  if (!same_rhythm) timers_.cancel(invoke_timer, schedule.arn());
  plan(schedule, state_.now());
  return schedule;
}

void Schedules::forget(const TargetSchedule& schedule) {
  timers_.cancel(due_timer, schedule.arn());
  timers_.cancel(invoke_timer, schedule.arn());
  state_.database().execute("DELETE FROM scheduler_schedules WHERE arn = ?", {schedule.arn()});
}

Result<void> Schedules::remove(const Scope& scope, const std::string& group, const std::string& name) {
  const auto schedule = find(scope, group, name);
  if (!schedule) return std::unexpected(schedule.error());
  forget(*schedule);
  return {};
}

Result<std::vector<TargetSchedule>> Schedules::list(const Scope& scope, const std::string& group, const std::string& prefix,
                                                    const std::string& state, const std::string& after, int count_max) {
  if (!group.empty())
    if (const auto found = find_group(scope, group); !found) return std::unexpected(found.error());
  std::vector<TargetSchedule> out;
  for (const auto& row : state_.database().query(
           std::string(schedule_columns) + "WHERE account = ? AND region = ? AND (? = '' OR group_name = ?) AND substr(name, 1, ?) = ? AND "
                                           "(? = '' OR enabled = ?) AND group_name || '/' || name > ? "
                                           "ORDER BY group_name || '/' || name LIMIT ?",
           {scope.account, scope.region, group, group, prefix.size(), prefix, state, state == "ENABLED", after, count_max}))
    out.push_back(read_schedule(row));
  return out;
}

// --- time

void Schedules::plan(const TargetSchedule& schedule, Instant after) {
  const auto next = schedule.enabled ? next_due(schedule.plan, after) : std::nullopt;
  if (next)
    timers_.set(due_timer, schedule.arn(), *next);
  else
    timers_.cancel(due_timer, schedule.arn());
}

Result<void> Schedules::due(const std::string& arn, Instant at) {
  const auto row = state_.database().query_one(std::string(schedule_columns) + "WHERE arn = ?", {arn});
  if (!row) return {};
  const TargetSchedule schedule = read_schedule(*row);
  if (!schedule.enabled) return {};
  const Document occasion = Object{{"scheduled_time", to_rfc3339(at)}, {"execution", make_uuid_v4(random_)}};
  // times missed while the server was down are one
  plan(schedule, state_.now());
  if (schedule.window_minutes == 0) return invoke(arn, occasion);
  const auto window_seconds = static_cast<std::uint64_t>(schedule.window_minutes) * 60;
  const Instant drawn = at + std::chrono::seconds(random_.below(window_seconds));
  if (drawn <= state_.now()) return invoke(arn, occasion);
  timers_.set(invoke_timer, arn, drawn, occasion);
  return {};
}

Result<void> Schedules::invoke(const std::string& arn, const Document& occasion) {
  const auto row = state_.database().query_one(std::string(schedule_columns) + "WHERE arn = ?", {arn});
  if (!row) return {};
  const TargetSchedule schedule = read_schedule(*row);
  const Document target = *tocsin::find(schedule.definition, "Target");
  TargetDelivery delivery{.delivery_id = text_or(occasion, "execution") + ":" + arn,
                          .scope = schedule.scope,
                          .rule_arn = {},
                          .event_id = {},
                          .target = parse_arn(text_or(target, "Arn")).value_or(Arn{}),
                          .input = {},
                          .definition = target,
                          .schedule_arn = arn,
                          .scheduled_time = text_or(occasion, "scheduled_time"),
                          .execution_id = text_or(occasion, "execution")};
  delivery.input = filled_input(text_or(target, "Input"), delivery);
  // without an input a queue or topic is given the invocation's facts
  if (delivery.input.empty() && delivery.target.service != "events" && delivery.target.service != "scheduler")
    delivery.input = to_json(Object{{"version", "0"},
                                    {"id", delivery.execution_id},
                                    {"detail-type", "Scheduled Event"},
                                    {"source", "aws.scheduler"},
                                    {"account", schedule.scope.account},
                                    {"time", delivery.scheduled_time},
                                    {"region", schedule.scope.region},
                                    {"resources", Array{Document(arn)}},
                                    {"detail", "{}"}});
  rules_.submit(delivery);
  if (schedule.delete_after && !next_due(schedule.plan, state_.now())) forget(schedule);
  return {};
}

}  // namespace tocsin::events
