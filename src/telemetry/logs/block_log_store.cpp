#include "telemetry/logs/block_log_store.h"

#include <algorithm>

#include "base/log.h"
#include "telemetry/logs/block_housekeeping.h"
#include "telemetry/logs/block_scan.h"
#include "telemetry/logs/block_writer.h"
#include "telemetry/logs/log_block.h"

namespace tocsin::telemetry {
namespace {

constexpr std::string_view part = "telemetry/logs";

}  // namespace

struct BlockLogStore::Parts {
  Executor& executor;
  storage::IngestLog& log;
  LogStoreOptions options;
  std::unique_ptr<Executor> workshop;
  LogTables tables;
  LogCatalog catalog;
  BlockWriter writer;
  std::uint64_t events = 0;
  bool started = false;
  bool sync_planned = false;
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
  std::shared_ptr<int> open_scans = std::make_shared<int>(0);  ///< each scan holds it
  BlockHousekeeping housekeeping{executor, tables, catalog, open_scans};

  Parts(Executor& executor, storage::Database& telemetry, storage::IngestLog& log, LogStoreOptions options, std::unique_ptr<Executor> own)
      : executor(executor),
        log(log),
        options(options),
        workshop(std::move(own)),
        tables(telemetry),
        writer(executor, workshop.get(), log, tables, catalog,
               {options.group_bytes_flush, options.waiting_bytes_flush, options.log_bytes_flush}) {}
  /// What is being packed is finished before anything goes.
  ~Parts() {
    if (workshop) workshop->halt();
  }

  void apply(LogBatch batch, std::uint64_t offset) {
    LogStream* stream = catalog.stream(batch.stream);
    if (!stream || batch.events.empty()) return;
    auto tail = to_tail(std::move(batch), offset);
    stream->first_event_ms = std::min(stream->first_event_ms.value_or(INT64_MAX), tail->first_ms);
    stream->last_event_ms = std::max(stream->last_event_ms.value_or(INT64_MIN), tail->last_ms);
    stream->last_ingestion_ms = tail->batch.ingested_ms;
    events += tail->batch.events.size();
    writer.add(stream->group, std::move(tail));
  }

  void every(Duration span, std::function<void()> work) {
    executor.post_after(span, [this, span, work = std::move(work), living = std::weak_ptr(alive)]() mutable {
      if (living.expired()) return;
      work();
      every(span, std::move(work));
    });
  }

  /// One sync for all that comes within its time; nothing runs while nothing comes.
  void sync_soon() {
    if (!started || sync_planned) return;
    sync_planned = true;
    executor.post_after(options.sync_every, [this, living = std::weak_ptr(alive)] {
      if (living.expired()) return;
      sync_planned = false;
      const auto synced = log.sync();
      if (synced) return;
      log::error(part, "the ingest log could not be synced", {{"error", synced.error().message}});
      sync_soon();
    });
  }

  void add_sources(const LogGroup& group, const LogScanPlan& plan, std::vector<BlockScan::Source>& sources) {
    std::int64_t from_ms = std::max(plan.from_ms, housekeeping.kept_from_ms(group));
    if (plan.after) from_ms = std::max(from_ms, plan.after->time_ms);
    const std::int64_t to_ms = plan.before ? std::min(plan.to_ms, plan.before->time_ms) : plan.to_ms;
    for (const BlockEntry& block : tables.blocks(group.id, from_ms, to_ms))
      sources.push_back({group.id, block.first_ms, block.last_ms, from_ms, block, nullptr});
    for (const auto& tail : writer.waiting(group.id))
      if (tail->last_ms >= from_ms && tail->first_ms <= to_ms)
        sources.push_back({group.id, tail->first_ms, tail->last_ms, from_ms, {}, tail});
  }

  Result<void> keep(const std::function<void()>& write) { return tables.in_transaction(write); }
};

BlockLogStore::BlockLogStore(Executor& executor, storage::Database& telemetry, storage::IngestLog& log, LogStoreOptions options,
                             std::unique_ptr<Executor> workshop)
    : parts_(std::make_unique<Parts>(executor, telemetry, log, options, std::move(workshop))) {}
BlockLogStore::~BlockLogStore() = default;

Result<void> BlockLogStore::open() {
  Parts& p = *parts_;
  if (auto done = p.tables.migrate(); !done) return done;
  p.tables.load(p.catalog);
  const std::uint64_t below = p.tables.flushed_below();
  std::map<LogGroupId, std::int64_t> applied;
  std::uint64_t next = below;
  p.catalog.each_group([&](const LogGroup& group) {
    applied[group.id] = p.tables.applied(group.id);
    next = std::max(next, static_cast<std::uint64_t>(applied[group.id] + 1));
  });
  if (auto skipped = p.log.skip_to(next); !skipped) return skipped;
  Result<void> failed;
  auto read = p.log.read(below, [&](std::uint64_t offset, std::string_view record) {
    p.writer.replay_at(offset + 1);
    auto batch = decode_batch(record);
    if (!batch)
      log::error(part, "a record of the ingest log is damaged and was left out", {{"offset", std::to_string(offset)}});
    else if (const auto known = applied.find(batch->group); known != applied.end() && static_cast<std::int64_t>(offset) > known->second)
      p.apply(std::move(*batch), offset);
    if (p.writer.waiting_bytes() > p.options.waiting_bytes_flush) failed = p.writer.flush();
    return failed.has_value();
  });
  p.writer.replay_at(std::nullopt);
  return failed ? read : failed;
}

void BlockLogStore::start() {
  Parts& p = *parts_;
  if (p.started) return;
  p.started = true;
  p.writer.start();
  p.sync_soon();
  p.every(p.options.flush_every, [&p] { p.writer.write_all(); });
  p.every(p.options.sweep_every, [&p] { p.housekeeping.run(); });
}

Result<void> BlockLogStore::flush() { return parts_->writer.flush(); }

std::int64_t BlockLogStore::sweep(std::size_t blocks_max) { return parts_->housekeeping.sweep(blocks_max); }
std::size_t BlockLogStore::merge_small_blocks() { return parts_->housekeeping.merge_small_blocks(); }

Result<LogGroup> BlockLogStore::create_group(const Scope& scope, const std::string& name, const std::string& log_group_class,
                                             const std::map<std::string, std::string>& tags) {
  Parts& p = *parts_;
  if (p.catalog.group(scope, name)) return fail(ErrorKind::already_exists, "The specified log group already exists");
  LogGroup group{.scope = scope,
                 .name = name,
                 .log_group_class = log_group_class,
                 .created_ms = to_ms(p.executor.now()),
                 .retention_days = {},
                 .tags = tags};
  auto kept = p.keep([&] {
    group.id = p.tables.new_id();
    p.tables.put(group);
  });
  if (!kept) return std::unexpected(kept.error());
  return p.catalog.put(group);
}

const LogGroup* BlockLogStore::find_group(const Scope& scope, const std::string& name) { return parts_->catalog.group(scope, name); }
const LogGroup* BlockLogStore::group(LogGroupId id) { return parts_->catalog.group(id); }

std::vector<LogGroup> BlockLogStore::groups(const Scope& scope, const std::string& after_name, std::size_t count_max,
                                            const std::function<bool(const LogGroup&)>& wanted) {
  return parts_->catalog.groups(scope, after_name, count_max, wanted);
}

Result<void> BlockLogStore::delete_group(const Scope& scope, const std::string& name) {
  Parts& p = *parts_;
  const LogGroup* found = p.catalog.group(scope, name);
  if (!found) return fail(ErrorKind::not_found, "The specified log group does not exist.");
  const LogGroupId id = found->id;
  if (auto kept = p.keep([&] { p.tables.remove_group(id); }); !kept) return kept;
  p.writer.forget(id);
  p.catalog.remove_group(id);
  p.housekeeping.group_removed();
  return {};
}

Result<void> BlockLogStore::set_retention(LogGroupId id, std::optional<std::int64_t> days) {
  Parts& p = *parts_;
  LogGroup* group = p.catalog.group(id);
  if (!group) return fail(ErrorKind::not_found, "The specified log group does not exist.");
  LogGroup changed = *group;
  changed.retention_days = days;
  if (auto kept = p.keep([&] { p.tables.put(changed); }); !kept) return kept;
  group->retention_days = days;
  return {};
}

Result<void> BlockLogStore::set_tags(LogGroupId id, const std::map<std::string, std::string>& tags) {
  Parts& p = *parts_;
  LogGroup* group = p.catalog.group(id);
  if (!group) return fail(ErrorKind::not_found, "The specified log group does not exist.");
  LogGroup changed = *group;
  changed.tags = tags;
  if (auto kept = p.keep([&] { p.tables.put(changed); }); !kept) return kept;
  group->tags = tags;
  return {};
}

Result<LogStream> BlockLogStore::create_stream(LogGroupId group, const std::string& name) {
  Parts& p = *parts_;
  if (p.catalog.stream(group, name)) return fail(ErrorKind::already_exists, "The specified log stream already exists");
  LogStream stream{.group = group,
                   .name = name,
                   .created_ms = to_ms(p.executor.now()),
                   .first_event_ms = {},
                   .last_event_ms = {},
                   .last_ingestion_ms = {}};
  auto kept = p.keep([&] {
    stream.id = p.tables.new_id();
    p.tables.put(stream);
  });
  if (!kept) return std::unexpected(kept.error());
  return p.catalog.put(stream);
}

const LogStream* BlockLogStore::find_stream(LogGroupId group, const std::string& name) { return parts_->catalog.stream(group, name); }
const LogStream* BlockLogStore::stream(LogStreamId id) { return parts_->catalog.stream(id); }
std::vector<LogStream> BlockLogStore::streams(LogGroupId group) { return parts_->catalog.streams(group); }

Result<void> BlockLogStore::delete_stream(LogGroupId group, const std::string& name) {
  Parts& p = *parts_;
  const LogStream* found = p.catalog.stream(group, name);
  if (!found) return fail(ErrorKind::not_found, "The specified log stream does not exist.");
  const LogStreamId id = found->id;
  if (auto kept = p.keep([&] { p.tables.remove_stream(id); }); !kept) return kept;
  p.catalog.remove_stream(id);
  return {};
}

Result<void> BlockLogStore::append(LogStreamId id, const std::vector<LogEvent>& events) {
  Parts& p = *parts_;
  const LogStream* stream = p.catalog.stream(id);
  if (!stream) return fail(ErrorKind::not_found, "The specified log stream does not exist.");
  if (events.empty()) return {};
  if (events.size() > batch_events_max) return fail(ErrorKind::limit_exceeded, "Too many events in one batch.");
  // the workshop is behind: senders wait here rather than being refused, unless it is the disk that refuses
  if (p.workshop && !p.writer.failing() && p.writer.waiting_bytes() > p.options.waiting_bytes_max / 4 * 3)
    if (auto written = p.writer.flush(); !written) log::error(part, "blocks could not be written", {{"error", written.error().message}});
  if (p.writer.waiting_bytes() > p.options.waiting_bytes_max) {
    p.writer.write_due(stream->group);
    return fail(ErrorKind::unavailable, "Too many events wait to be written.");
  }
  LogBatch batch{.group = stream->group, .stream = id, .ingested_ms = to_ms(p.executor.now()), .events = events};
  const LogGroupId group = batch.group;
  const auto offset = p.log.append(encode_batch(batch));
  if (!offset) return std::unexpected(offset.error());
  p.apply(std::move(batch), *offset);
  p.sync_soon();
  p.writer.write_due(group);
  if (on_arrival_)
    if (const LogGroup* known = p.catalog.group(group))
      on_arrival_({*known, *p.catalog.stream(id), to_ms(p.executor.now()), *offset * batch_events_max, events});
  return {};
}

std::unique_ptr<LogScan> BlockLogStore::scan(LogScanPlan plan) {
  Parts& p = *parts_;
  std::vector<BlockScan::Source> sources;
  for (const LogGroupId id : plan.groups)
    if (const LogGroup* group = p.catalog.group(id)) p.add_sources(*group, plan, sources);
  return std::make_unique<BlockScan>(p.tables, p.catalog, std::move(plan), std::move(sources), p.open_scans);
}

std::vector<LogGroup> BlockLogStore::all_groups() const {
  std::vector<LogGroup> all;
  parts_->catalog.each_group([&](const LogGroup& group) { all.push_back(group); });
  return all;
}

BlockLogStore::Figures BlockLogStore::figures() const { return {parts_->writer.waiting_bytes(), parts_->events}; }

}  // namespace tocsin::telemetry
