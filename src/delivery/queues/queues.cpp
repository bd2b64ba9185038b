#include "delivery/queues/queues.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <set>

#include "base/ids.h"
#include "delivery/queues/queue_rows.h"
#include "model/arn.h"

namespace tocsin::delivery {

using namespace std::chrono_literals;

/// Queues as they were read, so that a message does not cost reading its queue. One that a unit changed is not kept until that unit is
/// committed (a unit that fails leaves it unkept, which is only slower).
struct Queues::Known {
  std::map<std::string, Queue, std::less<>> queues;
  std::set<std::string, std::less<>> changing;
  /// Positions that were reserved and not used: next, end.
  std::map<std::string, std::pair<std::int64_t, std::int64_t>, std::less<>> positions;
};

struct Queues::Watches {
  std::map<std::uint64_t, std::pair<std::string, std::function<void()>>> open;
  std::uint64_t last_id = 0;
};

namespace {

constexpr auto sweep_interval = 1min;
constexpr auto purge_interval = 60s;
constexpr auto deletion_interval = 60s;
constexpr std::int64_t positions_at_once = 1024;

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE sqs_queues (
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL UNIQUE,
  attributes TEXT NOT NULL, tags TEXT NOT NULL, dead_letter_arn TEXT NOT NULL,
  created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL, purged_at INTEGER NOT NULL, last_position INTEGER NOT NULL,
  PRIMARY KEY (account, region, name));
CREATE TABLE sqs_messages (
  queue_arn TEXT NOT NULL, position INTEGER NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT NOT NULL,
  trace_header TEXT NOT NULL, group_id TEXT NOT NULL, deduplication_id TEXT NOT NULL, sender_id TEXT NOT NULL, source_arn TEXT NOT NULL,
  sent_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, visible_at INTEGER NOT NULL,
  receives INTEGER NOT NULL, first_received_at INTEGER NOT NULL, received_at INTEGER NOT NULL, receipt TEXT NOT NULL,
  PRIMARY KEY (queue_arn, position));
CREATE INDEX sqs_messages_visible ON sqs_messages (queue_arn, visible_at, position);
CREATE INDEX sqs_messages_group ON sqs_messages (queue_arn, group_id, position);
CREATE TABLE sqs_deduplications (
  queue_arn TEXT NOT NULL, key TEXT NOT NULL, message_id TEXT NOT NULL, sequence_number TEXT NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (queue_arn, key));
)"},
    {2, R"(
CREATE TABLE sqs_deleted_queues (arn TEXT NOT NULL PRIMARY KEY, deleted_at INTEGER NOT NULL);
CREATE TABLE sqs_receive_attempts (
  queue_arn TEXT NOT NULL, attempt_id TEXT NOT NULL, handles TEXT NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (queue_arn, attempt_id));
DROP INDEX sqs_messages_group;
CREATE INDEX sqs_messages_group ON sqs_messages (queue_arn, group_id, position) WHERE group_id <> '';
)"},
};

Queue read_queue(const storage::Row& row) {
  Queue queue{{row.text(0), row.text(1)}, row.text(2), QueueAttributes(), {}, row.instant(5), row.instant(6)};
  AttributeMap attributes;
  const Document set = row.document(3), tags = row.document(4);
  for (const auto& [name, value] : set.as_object()) attributes.emplace(name, value.as_string());
  queue.attributes = QueueAttributes(std::move(attributes));
  for (const auto& [name, value] : tags.as_object()) queue.tags.emplace(name, value.as_string());
  return queue;
}

Object to_object(const std::map<std::string, std::string>& map) {
  Object out;
  for (const auto& [name, value] : map) out[name] = value;
  return out;
}

std::unexpected<Error> no_queue() { return fail(ErrorKind::not_found, "The specified queue does not exist.", "QueueDoesNotExist"); }

Result<void> check_name(const std::string& name, bool fifo) {
  const std::string_view stem = name.ends_with(".fifo") ? std::string_view(name).substr(0, name.size() - 5) : std::string_view(name);
  const bool letters = stem.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == std::string_view::npos;
  if (name.ends_with(".fifo") != fifo) {
    const char* words = fifo ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with "
                               ".fifo suffix and be 1 to 80 in length."
                             : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
    return fail(ErrorKind::invalid, words, "InvalidParameterValue");
  }
  if (stem.empty() || name.size() > 80 || !letters)
    return fail(ErrorKind::invalid, "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
                "InvalidParameterValue");
  return {};
}

constexpr const char* queue_columns = "SELECT account, region, name, attributes, tags, created_at, modified_at FROM sqs_queues ";

}  // namespace

std::string Queue::arn() const { return make_arn("sqs", scope, name); }

Queues::Queues(storage::StateExecutor& state, Random& random, SelfMetrics* metrics)
    : state_(state), random_(random), metrics_(metrics), watches_(std::make_shared<Watches>()), known_(std::make_shared<Known>()) {}

Result<void> Queues::migrate() { return state_.database().migrate("sqs", migrations); }

void Queues::start() {
  state_.submit_at(state_.now() + sweep_interval, [this]() -> Result<void> {
    sweep();
    start();
    return {};
  });
}

Result<Queue> Queues::create(const Scope& scope, const std::string& name, const AttributeMap& attributes,
                             const std::map<std::string, std::string>& tags) {
  const auto wanted_fifo = attributes.find("FifoQueue");
  const bool fifo = wanted_fifo != attributes.end() && wanted_fifo->second == "true";
  if (const auto checked = check_name(name, fifo); !checked) return std::unexpected(checked.error());
  if (const auto checked = check_queue_attributes(attributes, fifo, true); !checked) return std::unexpected(checked.error());
  QueueAttributes settings;
  settings.merge(attributes);
  Queue queue{scope, name, settings, tags, state_.now(), state_.now()};
  if (const auto existing = find(queue.arn())) {
    const AttributeMap have = existing->attributes.all();
    for (const auto& [key, value] : attributes)
      if (const auto found = have.find(key); found == have.end() || found->second != value)
        return fail(ErrorKind::already_exists,
                    fmt::format("A queue already exists with the same name and a different value for attribute {}", key),
                    "QueueNameExists");
    return *existing;
  }
  if (const auto deleted = state_.database().query_one("SELECT deleted_at FROM sqs_deleted_queues WHERE arn = ?", {queue.arn()});
      deleted && state_.now() - deleted->instant(0) < deletion_interval)
    return fail(ErrorKind::conflict, "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
                "QueueDeletedRecently");
  if (const auto checked = check_dead_letter_target(queue, attributes); !checked) return std::unexpected(checked.error());
  forget(queue.arn());
  const auto redrive = settings.redrive();
  state_.database().execute(
      "INSERT INTO sqs_queues (account, region, name, arn, attributes, tags, dead_letter_arn, created_at, modified_at, purged_at, "
      "last_position) VALUES (?,?,?,?,?,?,?,?,?,0,0)",
      {scope.account, scope.region, name, queue.arn(), to_object(settings.set()), to_object(tags),
       redrive ? redrive->dead_letter_queue_arn : "", queue.created_at, queue.modified_at});
  return queue;
}

Result<Queue> Queues::find(const std::string& queue_arn) {
  if (const auto known = known_->queues.find(queue_arn); known != known_->queues.end()) return known->second;
  const auto row = state_.database().query_one(std::string(queue_columns) + "WHERE arn = ?", {queue_arn});
  if (!row) return no_queue();
  Queue queue = read_queue(*row);
  if (!known_->changing.contains(queue_arn)) known_->queues.emplace(queue_arn, queue);
  return queue;
}

void Queues::forget(const std::string& queue_arn) {
  known_->queues.erase(queue_arn);
  known_->positions.erase(queue_arn);
  known_->changing.insert(queue_arn);
  state_.after_commit([known = known_, queue_arn] { known->changing.erase(queue_arn); });
}

std::int64_t Queues::next_position(const std::string& queue_arn) {
  auto& [next, end] = known_->positions[queue_arn];
  if (next == end) {
    // beyond what is there, should an earlier reservation have been undone
    const auto row = state_.database().query_one(
        "SELECT last_position, (SELECT COALESCE(MAX(position), 0) FROM sqs_messages WHERE queue_arn = ?) FROM sqs_queues WHERE arn = ?",
        {queue_arn, queue_arn});
    next = std::max({end - 1, row ? row->integer(0) : 0, row ? row->integer(1) : 0}) + 1;
    end = next + positions_at_once;
    state_.database().execute("UPDATE sqs_queues SET last_position = ? WHERE arn = ?", {end - 1, queue_arn});
  }
  return next++;
}

Result<void> Queues::check_dead_letter_target(const Queue& queue, const AttributeMap& changes) {
  const auto changed = changes.find("RedrivePolicy");
  if (changed == changes.end() || changed->second.empty()) return {};
  const auto bad = [&](const char* reason) {
    return fail(ErrorKind::invalid, fmt::format("Value {} for parameter RedrivePolicy is invalid. Reason: {}", changed->second, reason),
                "InvalidParameterValue");
  };
  const auto redrive = QueueAttributes(changes).redrive();
  const auto arn = parse_arn(redrive->dead_letter_queue_arn);
  if (arn && arn->region != queue.scope.region) return bad("Dead-letter target must be in same region as the source.");
  const auto target = find(redrive->dead_letter_queue_arn);
  if (!target) return bad("Dead letter target does not exist.");
  if (target->scope.account != queue.scope.account)
    return bad("Dead-letter target owner should be same as the source.");
  if (target->attributes.fifo() != queue.attributes.fifo()) return bad("Dead-letter queue must be same type of queue as the source.");
  if (!target->attributes.takes_dead_letters_of(queue.arn()))
    return bad("Dead-letter queue does not allow this queue as a source, by its redrive allow policy.");
  return {};
}

std::vector<Queue> Queues::list(const Scope& scope, const std::string& prefix, const std::string& after, int count_max) {
  std::vector<Queue> out;
  for (const auto& row : state_.database().query(
           std::string(queue_columns) + "WHERE account = ? AND region = ? AND name > ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?",
           {scope.account, scope.region, after, prefix.size(), prefix, count_max}))
    out.push_back(read_queue(row));
  return out;
}

std::vector<Queue> Queues::dead_letter_sources(const std::string& queue_arn, const std::string& after, int count_max) {
  std::vector<Queue> out;
  for (const auto& row : state_.database().query(
           std::string(queue_columns) + "WHERE dead_letter_arn = ? AND name > ? ORDER BY name LIMIT ?", {queue_arn, after, count_max}))
    out.push_back(read_queue(row));
  return out;
}

Result<void> Queues::set_attributes(const std::string& queue_arn, const AttributeMap& changes) {
  auto queue = find(queue_arn);
  if (!queue) return std::unexpected(queue.error());
  if (const auto checked = check_queue_attributes(changes, queue->attributes.fifo(), false); !checked) return checked;
  if (const auto checked = check_dead_letter_target(*queue, changes); !checked) return checked;
  forget(queue_arn);
  queue->attributes.merge(changes);
  const auto redrive = queue->attributes.redrive();
  state_.database().execute("UPDATE sqs_queues SET attributes = ?, dead_letter_arn = ?, modified_at = ? WHERE arn = ?",
                            {to_object(queue->attributes.set()), redrive ? redrive->dead_letter_queue_arn : "", state_.now(), queue_arn});
  return {};
}

Result<void> Queues::set_tags(const std::string& queue_arn, const std::map<std::string, std::string>& tags) {
  forget(queue_arn);
  if (state_.database().execute("UPDATE sqs_queues SET tags = ? WHERE arn = ?", {to_object(tags), queue_arn}) == 0) return no_queue();
  return {};
}

Result<void> Queues::remove(const std::string& queue_arn) {
  forget(queue_arn);
  if (state_.database().execute("DELETE FROM sqs_queues WHERE arn = ?", {queue_arn}) == 0) return no_queue();
  state_.database().execute(
      "INSERT INTO sqs_deleted_queues (arn, deleted_at) VALUES (?, ?) ON CONFLICT (arn) DO UPDATE SET deleted_at = excluded.deleted_at",
      {queue_arn, state_.now()});
  state_.database().execute("DELETE FROM sqs_messages WHERE queue_arn = ?", {queue_arn});
  state_.database().execute("DELETE FROM sqs_deduplications WHERE queue_arn = ?", {queue_arn});
  announce(queue_arn);
  return {};
}

Result<void> Queues::purge(const std::string& queue_arn) {
  const auto row = state_.database().query_one("SELECT purged_at, name FROM sqs_queues WHERE arn = ?", {queue_arn});
  if (!row) return no_queue();
  if (row->integer(0) != 0 && state_.now() - row->instant(0) < purge_interval)
    return fail(ErrorKind::conflict, fmt::format("Only one PurgeQueue operation on {} is allowed every 60 seconds.", row->text(1)),
                "PurgeQueueInProgress");
  state_.database().execute("UPDATE sqs_queues SET purged_at = ? WHERE arn = ?", {state_.now(), queue_arn});
  state_.database().execute("DELETE FROM sqs_messages WHERE queue_arn = ?", {queue_arn});
  return {};
}

QueueCounts Queues::counts(const std::string& queue_arn) {
  const auto row = state_.database().query_one(
      "SELECT SUM(CASE WHEN visible_at <= ? THEN 1 ELSE 0 END), SUM(CASE WHEN visible_at > ? AND receives > 0 THEN 1 ELSE 0 END), SUM(CASE "
      "WHEN visible_at > ? AND receives = 0 THEN 1 ELSE 0 END) "
      "FROM sqs_messages WHERE queue_arn = ? AND expires_at > ?",
      {state_.now(), state_.now(), state_.now(), queue_arn, state_.now()});
  return row ? QueueCounts{row->integer(0), row->integer(1), row->integer(2)} : QueueCounts{};
}

std::uint64_t Queues::watch(const std::string& queue_arn, std::function<void()> arrived) {
  watches_->open.emplace(++watches_->last_id, std::pair(queue_arn, std::move(arrived)));
  return watches_->last_id;
}

void Queues::unwatch(std::uint64_t watch_id) { watches_->open.erase(watch_id); }

void Queues::announce(const std::string& queue_arn) {
  state_.after_commit([watches = watches_, queue_arn] {
    std::vector<std::function<void()>> told;
    std::erase_if(watches->open, [&](auto& entry) {
      if (entry.second.first != queue_arn) return false;
      told.push_back(std::move(entry.second.second));
      return true;
    });
    for (const auto& arrived : told) arrived();
  });
}

void Queues::sweep() {
  const Instant now = state_.now();
  state_.database().execute("DELETE FROM sqs_messages WHERE expires_at <= ?", {now});
  state_.database().execute("DELETE FROM sqs_deduplications WHERE until <= ?", {now});
  state_.database().execute("DELETE FROM sqs_receive_attempts WHERE until <= ?", {now});
  state_.database().execute("DELETE FROM sqs_deleted_queues WHERE deleted_at <= ?", {now - deletion_interval});
  if (!metrics_) return;
  for (const auto& row : state_.database().query(queue_columns)) {
    const Queue queue = read_queue(row);
    const QueueCounts depth = counts(queue.arn());
    count(queue, "ApproximateNumberOfMessagesVisible", static_cast<double>(depth.visible));
    count(queue, "ApproximateNumberOfMessagesNotVisible", static_cast<double>(depth.in_flight));
    count(queue, "ApproximateNumberOfMessagesDelayed", static_cast<double>(depth.delayed));
    const auto oldest = state_.database().query_one("SELECT MIN(sent_at) FROM sqs_messages WHERE queue_arn = ?", {queue.arn()});
    const Duration age = oldest && !oldest->is_null(0) ? now - oldest->instant(0) : Duration{0};
    count(queue, "ApproximateAgeOfOldestMessage", std::chrono::duration<double>(age).count(), "Seconds");
  }
}

void Queues::count(const Queue& queue, const char* metric, double value, const char* unit) {
  if (metrics_) metrics_->record(queue.scope, "AWS/SQS", metric, {{"QueueName", queue.name}}, value, unit);
}

}  // namespace tocsin::delivery
