#include "telemetry/traces/trace_store.h"

#include <charconv>
#include <functional>

#include "base/log.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;
constexpr const char* part = "telemetry/traces";
constexpr int sweep_rows = 5000;

const std::vector<storage::Migration> migrations = {{1, R"(
  CREATE TABLE segments_documents (account TEXT NOT NULL, region TEXT NOT NULL, trace_id TEXT NOT NULL, id TEXT NOT NULL, start_ns BIGINT NOT NULL,
    in_progress INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (account, region, trace_id, id));
  CREATE TABLE segments_traces (account TEXT NOT NULL, region TEXT NOT NULL, trace_id TEXT NOT NULL, time_ns BIGINT NOT NULL, last_ns BIGINT NOT NULL,
    documents BIGINT NOT NULL, received_ns BIGINT NOT NULL, PRIMARY KEY (account, region, trace_id));
  CREATE INDEX segments_traces_by_time ON segments_traces (account, region, time_ns, trace_id);
  CREATE INDEX segments_traces_by_age ON segments_traces (received_ns);
  CREATE TABLE segments_applied (id INTEGER PRIMARY KEY, log_offset BIGINT NOT NULL);
)"}};

// the moment in the id, where that is one: ids that came over OTLP need not have one
Instant time_of(const SegmentDocument& document) {
  const auto in_id = trace_id_time(document.trace_id);
  return in_id && *in_id > document.start - 24h && *in_id <= document.start + 1h ? *in_id : document.start;
}

// TIME:TRACE-ID
std::pair<std::int64_t, std::string> read_position(const std::string& text) {
  std::pair<std::int64_t, std::string> out{std::numeric_limits<std::int64_t>::max(), {}};
  const auto colon = text.find(':');
  if (colon == std::string::npos) return out;
  std::from_chars(text.data(), text.data() + colon, out.first);
  out.second = text.substr(colon + 1);
  return out;
}

std::size_t bytes_of(const TraceBatch& batch) {
  std::size_t bytes = 0;
  for (const SegmentDocument& document : batch.documents) bytes += document.text.size() + 200;
  return bytes;
}

Result<void> in_transaction(storage::Database& database, const std::function<void()>& work) {
  database.begin_group();
  database.enter();
  work();
  const bool poisoned = database.poisoned();
  database.leave(!poisoned);
  auto committed = database.commit_group();
  if (poisoned) return fail(ErrorKind::unavailable, "The traces could not be written.");
  return committed;
}

}  // namespace

TraceStore::TraceStore(Executor& executor, storage::Database& telemetry, storage::IngestLog& log, TraceStoreOptions options)
    : executor_(executor), database_(telemetry), log_(log), options_(options) {}

Result<void> TraceStore::open() {
  if (auto done = database_.migrate("segments", migrations); !done) return done;
  const auto row = database_.query_one("SELECT log_offset FROM segments_applied WHERE id = 1");
  const auto next = row ? static_cast<std::uint64_t>(row->integer(0)) + 1 : 0;
  if (auto skipped = log_.skip_to(next); !skipped) return skipped;
  Result<void> failed;
  auto read = log_.read(next, [&](std::uint64_t offset, std::string_view record) {
    auto batch = decode_trace_batch(record);
    if (!batch)
      log::error(part, "a record of the ingest log is damaged and was left out", {{"offset", std::to_string(offset)}});
    else
      wait_with(offset, std::move(*batch));
    if (waiting_bytes_ > options_.waiting_bytes_apply) failed = flush();
    return failed.has_value();
  });
  if (!read) return read;
  return failed ? flush() : failed;
}

void TraceStore::start() {
  every(options_.apply_every, &TraceStore::apply);
  every(options_.sync_every, &TraceStore::sync);
  every(options_.sweep_every, &TraceStore::sweep);
}

void TraceStore::every(Duration period, void (TraceStore::*act)()) {
  executor_.post_after(period, [this, period, act] {
    (this->*act)();
    every(period, act);
  });
}

void TraceStore::apply() {
  if (auto done = flush(); !done) log::error(part, "traces wait in the ingest log", {{"error", done.error().message}});
}

void TraceStore::sync() {
  if (!std::exchange(unsynced_, false)) return;
  if (auto done = log_.sync(); !done) log::error(part, "the ingest log could not be synced", {{"error", done.error().message}});
}

void TraceStore::wait_with(std::uint64_t offset, TraceBatch batch) {
  waiting_bytes_ += bytes_of(batch);
  waiting_.push_back({offset, std::move(batch)});
}

Result<void> TraceStore::append(const Scope& scope, std::vector<SegmentDocument> documents) {
  if (documents.empty()) return {};
  if (waiting_bytes_ > options_.waiting_bytes_max) return fail(ErrorKind::unavailable, "The disk takes no more traces.");
  TraceBatch batch{scope, executor_.now(), std::move(documents)};
  const auto offset = log_.append(encode_batch(batch));
  if (!offset) return std::unexpected(offset.error());
  unsynced_ = true;
  wait_with(*offset, std::move(batch));
  if (waiting_bytes_ > options_.waiting_bytes_apply) apply();
  return {};
}

Result<void> TraceStore::flush() {
  if (waiting_.empty()) return {};
  const auto last = waiting_.back().offset;
  auto done = in_transaction(database_, [&] {
    for (const Waiting& waiting : waiting_) write(waiting.batch);
    database_.execute(
        "INSERT INTO segments_applied (id, log_offset) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET log_offset = excluded.log_offset",
        {static_cast<std::int64_t>(last)});
  });
  if (!done) return done;
  waiting_.clear();
  waiting_bytes_ = 0;
  log_.trim(last + 1);
  return {};
}

void TraceStore::write(const TraceBatch& batch) {
  for (const SegmentDocument& document : batch.documents) {
    database_.execute(
        "INSERT INTO segments_documents (account, region, trace_id, id, start_ns, in_progress, document) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (account, region, trace_id, id) DO UPDATE SET start_ns = excluded.start_ns, in_progress = excluded.in_progress, "
        "document = excluded.document "
        "WHERE segments_documents.in_progress = 1 OR excluded.in_progress = 0",
        {batch.scope.account, batch.scope.region, document.trace_id, document.id, document.start, document.in_progress, document.text});
    database_.execute(
        "INSERT INTO segments_traces (account, region, trace_id, time_ns, last_ns, documents, received_ns) VALUES (?, ?, ?, ?, ?, 1, ?) "
        "ON CONFLICT (account, region, trace_id) DO UPDATE SET documents = segments_traces.documents + 1, "
        "time_ns = CASE WHEN excluded.time_ns < segments_traces.time_ns THEN excluded.time_ns ELSE segments_traces.time_ns END, "
        "last_ns = CASE WHEN excluded.last_ns > segments_traces.last_ns THEN excluded.last_ns ELSE segments_traces.last_ns END",
        {batch.scope.account, batch.scope.region, document.trace_id, time_of(document), document.end, batch.received});
  }
}

TracePage TraceStore::find(const Scope& scope, const TraceQuery& query) {
  apply();
  const auto [before_ns, before_id] = read_position(query.after);
  // an id tells its second, not the moment in it
  const Instant from = query.by == TraceTime::of_id ? query.from - 1s + 1ns : query.from;
  const char* sql = query.by == TraceTime::of_id
                        ? "SELECT trace_id, time_ns, last_ns, documents FROM segments_traces WHERE account = ? AND region = ? AND time_ns "
                          ">= ? AND time_ns <= ? AND "
                          "(time_ns < ? OR (time_ns = ? AND trace_id < ?)) ORDER BY time_ns DESC, trace_id DESC LIMIT ?"
                        : "SELECT trace_id, time_ns, last_ns, documents FROM segments_traces WHERE account = ? AND region = ? AND last_ns "
                          ">= ? AND time_ns <= ? AND "
                          "(time_ns < ? OR (time_ns = ? AND trace_id < ?)) ORDER BY time_ns DESC, trace_id DESC LIMIT ?";
  TracePage page;
  std::int64_t last_ns = 0;
  for (const storage::Row& row :
       database_.query(sql, {scope.account, scope.region, from, query.to, before_ns, before_ns, before_id, query.count_max + 1})) {
    if (page.traces.size() == query.count_max) {
      page.next = std::to_string(last_ns) + ':' + page.traces.back().trace_id;
      break;
    }
    last_ns = row.integer(1);
    page.traces.push_back({row.text(0), row.instant(2), row.integer(3), {}});
  }
  for (FoundTrace& trace : page.traces) read_texts(scope, trace);
  return page;
}

FoundTrace TraceStore::find(const Scope& scope, const std::string& trace_id) {
  apply();
  FoundTrace trace{.trace_id = trace_id};
  if (const auto row =
          database_.query_one("SELECT last_ns, documents FROM segments_traces WHERE account = ? AND region = ? AND trace_id = ?",
                              {scope.account, scope.region, trace_id})) {
    trace.last = row->instant(0);
    trace.documents = row->integer(1);
    read_texts(scope, trace);
  }
  return trace;
}

void TraceStore::read_texts(const Scope& scope, FoundTrace& trace) {
  for (const storage::Row& row : database_.query(
           "SELECT document FROM segments_documents WHERE account = ? AND region = ? AND trace_id = ? ORDER BY start_ns, id LIMIT 10000",
           {scope.account, scope.region, trace.trace_id}))
    trace.texts.push_back(row.text(0));
}

void TraceStore::sweep() {
  const auto count = database_.query_one("SELECT SUM(documents) FROM segments_traces");
  const std::int64_t surplus = count ? count->integer(0) - options_.documents_max : 0;
  std::int64_t removed = 0;
  const auto rows = database_.query(
      "SELECT account, region, trace_id, documents, received_ns FROM segments_traces ORDER BY received_ns LIMIT ?", {sweep_rows});
  auto done = in_transaction(database_, [&] {
    for (const storage::Row& row : rows) {
      if (row.instant(4) >= executor_.now() - trace_kept_for && removed >= surplus) break;
      removed += row.integer(3);
      for (const char* sql : {"DELETE FROM segments_documents WHERE account = ? AND region = ? AND trace_id = ?",
                              "DELETE FROM segments_traces WHERE account = ? AND region = ? AND trace_id = ?"})
        database_.execute(sql, {row.text(0), row.text(1), row.text(2)});
    }
  });
  if (!done) log::error(part, "old traces could not be removed", {{"error", done.error().message}});
}

}  // namespace tocsin::telemetry
