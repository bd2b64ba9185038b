// SQS's operations, one function each. All but receive_message run in the request's unit of work.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "delivery/queues/message_moves.h"
#include "delivery/queues/queues.h"

namespace tocsin::api::sqs {

using delivery::MessageMoves;
using delivery::Queues;

Reply create_queue(Queues&, const Call&);
Reply get_queue_url(Queues&, const Call&);
Reply list_queues(Queues&, const ListTokens&, const Call&);
Reply list_dead_letter_source_queues(Queues&, const ListTokens&, const Call&);
Reply delete_queue(Queues&, const Call&);
Reply purge_queue(Queues&, const Call&);
Reply get_queue_attributes(Queues&, const Call&);
Reply set_queue_attributes(Queues&, const Call&);
Reply tag_queue(Queues&, const Call&);
Reply untag_queue(Queues&, const Call&);
Reply list_queue_tags(Queues&, const Call&);
Reply add_permission(Queues&, const Call&);
Reply remove_permission(Queues&, const Call&);
Reply start_message_move_task(MessageMoves&, const Call&);
Reply list_message_move_tasks(MessageMoves&, const Call&);
Reply cancel_message_move_task(MessageMoves&, const Call&);
Reply send_message(Queues&, const Call&);
Reply send_message_batch(Queues&, const Call&);
Reply delete_message(Queues&, const Call&);
Reply delete_message_batch(Queues&, const Call&);
Reply change_message_visibility(Queues&, const Call&);
Reply change_message_visibility_batch(Queues&, const Call&);
/// Answers at once when something is there, else on the next arrival or when the wait is over.
void receive_message(Queues&, storage::StateExecutor&, Call, Complete);

}  // namespace tocsin::api::sqs
