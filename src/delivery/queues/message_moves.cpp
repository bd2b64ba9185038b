#include "delivery/queues/message_moves.h"

#include <boost/json.hpp>

#include "base/encoding.h"
#include "base/ids.h"
#include "model/arn.h"

namespace tocsin::delivery {

using namespace std::chrono_literals;

namespace {

constexpr int messages_per_step_max = 500;
constexpr auto step_interval = 1s;
constexpr std::size_t tasks_kept_per_source = 10;

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE sqs_moves_tasks (
  id TEXT NOT NULL PRIMARY KEY, source_arn TEXT NOT NULL, destination_arn TEXT NOT NULL, per_second_max INTEGER NOT NULL,
  status INTEGER NOT NULL, failure TEXT NOT NULL, moved INTEGER NOT NULL, to_move INTEGER NOT NULL, started_at INTEGER NOT NULL);
CREATE INDEX sqs_moves_tasks_source ON sqs_moves_tasks (source_arn, started_at);
)"},
};

constexpr const char* task_columns =
    "SELECT id, source_arn, destination_arn, per_second_max, status, failure, moved, to_move, started_at FROM sqs_moves_tasks ";

MoveTask read_task(const storage::Row& row) {
  return {.id = row.text(0),
          .source_arn = row.text(1),
          .destination_arn = row.text(2),
          .per_second_max = static_cast<int>(row.integer(3)),
          .status = static_cast<MoveStatus>(row.integer(4)),
          .failure = row.text(5),
          .moved = row.integer(6),
          .to_move = row.integer(7),
          .started_at = row.instant(8)};
}

std::unexpected<Error> no_resource(const char* member) {
  return fail(ErrorKind::not_found, std::string("The resource that you specified for the ") + member + " parameter doesn't exist.",
              "ResourceNotFoundException");
}

bool is_queue_arn(const std::string& text) {
  const auto arn = parse_arn(text);
  return arn && arn->service == "sqs";
}

std::unexpected<Error> bad_parameter(const char* words) { return fail(ErrorKind::invalid, words, "InvalidParameterValue"); }

}  // namespace

std::string_view to_text(MoveStatus status) {
  switch (status) {
    case MoveStatus::running:
      return "RUNNING";
    case MoveStatus::completed:
      return "COMPLETED";
    case MoveStatus::cancelling:
      return "CANCELLING";
    case MoveStatus::cancelled:
      return "CANCELLED";
    case MoveStatus::failed:
      return "FAILED";
  }
  return "";
}

std::string MoveTask::handle() const { return to_base64(to_json(Object{{"taskId", id}, {"sourceArn", source_arn}})); }

Result<void> MessageMoves::migrate() { return state_.database().migrate("sqs_moves", migrations); }

void MessageMoves::start() {
  state_.submit([this]() -> Result<void> {
    for (const auto& row : state_.database().query("SELECT id FROM sqs_moves_tasks WHERE status IN (0, 2)"))
      state_.after_commit([this, id = row.text(0)] { go_on(id, state_.now()); });
    return {};
  });
}

Result<MoveTask> MessageMoves::begin(const std::string& source_arn, const std::string& destination_arn, int per_second_max) {
  if (!is_queue_arn(source_arn))
    return bad_parameter(
        "You must use this format to specify the SourceArn: arn:<partition>:<service>:<region>:<account-id>:<resource-id>");
  const auto source = queues_.find(source_arn);
  if (!source) return no_resource("SourceArn");
  if (queues_.dead_letter_sources(source_arn, "", 1).empty())
    return bad_parameter("Source queue must be configured as a Dead Letter Queue.");
  if (!destination_arn.empty()) {
    if (!is_queue_arn(destination_arn))
      return bad_parameter(
          "You must use this format to specify the DestinationArn: arn:<partition>:<service>:<region>:<account-id>:<resource-id>");
    const auto destination = queues_.find(destination_arn);
    if (!destination) return no_resource("DestinationArn");
    if (source_arn == destination_arn) return bad_parameter("Source queue arn and destination queue arn cannot be the same.");
    if (source->attributes.fifo() != destination->attributes.fifo())
      return bad_parameter("Source and destination queues must be of the same type.");
  }
  if (state_.database().query_one("SELECT 1 FROM sqs_moves_tasks WHERE source_arn = ? AND status IN (0, 2)", {source_arn}))
    return bad_parameter("There is already a task running. Only one active task is allowed for a source queue arn at a given time.");
  const auto counts = queues_.counts(source_arn);
  MoveTask task{.id = make_uuid_v4(random_),
                .source_arn = source_arn,
                .destination_arn = destination_arn,
                .per_second_max = per_second_max,
                .to_move = counts.visible + counts.in_flight + counts.delayed,
                .started_at = state_.now()};
  state_.database().execute(
      "INSERT INTO sqs_moves_tasks (id, source_arn, destination_arn, per_second_max, status, failure, moved, to_move, started_at) VALUES "
      "(?,?,?,?,0,'',0,?,?)",
      {task.id, source_arn, destination_arn, per_second_max, task.to_move, task.started_at});
  state_.after_commit([this, id = task.id] { go_on(id, state_.now()); });
  return task;
}

Result<std::vector<MoveTask>> MessageMoves::list(const std::string& source_arn, int count_max) {
  if (!is_queue_arn(source_arn) || !queues_.find(source_arn)) return no_resource("SourceArn");
  std::vector<MoveTask> out;
  for (const auto& row : state_.database().query(std::string(task_columns) + "WHERE source_arn = ? ORDER BY started_at DESC, id LIMIT ?",
                                                 {source_arn, count_max}))
    out.push_back(read_task(row));
  return out;
}

Result<MoveTask> MessageMoves::cancel(const std::string& handle) {
  const auto parsed = parse_json(from_base64(handle).value_or(""));
  const std::string id = parsed ? text_or(*parsed, "taskId") : std::string();
  if (id.empty()) return bad_parameter("Value for parameter TaskHandle is invalid.");
  auto task = find(id);
  if (!task) return fail(ErrorKind::not_found, "Task does not exist.", "ResourceNotFoundException");
  if (task->status != MoveStatus::running) return fail(ErrorKind::conflict, "Only active tasks can be cancelled.", "UnsupportedOperation");
  task->status = MoveStatus::cancelling;
  state_.database().execute("UPDATE sqs_moves_tasks SET status = ? WHERE id = ?", {static_cast<int>(task->status), id});
  return *task;
}

void MessageMoves::go_on(const std::string& task_id, Instant at) {
  state_.submit_at(at, [this, task_id] { return step(task_id); });
}

Result<void> MessageMoves::step(const std::string& task_id) {
  const auto task = find(task_id);
  if (!task) return {};
  if (task->status == MoveStatus::cancelling) return finish(*task, MoveStatus::cancelled), Result<void>();
  if (task->status != MoveStatus::running) return {};
  const int count_max = task->per_second_max > 0 ? task->per_second_max : messages_per_step_max;
  const auto moved = queues_.redrive(task->source_arn, task->destination_arn, count_max);
  if (!moved) return finish(*task, MoveStatus::failed, moved.error().reason), Result<void>();
  state_.database().execute("UPDATE sqs_moves_tasks SET moved = moved + ? WHERE id = ?", {*moved, task_id});
  if (*moved < count_max) return finish(*task, MoveStatus::completed), Result<void>();
  const Instant next = task->per_second_max > 0 ? state_.now() + step_interval : state_.now();
  state_.after_commit([this, task_id, next] { go_on(task_id, next); });
  return {};
}

void MessageMoves::finish(const MoveTask& task, MoveStatus status, const std::string& failure) {
  state_.database().execute("UPDATE sqs_moves_tasks SET status = ?, failure = ? WHERE id = ?",
                            {static_cast<int>(status), failure, task.id});
  state_.database().execute(
      "DELETE FROM sqs_moves_tasks WHERE source_arn = ? AND id NOT IN (SELECT id FROM sqs_moves_tasks WHERE source_arn = ? ORDER BY "
      "started_at "
      "DESC, id LIMIT ?)",
      {task.source_arn, task.source_arn, tasks_kept_per_source});
}

std::optional<MoveTask> MessageMoves::find(const std::string& task_id) {
  const auto row = state_.database().query_one(std::string(task_columns) + "WHERE id = ?", {task_id});
  if (!row) return std::nullopt;
  return read_task(*row);
}

}  // namespace tocsin::delivery
