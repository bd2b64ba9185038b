// The columns of sqs_messages, in the order in which queue_messages.cpp reads them.
#pragma once

#include <cstddef>

namespace tocsin::delivery {

inline constexpr const char* message_columns =
    "position, message_id, body, attributes, trace_header, group_id, deduplication_id, sender_id, source_arn, sent_at, expires_at, "
    "visible_at, receives, first_received_at, received_at, receipt";

enum MessageColumn : std::size_t {
  column_position,
  column_message_id,
  column_body,
  column_attributes,
  column_trace_header,
  column_group_id,
  column_deduplication_id,
  column_sender_id,
  column_source_arn,
  column_sent_at,
  column_expires_at,
  column_visible_at,
  column_receives,
  column_first_received_at,
  column_received_at,
  column_receipt,
};

}  // namespace tocsin::delivery
