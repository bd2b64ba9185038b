#include "telemetry/logs/block_scan.h"

#include <algorithm>

#include "base/log.h"
#include "telemetry/logs/log_block.h"
#include "telemetry/logs/trigram_filter.h"

namespace tocsin::telemetry {
namespace {
// opened in one step, so that many small batches do not take a step each
constexpr std::size_t step_bytes = 256u << 10;
// what an event costs beside its message
constexpr std::size_t event_bytes = sizeof(LogEvent) + 16;
}  // namespace

std::shared_ptr<const TailBatch> to_tail(LogBatch batch, std::uint64_t offset) {
  auto tail = std::make_shared<TailBatch>();
  tail->offset = offset;
  tail->first_ms = INT64_MAX;
  tail->last_ms = INT64_MIN;
  tail->bytes = sizeof(TailBatch);
  for (const LogEvent& event : batch.events) {
    tail->first_ms = std::min(tail->first_ms, event.time_ms);
    tail->last_ms = std::max(tail->last_ms, event.time_ms);
    tail->bytes += event.message.size() + event_bytes;
  }
  tail->batch = std::move(batch);
  return tail;
}

void rows_of(const TailBatch& tail, std::vector<LogRow>& rows) {
  std::uint64_t sequence = tail.offset * batch_events_max;
  for (const LogEvent& event : tail.batch.events)
    rows.push_back({{event.time_ms, sequence++}, tail.batch.ingested_ms, tail.batch.group, tail.batch.stream, event.message});
}

BlockScan::BlockScan(LogTables& tables, LogCatalog& catalog, LogScanPlan plan, std::vector<Source> sources)
    : tables_(tables),
      catalog_(catalog),
      plan_(std::move(plan)),
      streams_(plan_.streams.begin(), plan_.streams.end()),
      sources_(std::move(sources)) {
  std::stable_sort(sources_.begin(), sources_.end(),
                   [&](const Source& a, const Source& b) { return plan_.newest_first ? a.last_ms > b.last_ms : a.first_ms < b.first_ms; });
}

bool BlockScan::next(std::vector<LogRow>& rows) {
  std::size_t bytes = 0;
  while (opened_ < sources_.size() && bytes < step_bytes) bytes += open(sources_[opened_++]);
  emit(rows);
  if (opened_ < sources_.size()) return true;
  sources_.clear();
  opened_ = 0;
  return false;
}

std::optional<LogPosition> BlockScan::border() const {
  if (opened_ >= sources_.size()) return std::nullopt;
  if (plan_.newest_first) return LogPosition{sources_[opened_].last_ms, UINT64_MAX};
  return LogPosition{sources_[opened_].first_ms, 0};
}

std::size_t BlockScan::open(const Source& source) {
  if (source.tail) {
    std::vector<LogRow> rows;
    rows_of(*source.tail, rows);
    take(source, std::move(rows));
    return source.tail->bytes;
  }
  if (!plan_.literals.empty()) {
    const auto filter = tables_.block_filter(source.block.id);
    if (!filter) return 0;
    if (!std::all_of(plan_.literals.begin(), plan_.literals.end(),
                     [&](const std::string& literal) { return may_contain(*filter, literal); })) {
      figures_.records_skipped += static_cast<std::uint64_t>(source.block.records);
      figures_.bytes_skipped += static_cast<std::uint64_t>(source.block.bytes);
      return filter->size();
    }
  }
  // a block that retention took meanwhile is simply not there
  const auto packed = tables_.block_rows(source.block.id);
  if (!packed) return 0;
  auto rows = decode_block(*packed, source.group);
  if (rows)
    take(source, std::move(*rows));
  else
    log::error("telemetry/logs", "a block is damaged and was left out", {{"block", std::to_string(source.block.id)}});
  return static_cast<std::size_t>(source.block.bytes) + packed->size();
}

void BlockScan::take(const Source& source, std::vector<LogRow> rows) {
  for (LogRow& row : rows) {
    if (row.position.time_ms < source.from_ms || row.position.time_ms > plan_.to_ms) continue;
    ++figures_.records_scanned;
    figures_.bytes_scanned += row.message.size();
    if (wanted(source, row)) pending_.push_back(std::move(row));
  }
}

bool BlockScan::wanted(const Source&, const LogRow& row) {
  if (!streams_.empty() ? !streams_.contains(row.stream) : !catalog_.stream(row.stream)) return false;
  if (plan_.after && row.position <= *plan_.after) return false;
  if (plan_.before && row.position >= *plan_.before) return false;
  return std::all_of(plan_.literals.begin(), plan_.literals.end(),
                     [&](const std::string& literal) { return row.message.find(literal) != std::string::npos; });
}

void BlockScan::emit(std::vector<LogRow>& rows) {
  std::sort(pending_.begin(), pending_.end(),
            [&](const LogRow& a, const LogRow& b) { return plan_.newest_first ? a.position > b.position : a.position < b.position; });
  auto end = pending_.end();
  if (opened_ < sources_.size()) {
    // what is not opened yet may have rows on the far side of its border
    const std::int64_t border_ms = plan_.newest_first ? sources_[opened_].last_ms : sources_[opened_].first_ms;
    end = std::partition_point(pending_.begin(), pending_.end(), [&](const LogRow& row) {
      return plan_.newest_first ? row.position.time_ms > border_ms : row.position.time_ms < border_ms;
    });
  }
  rows.insert(rows.end(), std::make_move_iterator(pending_.begin()), std::make_move_iterator(end));
  pending_.erase(pending_.begin(), end);
}

}  // namespace tocsin::telemetry
