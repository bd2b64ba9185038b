// The contract of the store of logs: groups of streams of events. What is appended is durable (written to the ingest log) when `append`
// returns, and found at once. Which blocks, files or engine keep it is hidden here. Threads: everything on one executor, the one on which
// the API runs. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogsConcepts.html
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/scope.h"
#include "telemetry/logs/log_fields.h"

namespace tocsin::telemetry {

using LogGroupId = std::uint32_t;   ///< never used again after the group is gone
using LogStreamId = std::uint32_t;  ///< likewise

struct LogGroup {
  LogGroupId id = 0;
  Scope scope;
  std::string name;
  std::string log_group_class = "STANDARD";
  std::int64_t created_ms = 0;
  std::optional<std::int64_t> retention_days;  ///< kept for ever when absent
  std::map<std::string, std::string> tags;
  std::int64_t stored_bytes = 0;  ///< of what is written to blocks
};

struct LogStream {
  LogStreamId id = 0;
  LogGroupId group = 0;
  std::string name;
  std::int64_t created_ms = 0;
  std::optional<std::int64_t> first_event_ms, last_event_ms, last_ingestion_ms;
};

struct LogEvent {
  std::int64_t time_ms = 0;
  std::string message;
};

/// The place of an event in its group: by time, then in the order of arrival. Never changes, and no two events share one.
struct LogPosition {
  std::int64_t time_ms = 0;
  std::uint64_t sequence = 0;
  auto operator<=>(const LogPosition&) const = default;
};

struct LogRow {
  LogPosition position;
  std::int64_t ingested_ms = 0;
  LogGroupId group = 0;
  LogStreamId stream = 0;
  std::string message;
};

/// A row without its own copy of the message.
struct LogRowView {
  LogPosition position;
  std::int64_t ingested_ms = 0;
  LogGroupId group = 0;
  LogStreamId stream = 0;
  std::string_view message;
  /// Of a row that lies in columns: its fields, and its message when that was not put together (LogScanPlan::columns).
  const LogFields* fields = nullptr;
  std::uint32_t index = 0;
};

/// What a reader wants. The store may leave out whatever cannot match, and must leave out nothing else.
struct LogScanPlan {
  std::vector<LogGroupId> groups;
  std::vector<LogStreamId> streams;   ///< all when empty
  std::int64_t from_ms = 0;           ///< inclusive
  std::int64_t to_ms = INT64_MAX;     ///< inclusive
  std::optional<LogPosition> after;   ///< only rows behind this one
  std::optional<LogPosition> before;  ///< only rows ahead of this one
  bool newest_first = false;
  std::vector<std::string> literals;  ///< every row wanted has all of these in its message, as they are
  /// Every row wanted has all of these in its message, as they are or with letters written as \uXXXX.
  std::vector<std::string> values;
  bool any_order = false;  ///< rows may come as it is cheapest
  /// Rows in columns come without their messages; `fields` gives them as they are asked for.
  bool columns = false;
};

/// A reading of what was there when it began, in the order of position. Outlives no store.
class LogScan {
 public:
  virtual ~LogScan() = default;
  struct Figures {
    std::uint64_t records_scanned = 0;  ///< looked at
    std::uint64_t bytes_scanned = 0;
    std::uint64_t records_skipped = 0;  ///< left out by their block's filter
    std::uint64_t bytes_skipped = 0;
  };
  /// Does a bounded piece of work (one block: a few milliseconds) and gives the rows that came of it, maybe none. False when there are no
  /// more.
  virtual bool next(std::vector<LogRow>& rows) = 0;
  /// The same without copies: what it gives is valid until the next call. A scan is read by one of the two.
  virtual bool next_views(std::vector<LogRowView>& rows) = 0;
  /// The same when only their number is of interest, which is set.
  virtual bool count_next(std::uint64_t& rows) = 0;
  /// Counts the rows that have not been given as looked at, without reading them where their block lies within the times of the plan; how
  /// many. Only of a plan without literals. Nothing is given afterwards.
  virtual std::uint64_t count_rest() = 0;
  virtual const Figures& figures() const = 0;
  /// What a whole reading would look at, about: the blocks that overlap, before their filters were asked.
  virtual Figures expected() const { return {}; }
  /// All wanted rows ahead of this position (behind it, newest first) were given; nullopt when all were.
  virtual std::optional<LogPosition> border() const = 0;
};

/// What has just been appended; lives for the call.
struct LogArrival {
  const LogGroup& group;
  const LogStream& stream;
  std::int64_t ingested_ms;
  std::uint64_t first_sequence;  ///< of the first event's position; each next has one more
  const std::vector<LogEvent>& events;
};

class LogStore {
 public:
  virtual ~LogStore() = default;

  /// Told of every append that succeeded, at once and in order: filters, live tails. One, set at the start.
  using OnArrival = std::function<void(const LogArrival&)>;
  void on_arrival(OnArrival told) { on_arrival_ = std::move(told); }

  /// `already_exists`.
  virtual Result<LogGroup> create_group(const Scope& scope, const std::string& name, const std::string& log_group_class,
                                        const std::map<std::string, std::string>& tags) = 0;
  /// nullptr when there is none; valid until the next change.
  virtual const LogGroup* find_group(const Scope& scope, const std::string& name) = 0;
  virtual const LogGroup* group(LogGroupId id) = 0;
  /// In the order of names, those after `after_name`, at most `count_max` for which `wanted` holds.
  virtual std::vector<LogGroup> groups(const Scope& scope, const std::string& after_name, std::size_t count_max,
                                       const std::function<bool(const LogGroup&)>& wanted) = 0;
  /// Its events are found no more from now on. `not_found`.
  virtual Result<void> delete_group(const Scope& scope, const std::string& name) = 0;
  /// Absent: for ever.
  virtual Result<void> set_retention(LogGroupId group, std::optional<std::int64_t> days) = 0;
  virtual Result<void> set_tags(LogGroupId group, const std::map<std::string, std::string>& tags) = 0;

  /// `already_exists`.
  virtual Result<LogStream> create_stream(LogGroupId group, const std::string& name) = 0;
  virtual const LogStream* find_stream(LogGroupId group, const std::string& name) = 0;
  virtual const LogStream* stream(LogStreamId id) = 0;
  /// In the order of names.
  virtual std::vector<LogStream> streams(LogGroupId group) = 0;
  virtual Result<void> delete_stream(LogGroupId group, const std::string& name) = 0;

  /// All events or none, at most 16,384. `unavailable` when the disk refuses or too much waits to be written. Times are the caller's to
  /// check.
  virtual Result<void> append(LogStreamId stream, const std::vector<LogEvent>& events) = 0;

  virtual std::unique_ptr<LogScan> scan(LogScanPlan plan) = 0;

 protected:
  OnArrival on_arrival_;
};

/// The id of an event, as FilterLogEvents and subscriptions show it: unique and in the order of positions.
std::string event_id(LogGroupId group, const LogPosition& position);

/// The stream of that name, made with its group when missing.
Result<LogStreamId> ensure_stream(LogStore& store, const Scope& scope, const std::string& group, const std::string& stream);

/// Reads a scan to its end: for few rows, and tests.
std::vector<LogRow> read_all(LogStore& store, LogScanPlan plan);

}  // namespace tocsin::telemetry
