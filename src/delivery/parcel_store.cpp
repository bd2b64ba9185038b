#include "delivery/parcel_store.h"

#include <boost/json.hpp>

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

constexpr Duration kept = 24h;
constexpr int settled_max = 100'000;

// state: 0 held, 1 waiting, 2 settled
const std::vector<storage::Migration> migrations = {
    {1,
     "CREATE TABLE delivery_outbox_parcels (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, owner TEXT NOT "
     "NULL,"
     " order_key TEXT NOT NULL, state INTEGER NOT NULL, due_ns INTEGER NOT NULL, expires_ns INTEGER NOT NULL, enqueued_ns INTEGER NOT NULL,"
     " settled_ns INTEGER NOT NULL, attempts INTEGER NOT NULL, cancelled INTEGER NOT NULL, named INTEGER NOT NULL, outcome INTEGER NOT "
     "NULL,"
     " delays TEXT NOT NULL, content TEXT NOT NULL, context TEXT NOT NULL);"
     "CREATE INDEX delivery_outbox_parcels_due ON delivery_outbox_parcels (channel, due_ns, sequence) WHERE state=1;"
     "CREATE INDEX delivery_outbox_parcels_expiry ON delivery_outbox_parcels (channel, expires_ns) WHERE state<2;"
     "CREATE INDEX delivery_outbox_parcels_order ON delivery_outbox_parcels (channel, order_key, sequence) WHERE state<2 AND order_key<>'';"
     "CREATE INDEX delivery_outbox_parcels_settled ON delivery_outbox_parcels (settled_ns) WHERE state=2;"
     "CREATE TABLE delivery_outbox_attempts (parcel_id TEXT NOT NULL, attempt INTEGER NOT NULL, at_ns INTEGER NOT NULL, result INTEGER NOT "
     "NULL,"
     " status INTEGER NOT NULL, error TEXT NOT NULL, error_code TEXT NOT NULL, PRIMARY KEY (parcel_id, attempt));"
     "CREATE INDEX delivery_outbox_attempts_at ON delivery_outbox_attempts (at_ns)"},
    {2,
     "ALTER TABLE delivery_outbox_parcels ADD COLUMN lane TEXT NOT NULL DEFAULT '';"
     "CREATE INDEX delivery_outbox_parcels_lane ON delivery_outbox_parcels (channel, lane, sequence) WHERE state=0 AND lane<>''"},
};

Document write_delays(const std::vector<Duration>& delays) {
  Array array;
  for (const Duration delay : delays) array.emplace_back(delay.count());
  return array;
}

std::vector<Duration> read_delays(const Document& document) {
  std::vector<Duration> delays;
  if (!document.is_array()) return delays;
  for (const Document& delay : document.get_array()) delays.emplace_back(delay.to_number<std::int64_t>());
  return delays;
}

StoredParcel read_parcel(const storage::Row& row) {
  StoredParcel stored;
  stored.sequence = row.integer(0);
  stored.bytes = row.text(5).size();
  stored.parcel = {.id = row.text(1),
                   .channel = row.text(2),
                   .owner = row.text(3),
                   .order_key = row.text(4),
                   .content = row.document(5),
                   .context = row.document(6),
                   .plan = {read_delays(row.document(7)), row.instant(8) - row.instant(9)},
                   .lane = row.text(13)};
  stored.expires = row.instant(8);
  stored.attempts = static_cast<int>(row.integer(10));
  stored.cancelled = row.truth(11);
  stored.named = row.truth(12);
  return stored;
}

}  // namespace

Result<void> ParcelStore::migrate() { return database_.migrate("delivery_outbox", migrations); }

bool ParcelStore::key_is_taken(const Parcel& parcel) {
  if (parcel.order_key.empty()) return false;
  return database_
      .query_one("SELECT 1 FROM delivery_outbox_parcels WHERE channel=? AND order_key=? AND order_key<>'' AND state<2 LIMIT 1",
                 {parcel.channel, parcel.order_key})
      .has_value();
}

std::optional<StoredParcel> ParcelStore::insert(Parcel parcel, bool named, Instant now, bool hold) {
  StoredParcel stored;
  stored.held = hold || key_is_taken(parcel);
  stored.named = named;
  const Instant due = std::max(now, parcel.not_before);
  stored.expires = due + parcel.plan.expires_after;
  std::string content = to_json(parcel.content);
  stored.bytes = content.size();
  const auto row = database_.query_one(
      "INSERT INTO delivery_outbox_parcels (sequence, id, channel, owner, order_key, state, due_ns, expires_ns, enqueued_ns, settled_ns, "
      "attempts,"
      " cancelled, named, outcome, delays, content, context, lane)"
      " VALUES ((SELECT COALESCE(MAX(sequence), 0) + 1 FROM delivery_outbox_parcels), ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, 0, ?, ?, ?, ?)"
      " ON CONFLICT (id) DO NOTHING RETURNING sequence",
      {parcel.id, parcel.channel, parcel.owner, parcel.order_key, stored.held ? 0 : 1, due, stored.expires, due, named,
       write_delays(parcel.plan.delays), std::move(content), parcel.context, parcel.lane});
  if (!row) return std::nullopt;
  stored.sequence = row->integer(0);
  stored.parcel = std::move(parcel);
  return stored;
}

ParcelStore::Standing ParcelStore::standing(std::int64_t sequence) {
  const auto row = database_.query_one("SELECT cancelled FROM delivery_outbox_parcels WHERE sequence=? AND state<2", {sequence});
  if (!row) return Standing::gone;
  return row->truth(0) ? Standing::cancelled : Standing::waiting;
}

std::optional<StoredParcel> ParcelStore::unsettled(const std::string& id) {
  const auto row = database_.query_one(
      "SELECT sequence, id, channel, owner, order_key, content, context, delays, expires_ns, enqueued_ns, attempts, cancelled, named, lane"
      " FROM delivery_outbox_parcels WHERE id=? AND state<2",
      {id});
  if (!row) return std::nullopt;
  return read_parcel(*row);
}

std::vector<std::string> ParcelStore::channels_with_parcels() {
  std::vector<std::string> names;
  for (const storage::Row& row : database_.query("SELECT DISTINCT channel FROM delivery_outbox_parcels WHERE state<2", {}))
    names.push_back(row.text(0));
  return names;
}

std::vector<ParcelStore::Due> ParcelStore::due(const std::string& channel, Instant now, const Place& after, std::size_t count_max) {
  std::vector<Due> found;
  for (const storage::Row& row :
       database_.query("SELECT sequence, id, cancelled, lane, due_ns FROM delivery_outbox_parcels WHERE channel=? AND state=1 AND due_ns<=?"
                       " AND (due_ns, sequence)>(?, ?)"
                       " ORDER BY due_ns, sequence LIMIT ?",
                       {channel, now, after.due, after.sequence, count_max}))
    found.push_back({row.integer(0), row.text(1), row.truth(2), row.text(3), row.instant(4)});
  return found;
}

void ParcelStore::hold(std::int64_t sequence) {
  database_.execute("UPDATE delivery_outbox_parcels SET state=0 WHERE sequence=? AND state=1 AND cancelled=0", {sequence});
}

std::int64_t ParcelStore::promote_lane(const std::string& channel, const std::string& lane, Instant now, std::size_t count_max) {
  return database_.execute(
      "UPDATE delivery_outbox_parcels SET state=1, due_ns=? WHERE sequence IN (SELECT sequence FROM delivery_outbox_parcels WHERE "
      "channel=? AND "
      "lane=? AND lane<>'' AND state=0 AND order_key='' ORDER BY sequence LIMIT ?)",
      {now, channel, lane, count_max});
}

void ParcelStore::promote_all_lanes() {
  database_.execute("UPDATE delivery_outbox_parcels SET state=1 WHERE state=0 AND lane<>'' AND order_key=''");
}

std::vector<std::string> ParcelStore::expired(const std::string& channel, Instant now, std::size_t count_max) {
  std::vector<std::string> found;
  for (const storage::Row& row :
       database_.query("SELECT id FROM delivery_outbox_parcels WHERE channel=? AND state<2 AND expires_ns<=? ORDER BY expires_ns LIMIT ?",
                       {channel, now, count_max}))
    found.push_back(row.text(0));
  return found;
}

std::optional<Instant> ParcelStore::next_moment(const std::string& channel, Instant now) {
  std::optional<Instant> next;
  const auto consider = [&next](const std::optional<storage::Row>& row) {
    if (row && !row->is_null(0) && (!next || row->instant(0) < *next)) next = row->instant(0);
  };
  consider(database_.query_one("SELECT MIN(due_ns) FROM delivery_outbox_parcels WHERE channel=? AND state=1 AND due_ns>?", {channel, now}));
  consider(database_.query_one("SELECT MIN(expires_ns) FROM delivery_outbox_parcels WHERE channel=? AND state<2 AND expires_ns>?",
                               {channel, now}));
  return next;
}

void ParcelStore::record_attempt(const std::string& id, int attempt, Instant at, const CarryOutcome& outcome) {
  database_.execute(
      "INSERT INTO delivery_outbox_attempts (parcel_id, attempt, at_ns, result, status, error, error_code) VALUES (?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (parcel_id, attempt) DO NOTHING",
      {id, attempt, at, static_cast<int>(outcome.result), outcome.status, outcome.error, outcome.error_code});
}

void ParcelStore::wait_until(const StoredParcel& stored, int attempts, Instant due) {
  database_.execute("UPDATE delivery_outbox_parcels SET attempts=?, due_ns=? WHERE sequence=?", {attempts, due, stored.sequence});
}

bool ParcelStore::remove(std::int64_t sequence) {
  return database_.execute("DELETE FROM delivery_outbox_parcels WHERE sequence=? AND state<2", {sequence}) > 0;
}

void ParcelStore::settle(const StoredParcel& stored, Settled outcome, Instant now) {
  if (stored.named) {
    database_.execute(
        "UPDATE delivery_outbox_parcels SET state=2, settled_ns=?, outcome=?, content='', context='', delays='' WHERE sequence=?",
        {now, static_cast<int>(outcome), stored.sequence});
  } else {
    database_.execute("DELETE FROM delivery_outbox_parcels WHERE sequence=?", {stored.sequence});
  }
  if (!stored.parcel.order_key.empty()) promote_next(stored, now);
}

void ParcelStore::promote_next(const StoredParcel& settled, Instant now) {
  const Parcel& parcel = settled.parcel;
  const auto first = database_.query_one(
      "SELECT sequence, state FROM delivery_outbox_parcels WHERE channel=? AND order_key=? AND order_key<>'' AND state<2 AND cancelled=0 "
      "ORDER BY sequence LIMIT 1",
      {parcel.channel, parcel.order_key});
  if (!first || first->integer(1) != 0) return;
  database_.execute("UPDATE delivery_outbox_parcels SET state=1, due_ns=? WHERE sequence=?", {now, first->integer(0)});
}

std::optional<StoredParcel> ParcelStore::cancel(const std::string& id) {
  auto stored = unsettled(id);
  if (!stored || stored->cancelled) return std::nullopt;
  // due since ever, so that it is settled before anything else is carried
  database_.execute("UPDATE delivery_outbox_parcels SET cancelled=1, state=1, due_ns=0 WHERE sequence=?", {stored->sequence});
  return stored;
}

std::vector<Outbox::Attempt> ParcelStore::attempts(const std::string& id) {
  std::vector<Outbox::Attempt> found;
  for (const storage::Row& row : database_.query(
           "SELECT attempt, at_ns, result, status, error, error_code FROM delivery_outbox_attempts WHERE parcel_id=? ORDER BY attempt",
           {id}))
    found.push_back({static_cast<int>(row.integer(0)), row.instant(1), static_cast<CarryResult>(row.integer(2)),
                     static_cast<int>(row.integer(3)), row.text(4), row.text(5)});
  return found;
}

Outbox::Depth ParcelStore::depth(const std::string& channel) {
  const auto row =
      database_.query_one("SELECT COUNT(*), MIN(enqueued_ns) FROM delivery_outbox_parcels WHERE channel=? AND state<2", {channel});
  if (!row) return {};
  return {row->integer(0), row->instant(1)};
}

void ParcelStore::purge(Instant now) {
  database_.execute(
      "DELETE FROM delivery_outbox_parcels WHERE sequence IN"
      " (SELECT sequence FROM delivery_outbox_parcels WHERE state=2 AND settled_ns<? ORDER BY settled_ns LIMIT 5000)",
      {now - kept});
  database_.execute(
      "DELETE FROM delivery_outbox_parcels WHERE sequence IN"
      " (SELECT sequence FROM delivery_outbox_parcels WHERE state=2 ORDER BY settled_ns DESC LIMIT 5000 OFFSET ?)",
      {settled_max});
  const auto oldest_kept =
      database_.query_one("SELECT at_ns FROM delivery_outbox_attempts ORDER BY at_ns DESC LIMIT 1 OFFSET ?", {settled_max});
  const Instant before = oldest_kept ? std::max(now - kept, oldest_kept->instant(0)) : now - kept;
  database_.execute("DELETE FROM delivery_outbox_attempts WHERE at_ns<?", {before});
}

}  // namespace tocsin::delivery
