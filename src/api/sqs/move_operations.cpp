#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/sqs/operations.h"
#include "api/sqs/queue_address.h"

namespace tocsin::api::sqs {
namespace {

constexpr std::int64_t rate_max = 500;
constexpr std::int64_t results_max = 10;

Object to_document(const delivery::MoveTask& task) {
  Object out{{"Status", std::string(to_text(task.status))},
             {"SourceArn", task.source_arn},
             {"ApproximateNumberOfMessagesMoved", task.moved},
             {"ApproximateNumberOfMessagesToMove", task.to_move},
             {"StartedTimestamp", to_ms(task.started_at)}};
  if (task.status == delivery::MoveStatus::running) out["TaskHandle"] = task.handle();
  if (!task.destination_arn.empty()) out["DestinationArn"] = task.destination_arn;
  if (task.per_second_max > 0) out["MaxNumberOfMessagesPerSecond"] = task.per_second_max;
  if (!task.failure.empty()) out["FailureReason"] = task.failure;
  return out;
}

}  // namespace

Reply start_message_move_task(MessageMoves& moves, const Call& call) {
  const auto rate = integer_at(call.input, "MaxNumberOfMessagesPerSecond");
  if (rate && (*rate < 1 || *rate > rate_max))
    return api::refuse(
        "InvalidParameterValue",
        fmt::format("Value {} for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: Must be between 1 and {}, if provided.", *rate,
                    rate_max));
  const auto task =
      moves.begin(text_or(call.input, "SourceArn"), text_or(call.input, "DestinationArn"), static_cast<int>(rate.value_or(0)));
  if (!task) return refuse(task.error());
  return Object{{"TaskHandle", task->handle()}};
}

Reply list_message_move_tasks(MessageMoves& moves, const Call& call) {
  const auto count_max = integer_or(call.input, "MaxResults", 1);
  if (count_max < 1 || count_max > results_max)
    return api::refuse("InvalidParameterValue",
                       fmt::format("Value {} for parameter MaxResults is invalid. Reason: MaxResults must be an integer between 1 and {}.",
                                   count_max, results_max));
  const auto tasks = moves.list(text_or(call.input, "SourceArn"), static_cast<int>(count_max));
  if (!tasks) return refuse(tasks.error());
  Array results;
  for (const auto& task : *tasks) results.emplace_back(to_document(task));
  if (results.empty()) return Object{};
  return Object{{"Results", std::move(results)}};
}

Reply cancel_message_move_task(MessageMoves& moves, const Call& call) {
  const auto task = moves.cancel(text_or(call.input, "TaskHandle"));
  if (!task) return refuse(task.error());
  return Object{{"ApproximateNumberOfMessagesMoved", task->moved}};
}

}  // namespace tocsin::api::sqs
