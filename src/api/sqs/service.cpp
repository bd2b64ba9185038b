#include "api/sqs/service.h"

#include "api/sqs/operations.h"

namespace tocsin::api {

Service make_sqs_service(delivery::Queues& queues, delivery::MessageMoves& moves, storage::StateExecutor& state, ListTokens tokens) {
  const auto on_queues = [&queues](Reply (*operation)(delivery::Queues&, const Call&)) -> Handle {
    return [&queues, operation](const Call& call) { return operation(queues, call); };
  };
  const auto on_moves = [&moves](Reply (*operation)(delivery::MessageMoves&, const Call&)) -> Handle {
    return [&moves, operation](const Call& call) { return operation(moves, call); };
  };
  return {"sqs",
          {{"CreateQueue", on_queues(sqs::create_queue)},
           {"GetQueueUrl", on_queues(sqs::get_queue_url)},
           {"ListQueues", Handle([&queues, tokens](const Call& call) { return sqs::list_queues(queues, tokens, call); })},
           {"ListDeadLetterSourceQueues",
            Handle([&queues, tokens](const Call& call) { return sqs::list_dead_letter_source_queues(queues, tokens, call); })},
           {"AddPermission", on_queues(sqs::add_permission)},
           {"RemovePermission", on_queues(sqs::remove_permission)},
           {"StartMessageMoveTask", on_moves(sqs::start_message_move_task)},
           {"ListMessageMoveTasks", on_moves(sqs::list_message_move_tasks)},
           {"CancelMessageMoveTask", on_moves(sqs::cancel_message_move_task)},
           {"DeleteQueue", on_queues(sqs::delete_queue)},
           {"PurgeQueue", on_queues(sqs::purge_queue)},
           {"GetQueueAttributes", on_queues(sqs::get_queue_attributes)},
           {"SetQueueAttributes", on_queues(sqs::set_queue_attributes)},
           {"TagQueue", on_queues(sqs::tag_queue)},
           {"UntagQueue", on_queues(sqs::untag_queue)},
           {"ListQueueTags", on_queues(sqs::list_queue_tags)},
           {"SendMessage", on_queues(sqs::send_message)},
           {"SendMessageBatch", on_queues(sqs::send_message_batch)},
           {"ReceiveMessage", HandleLater([&queues, &state](Call call, Complete complete) {
              sqs::receive_message(queues, state, std::move(call), std::move(complete));
            })},
           {"DeleteMessage", on_queues(sqs::delete_message)},
           {"DeleteMessageBatch", on_queues(sqs::delete_message_batch)},
           {"ChangeMessageVisibility", on_queues(sqs::change_message_visibility)},
           {"ChangeMessageVisibilityBatch", on_queues(sqs::change_message_visibility_batch)}}};
}

}  // namespace tocsin::api
