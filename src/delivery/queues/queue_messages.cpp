// The life of a message: sent, received, hidden, deleted, or moved to the dead letters.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "delivery/queues/queue_rows.h"
#include "delivery/queues/queues.h"
#include "model/arn.h"

namespace tocsin::delivery {

using namespace std::chrono_literals;

namespace {

constexpr auto deduplication_interval = 5min;
constexpr auto visibility_max = 12h;
constexpr int dead_letter_rounds_max = 100;
constexpr int in_flight_max = 120'000;
constexpr auto attempt_interval = 5min;

const std::string insert_message =
    fmt::format("INSERT INTO sqs_messages (queue_arn, {}) VALUES (?,?,?,?,?,?,?,?,?,'',?,?,?,0,0,0,'')", message_columns);

struct Receipt {
  std::int64_t position;
  std::string secret;
};

std::string to_handle(std::int64_t position, std::string_view secret) { return to_base64(fmt::format("{}:{}", position, secret)); }

std::optional<Receipt> parse_handle(const std::string& handle) {
  const auto bytes = from_base64(handle);
  const std::size_t colon = bytes ? bytes->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  Receipt receipt{0, bytes->substr(colon + 1)};
  const auto parsed = std::from_chars(bytes->data(), bytes->data() + colon, receipt.position);
  if (parsed.ec != std::errc() || parsed.ptr != bytes->data() + colon) return std::nullopt;
  return receipt;
}

std::unexpected<Error> bad_parameter(std::string words) { return fail(ErrorKind::invalid, std::move(words), "InvalidParameterValue"); }

std::unexpected<Error> bad_handle(const std::string& handle) {
  return fail(ErrorKind::invalid, fmt::format("The input receipt handle \"{}\" is not a valid receipt handle.", handle),
              "ReceiptHandleIsInvalid");
}

std::string to_sequence_number(std::int64_t position) { return fmt::format("{:020}", position); }

/// XML 1.0's characters: #x9, #xA, #xD and from #x20 on but #xFFFE and #xFFFF.
bool has_forbidden_character(std::string_view body) {
  for (const char c : body)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') return true;
  return body.find("\xEF\xBF\xBE") != std::string_view::npos || body.find("\xEF\xBF\xBF") != std::string_view::npos || !is_utf8(body);
}

std::size_t size_of(const OutgoingMessage& message) {
  std::size_t size = message.body.size();
  for (const auto& [name, attribute] : message.attributes) size += name.size() + attribute.type.size() + attribute.value.size();
  return size;
}

std::map<std::string, std::string> system_attributes_of(const Queue& queue, const storage::Row& row, Instant now) {
  const Instant first = row.integer(column_first_received_at) ? row.instant(column_first_received_at) : now;
  std::map<std::string, std::string> out = {{"SenderId", row.text(column_sender_id)},
                                            {"SentTimestamp", std::to_string(to_ms(row.instant(column_sent_at)))},
                                            {"ApproximateReceiveCount", std::to_string(row.integer(column_receives) + 1)},
                                            {"ApproximateFirstReceiveTimestamp", std::to_string(to_ms(first))}};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) out.emplace(name, value);
  };
  add("MessageGroupId", row.text(column_group_id));
  add("AWSTraceHeader", row.text(column_trace_header));
  add("DeadLetterQueueSourceArn", row.text(column_source_arn));
  if (!queue.attributes.fifo()) return out;
  add("MessageDeduplicationId", row.text(column_deduplication_id));
  add("SequenceNumber", to_sequence_number(row.integer(column_position)));
  return out;
}

}  // namespace

Result<void> Queues::check_message(const Queue& queue, const OutgoingMessage& message) {
  if (message.body.empty()) return fail(ErrorKind::invalid, "The request must contain the parameter MessageBody.", "MissingParameter");
  if (has_forbidden_character(message.body))
    return fail(
        ErrorKind::invalid,
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
        "InvalidMessageContents");
  const int size_max = queue.attributes.number("MaximumMessageSize");
  if (size_of(message) > static_cast<std::size_t>(size_max))
    return bad_parameter(fmt::format("One or more parameters are invalid. Reason: Message must be shorter than {} bytes.", size_max));
  if (message.delay_seconds > 900)
    return bad_parameter(fmt::format("Value {} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
                                     message.delay_seconds));
  for (const auto& [name, id] :
       {std::pair("MessageGroupId", &message.group_id), std::pair("MessageDeduplicationId", &message.deduplication_id)})
    if (id->size() > 128 || std::ranges::any_of(*id, [](char c) { return c <= ' ' || c > '~'; }))
      return bad_parameter(fmt::format(
          "Value {} for parameter {} is invalid. Reason: {} can only include alphanumeric and punctuation characters. 1 to 128 in length.",
          *id, name, name));
  if (!queue.attributes.fifo()) {
    if (message.deduplication_id.empty()) return {};
    return bad_parameter(
        fmt::format("Value {} for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid "
                    "for this queue type.",
                    message.deduplication_id));
  }
  if (message.group_id.empty())
    return fail(ErrorKind::invalid, "The request must contain the parameter MessageGroupId.", "MissingParameter");
  if (message.delay_seconds > 0)
    return bad_parameter(fmt::format(
        "Value {} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
        message.delay_seconds));
  if (message.deduplication_id.empty() && !queue.attributes.deduplicates_by_content())
    return bad_parameter("The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly");
  return {};
}

std::string Queues::deduplication_key(const Queue& queue, const OutgoingMessage& message) const {
  const std::string id = message.deduplication_id.empty() ? to_hex(sha256(message.body)) : message.deduplication_id;
  return queue.attributes.deduplicates_by_group() ? message.group_id + "\n" + id : id;
}

std::optional<SentMessage> Queues::known_duplicate(const Queue& queue, const OutgoingMessage& message, SentMessage sent) {
  const auto row = state_.database().query_one(
      "SELECT message_id, sequence_number FROM sqs_deduplications WHERE queue_arn = ? AND key = ? AND until > ?",
      {queue.arn(), deduplication_key(queue, message), state_.now()});
  if (!row) return std::nullopt;
  sent.message_id = row->text(0);
  sent.sequence_number = row->text(1);
  return sent;
}

Result<SentMessage> Queues::send(const std::string& queue_arn, const OutgoingMessage& message) {
  const auto queue = find(queue_arn);
  if (!queue) return std::unexpected(queue.error());
  if (const auto checked = check_message(*queue, message); !checked) return std::unexpected(checked.error());
  if (admit_ && message.sender_id.ends_with(".amazonaws.com"))
    if (const auto admitted = admit_(*queue, message); !admitted) return std::unexpected(admitted.error());
  SentMessage sent{
      make_uuid_v4(random_), to_hex(md5(message.body)), message.attributes.empty() ? "" : attributes_digest(message.attributes), {}, {}};
  if (!message.trace_header.empty()) sent.trace_header_md5 = attributes_digest({{"AWSTraceHeader", {"String", message.trace_header}}});
  const bool fifo = queue->attributes.fifo();
  if (fifo)
    if (const auto duplicate = known_duplicate(*queue, message, sent)) return *duplicate;
  const std::int64_t position = next_position(queue_arn);
  const Instant now = state_.now();
  const int delay = message.delay_seconds >= 0 ? message.delay_seconds : queue->attributes.number("DelaySeconds");
  if (fifo) {
    sent.sequence_number = to_sequence_number(position);
    state_.database().execute(
        "INSERT INTO sqs_deduplications (queue_arn, key, message_id, sequence_number, until) VALUES (?,?,?,?,?) "
        "ON CONFLICT (queue_arn, key) DO UPDATE SET message_id = excluded.message_id, sequence_number = excluded.sequence_number, until = "
        "excluded.until",
        {queue_arn, deduplication_key(*queue, message), sent.message_id, sent.sequence_number, now + deduplication_interval});
  }
  const std::string deduplication_id = fifo && message.deduplication_id.empty() ? to_hex(sha256(message.body)) : message.deduplication_id;
  state_.database().execute(
      insert_message,
      {queue_arn, position, sent.message_id, message.body, message.attributes.empty() ? "{}" : to_json(to_document(message.attributes)),
       message.trace_header, message.group_id, deduplication_id, message.sender_id, now,
       now + std::chrono::seconds(queue->attributes.number("MessageRetentionPeriod")), now + std::chrono::seconds(delay)});
  count(*queue, "NumberOfMessagesSent", 1);
  count(*queue, "SentMessageSize", static_cast<double>(message.body.size()), "Bytes");
  announce(queue_arn);
  return sent;
}

storage::Rows Queues::receivable(const Queue& queue, int count_max) {
  const Instant now = state_.now();
  if (!queue.attributes.fifo())
    return state_.database().query(
        fmt::format(
            "SELECT {} FROM sqs_messages WHERE queue_arn = ? AND visible_at <= ? AND expires_at > ? ORDER BY visible_at, position LIMIT ?",
            message_columns),
        {queue.arn(), now, now, count_max});
  // a group is closed while one of its messages is in flight, or an earlier one is not visible yet
  return state_.database().query(fmt::format("SELECT {} FROM sqs_messages m WHERE queue_arn = ? AND visible_at <= ? AND expires_at > ? AND "
                                             "NOT EXISTS (SELECT 1 FROM sqs_messages b WHERE b.queue_arn = m.queue_arn "
                                             "AND b.group_id = m.group_id AND b.visible_at > ? AND b.expires_at > ? AND (b.position < "
                                             "m.position OR b.receipt <> '')) ORDER BY position LIMIT ?",
                                             message_columns),
                                 {queue.arn(), now, now, now, now, count_max});
}

Result<std::vector<ReceivedMessage>> Queues::receive(const std::string& queue_arn, const ReceiveRequest& request) {
  const auto queue = find(queue_arn);
  if (!queue) return std::unexpected(queue.error());
  if (const auto room = check_in_flight(*queue); !room) return std::unexpected(room.error());
  if (auto again = repeated_attempt(*queue, request)) return std::move(*again);
  const int visibility = request.visibility_seconds >= 0 ? request.visibility_seconds : queue->attributes.number("VisibilityTimeout");
  const auto redrive = queue->attributes.redrive();
  std::vector<ReceivedMessage> out;
  // each round that moves something to the dead letters makes room for others
  for (int round = 0; round < dead_letter_rounds_max; ++round) {
    bool moved = false;
    for (const storage::Row& row : receivable(*queue, request.count_max - static_cast<int>(out.size()))) {
      if (redrive && row.integer(column_receives) >= redrive->receive_count_max && find(redrive->dead_letter_queue_arn)) {
        move_to_dead_letters(*queue, row, *redrive);
        moved = true;
      } else if (!moved || !queue->attributes.fifo()) {
        out.push_back(hand_out(*queue, row, state_.now() + std::chrono::seconds(visibility)));
      }
    }
    if (!moved || static_cast<int>(out.size()) >= request.count_max) break;
  }
  if (!request.attempt_id.empty() && queue->attributes.fifo()) remember_attempt(*queue, request, out);
  if (out.empty())
    count(*queue, "NumberOfEmptyReceives", 1);
  else
    count(*queue, "NumberOfMessagesReceived", static_cast<double>(out.size()));
  return out;
}

/// Counts only when so many could be there.
Result<void> Queues::check_in_flight(const Queue& queue) {
  const auto range =
      state_.database().query_one("SELECT MAX(position) - MIN(position) FROM sqs_messages WHERE queue_arn = ?", {queue.arn()});
  if (!range || range->integer(0) < in_flight_max - 1 || counts(queue.arn()).in_flight < in_flight_max) return {};
  return fail(ErrorKind::limit_exceeded, "The maximum number of in flight messages is reached.", "OverLimit");
}

std::optional<std::vector<ReceivedMessage>> Queues::repeated_attempt(const Queue& queue, const ReceiveRequest& request) {
  if (request.attempt_id.empty() || !queue.attributes.fifo()) return std::nullopt;
  const auto known =
      state_.database().query_one("SELECT handles FROM sqs_receive_attempts WHERE queue_arn = ? AND attempt_id = ? AND until > ?",
                                  {queue.arn(), request.attempt_id, state_.now()});
  if (!known) return std::nullopt;
  const Document handles = known->document(0);
  std::vector<ReceivedMessage> again;
  for (const Document& handle : handles.get_array()) {
    const auto receipt = parse_handle(std::string(handle.as_string()));
    const auto row = state_.database().query_one(
        fmt::format("SELECT {} FROM sqs_messages WHERE queue_arn = ? AND position = ? AND receipt = ? AND visible_at > ?", message_columns),
        {queue.arn(), receipt->position, receipt->secret, state_.now()});
    if (!row) return std::nullopt;
    ReceivedMessage message{row->text(column_message_id), std::string(handle.as_string()), row->text(column_body),
                            attributes_from(row->document(column_attributes)), system_attributes_of(queue, *row, state_.now())};
    message.system_attributes["ApproximateReceiveCount"] = std::to_string(row->integer(column_receives));
    again.push_back(std::move(message));
  }
  // the retry starts the time of hiding anew
  const int visibility = request.visibility_seconds >= 0 ? request.visibility_seconds : queue.attributes.number("VisibilityTimeout");
  for (const ReceivedMessage& message : again)
    state_.database().execute(
        "UPDATE sqs_messages SET visible_at = ? WHERE queue_arn = ? AND position = ?",
        {state_.now() + std::chrono::seconds(visibility), queue.arn(), parse_handle(message.receipt_handle)->position});
  return again;
}

void Queues::remember_attempt(const Queue& queue, const ReceiveRequest& request, const std::vector<ReceivedMessage>& received) {
  Array handles;
  for (const ReceivedMessage& message : received) handles.emplace_back(message.receipt_handle);
  if (handles.empty()) return;
  state_.database().execute(
      "INSERT INTO sqs_receive_attempts (queue_arn, attempt_id, handles, until) VALUES (?,?,?,?) ON CONFLICT (queue_arn, attempt_id) DO "
      "UPDATE "
      "SET handles = excluded.handles, until = excluded.until",
      {queue.arn(), request.attempt_id, Document(std::move(handles)), state_.now() + attempt_interval});
}

Result<int> Queues::redrive(const std::string& source_arn, const std::string& destination_arn, int count_max) {
  const Instant now = state_.now();
  const auto rows = state_.database().query(
      fmt::format("SELECT {} FROM sqs_messages WHERE queue_arn = ? AND visible_at <= ? AND expires_at > ? ORDER BY position LIMIT ?",
                  message_columns),
      {source_arn, now, now, count_max});
  int moved = 0;
  for (const storage::Row& row : rows) {
    const std::string& arn = destination_arn.empty() ? row.text(column_source_arn) : destination_arn;
    const auto fault = [&](const char* code) -> Result<int> { return moved ? Result<int>(moved) : fail(ErrorKind::not_found, code, code); };
    if (arn.empty()) return fault("CouldNotDetermineMessageSource");
    const auto target = find(arn);
    if (!target) return fault("AWS.SimpleQueueService.NonExistentQueue");
    state_.database().execute(insert_message, {arn, next_position(arn), make_uuid_v4(random_), row.text(column_body),
                                               row.text(column_attributes), row.text(column_trace_header), row.text(column_group_id),
                                               row.text(column_deduplication_id), row.text(column_sender_id), now,
                                               now + std::chrono::seconds(target->attributes.number("MessageRetentionPeriod")), now});
    state_.database().execute("DELETE FROM sqs_messages WHERE queue_arn = ? AND position = ?", {source_arn, row.integer(column_position)});
    count(*target, "NumberOfMessagesSent", 1);
    announce(arn);
    ++moved;
  }
  return moved;
}

ReceivedMessage Queues::hand_out(const Queue& queue, const storage::Row& row, Instant visible_at) {
  const Instant now = state_.now();
  const std::string secret = make_hex(random_, 32);
  const std::int64_t position = row.integer(column_position);
  const Instant first = row.integer(column_first_received_at) ? row.instant(column_first_received_at) : now;
  state_.database().execute(
      "UPDATE sqs_messages SET visible_at = ?, receives = receives + 1, first_received_at = ?, received_at = ?, receipt = ? WHERE "
      "queue_arn = ? AND position = ?",
      {visible_at, first, now, secret, queue.arn(), position});
  return {row.text(column_message_id), to_handle(position, secret), row.text(column_body), attributes_from(row.document(column_attributes)),
          system_attributes_of(queue, row, now)};
}

void Queues::move_to_dead_letters(const Queue& source, const storage::Row& row, const Redrive& redrive) {
  const auto target = find(redrive.dead_letter_queue_arn);
  const Instant now = state_.now();
  const std::int64_t position = next_position(redrive.dead_letter_queue_arn);
  // a standard queue keeps the time of sending, a FIFO queue starts the retention anew
  const Instant counted_from = target->attributes.fifo() ? now : row.instant(column_sent_at);
  state_.database().execute(
      fmt::format("INSERT INTO sqs_messages (queue_arn, {}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,'')", message_columns),
      {redrive.dead_letter_queue_arn, position, row.text(column_message_id), row.text(column_body), row.text(column_attributes),
       row.text(column_trace_header), row.text(column_group_id), row.text(column_deduplication_id), row.text(column_sender_id),
       source.arn(), row.integer(column_sent_at), counted_from + std::chrono::seconds(target->attributes.number("MessageRetentionPeriod")),
       now, row.integer(column_receives), row.integer(column_first_received_at)});
  state_.database().execute("DELETE FROM sqs_messages WHERE queue_arn = ? AND position = ?", {source.arn(), row.integer(column_position)});
  announce(redrive.dead_letter_queue_arn);
}

Result<void> Queues::remove_message(const std::string& queue_arn, const std::string& receipt_handle) {
  const auto queue = find(queue_arn);
  if (!queue) return std::unexpected(queue.error());
  const auto receipt = parse_handle(receipt_handle);
  if (!receipt) return bad_handle(receipt_handle);
  const auto row = state_.database().query_one("SELECT visible_at FROM sqs_messages WHERE queue_arn = ? AND position = ? AND receipt = ?",
                                               {queue_arn, receipt->position, receipt->secret});
  if (!row) return {};
  if (queue->attributes.fifo() && row->instant(0) <= state_.now())
    return bad_parameter(
        fmt::format("Value {} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.", receipt_handle));
  state_.database().execute("DELETE FROM sqs_messages WHERE queue_arn = ? AND position = ?", {queue_arn, receipt->position});
  count(*queue, "NumberOfMessagesDeleted", 1);
  // the next of its group is free
  if (queue->attributes.fifo()) announce(queue_arn);
  return {};
}

Result<void> Queues::change_visibility(const std::string& queue_arn, const std::string& receipt_handle, int seconds) {
  const auto queue = find(queue_arn);
  if (!queue) return std::unexpected(queue.error());
  const auto receipt = parse_handle(receipt_handle);
  if (!receipt) return bad_handle(receipt_handle);
  if (seconds < 0 || seconds > 43200)
    return bad_parameter(fmt::format(
        "Value {} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200.", seconds));
  const auto row =
      state_.database().query_one("SELECT visible_at, received_at FROM sqs_messages WHERE queue_arn = ? AND position = ? AND receipt = ?",
                                  {queue_arn, receipt->position, receipt->secret});
  const Instant now = state_.now();
  if (!row)
    return bad_parameter(
        fmt::format("Value {} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility "
                    "timeout change.",
                    receipt_handle));
  if (row->instant(0) <= now) return fail(ErrorKind::conflict, "The specified message isn't in flight.", "MessageNotInflight");
  const Instant visible_at = now + std::chrono::seconds(seconds);
  if (visible_at > row->instant(1) + visibility_max)
    return bad_parameter(
        fmt::format("Value {} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the "
                    "limit [43200 seconds].",
                    seconds));
  state_.database().execute("UPDATE sqs_messages SET visible_at = ? WHERE queue_arn = ? AND position = ?",
                            {visible_at, queue_arn, receipt->position});
  announce(queue_arn);
  return {};
}

std::optional<Instant> Queues::next_visible(const std::string& queue_arn) {
  const auto row = state_.database().query_one("SELECT MIN(visible_at) FROM sqs_messages WHERE queue_arn = ? AND visible_at > ?",
                                               {queue_arn, state_.now()});
  if (!row || row->is_null(0)) return std::nullopt;
  return row->instant(0);
}

}  // namespace tocsin::delivery
