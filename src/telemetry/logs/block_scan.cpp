#include "telemetry/logs/block_scan.h"

#include <algorithm>

#include "base/log.h"
#include "telemetry/logs/column_block.h"
#include "telemetry/logs/columns/word_filter.h"
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

void rows_of(const TailBatch& tail, std::vector<LogRowView>& rows) {
  std::uint64_t sequence = tail.offset * batch_events_max;
  for (const LogEvent& event : tail.batch.events)
    rows.push_back({{event.time_ms, sequence++}, tail.batch.ingested_ms, tail.batch.group, tail.batch.stream, event.message});
}

BlockScan::BlockScan(LogTables& tables, LogCatalog& catalog, LogScanPlan plan, std::vector<Source> sources,
                     std::shared_ptr<const void> open)
    : tables_(tables),
      catalog_(catalog),
      plan_(std::move(plan)),
      streams_(plan_.streams.begin(), plan_.streams.end()),
      sources_(std::move(sources)),
      held_open_(std::move(open)) {
  std::stable_sort(sources_.begin(), sources_.end(),
                   [&](const Source& a, const Source& b) { return plan_.newest_first ? a.last_ms > b.last_ms : a.first_ms < b.first_ms; });
}

bool BlockScan::next(std::vector<LogRow>& rows) {
  std::vector<LogRowView> views;
  const bool more = next_views(views);
  for (const LogRowView& view : views) rows.push_back(to_row(view));
  return more;
}

bool BlockScan::next_views(std::vector<LogRowView>& rows) {
  given_.clear();
  known_stream_.reset();
  std::size_t bytes = 0;
  while (opened_ < sources_.size() && bytes < step_bytes) bytes += open(sources_[opened_++]);
  emit(rows);
  if (opened_ < sources_.size()) return true;
  sources_.clear();
  opened_ = 0;
  return false;
}

bool BlockScan::count_next(std::uint64_t& rows) {
  known_stream_.reset();
  counting_ = true;
  counted_ = 0;
  std::size_t bytes = 0;
  while (opened_ < sources_.size() && bytes < step_bytes) bytes += open(sources_[opened_++]);
  counting_ = false;
  rows = counted_;
  return opened_ < sources_.size();
}

std::uint64_t BlockScan::count_rest() {
  std::uint64_t counted = pending_.size() + direct_.size();
  pending_.clear();
  direct_.clear();
  for (; opened_ < sources_.size(); ++opened_) {
    const Source& source = sources_[opened_];
    const bool within = !source.tail && source.first_ms >= source.from_ms && source.last_ms <= plan_.to_ms && streams_.empty() &&
                        !plan_.after && !plan_.before;
    if (within) {
      figures_.records_scanned += static_cast<std::uint64_t>(source.block.records);
      figures_.bytes_scanned += static_cast<std::uint64_t>(source.block.bytes);
      counted += static_cast<std::uint64_t>(source.block.records);
      continue;
    }
    open(source);
    counted += pending_.size() + direct_.size();
    pending_.clear();
    direct_.clear();
  }
  return counted;
}

LogScan::Figures BlockScan::expected() const {
  Figures sum;
  for (const Source& source : sources_) {
    sum.records_scanned += source.tail ? source.tail->batch.events.size() : static_cast<std::uint64_t>(source.block.records);
    if (!source.tail) sum.bytes_scanned += static_cast<std::uint64_t>(source.block.bytes);
    if (source.tail)
      for (const LogEvent& event : source.tail->batch.events) sum.bytes_scanned += event.message.size();
  }
  return sum;
}

std::optional<LogPosition> BlockScan::border() const {
  if (opened_ >= sources_.size()) return std::nullopt;
  if (plan_.newest_first) return LogPosition{sources_[opened_].last_ms, UINT64_MAX};
  return LogPosition{sources_[opened_].first_ms, 0};
}

bool BlockScan::may_have_escapes(std::string_view filter) {
  constexpr std::string_view digits = "0123456789abcdef";
  return std::any_of(digits.begin(), digits.end(), [&](char digit) { return may_contain(filter, std::string("\\u") + digit); });
}

/// Of a literal the words within, of a value all.
bool BlockScan::may_have_words(std::int64_t block, std::string_view pieces) const {
  std::vector<std::string_view> in_literals, in_values;
  for (const std::string& literal : plan_.literals)
    for (const std::string_view word : words_within(literal, false)) in_literals.push_back(word);
  for (const std::string& value : plan_.values)
    for (const std::string_view word : words_within(value, true)) in_values.push_back(word);
  if (in_literals.empty() && in_values.empty()) return true;
  const std::string words = tables_.block_words(block);
  const auto held = [&](std::string_view word) { return may_have_word(words, word); };
  if (!std::all_of(in_literals.begin(), in_literals.end(), held)) return false;
  return std::all_of(in_values.begin(), in_values.end(), held) || may_have_escapes(pieces);
}

/// Letters of a value may be written as \uXXXX: then the filter says nothing.
bool BlockScan::may_hold(std::string_view filter) const {
  const auto held = [&](const std::string& text) { return may_contain(filter, text); };
  if (!std::all_of(plan_.literals.begin(), plan_.literals.end(), held)) return false;
  if (std::all_of(plan_.values.begin(), plan_.values.end(), held)) return true;
  return may_have_escapes(filter);
}

std::size_t BlockScan::open(const Source& source) {
  if (source.tail) {
    std::uint64_t sequence = source.tail->offset * batch_events_max;
    for (const LogEvent& event : source.tail->batch.events)
      take(
          source,
          {{event.time_ms, sequence++}, source.tail->batch.ingested_ms, source.tail->batch.group, source.tail->batch.stream, event.message},
          source.tail);
    return source.tail->bytes;
  }
  if (!plan_.literals.empty() || !plan_.values.empty()) {
    const auto filter = tables_.block_filter(source.block.id);
    if (!filter) return 0;
    if (!may_hold(*filter)) {
      figures_.records_skipped += static_cast<std::uint64_t>(source.block.records);
      figures_.bytes_skipped += static_cast<std::uint64_t>(source.block.bytes);
      return filter->size();
    }
    if (!may_have_words(source.block.id, *filter)) {
      figures_.records_skipped += static_cast<std::uint64_t>(source.block.records);
      figures_.bytes_skipped += static_cast<std::uint64_t>(source.block.bytes);
      return filter->size();
    }
  }
  // a block that retention took meanwhile is simply not there
  auto packed = tables_.block_rows(source.block.id);
  if (!packed) return 0;
  const std::size_t packed_bytes = packed->size();
  const bool whole = is_column_block(*packed) ? open_columns(source, std::move(*packed)) : open_rows(source, *packed);
  if (!whole) log::error("telemetry/logs", "a block is damaged and was left out", {{"block", std::to_string(source.block.id)}});
  return static_cast<std::size_t>(source.block.bytes) + packed_bytes;
}

bool BlockScan::open_rows(const Source& source, std::string_view packed) {
  const auto raw = std::make_shared<std::string>();
  const auto rows = view_row_block(packed, source.group, *raw);
  if (!rows) return false;
  for (const LogRowView& row : *rows) take(source, row, raw);
  return true;
}

/// Which rows have all literals; empty when all may be given.
std::vector<std::uint8_t> BlockScan::matching(const ColumnBlock& block) const {
  std::vector<std::uint8_t> all;
  for (const std::string& literal : plan_.literals) {
    std::vector<std::uint8_t> found(block.size());
    block.mark_containing(literal, found);
    if (all.empty())
      all = std::move(found);
    else
      for (std::size_t at = 0; at < all.size(); ++at) all[at] &= found[at];
  }
  return all;
}

bool BlockScan::open_columns(const Source& source, std::string packed) {
  struct Owned {
    std::shared_ptr<const ColumnBlock> block;
    std::string messages;
  };
  auto opened = ColumnBlock::open(std::move(packed), source.group);
  if (!opened) return false;
  const auto owned = std::make_shared<Owned>(std::move(*opened), std::string());
  const ColumnBlock& block = *owned->block;
  const std::vector<std::uint8_t> matches = matching(block);
  const std::size_t first_pending = pending_.size();
  std::vector<std::size_t> begins;
  const bool within = source.first_ms >= source.from_ms && source.last_ms <= plan_.to_ms;
  if (within) {
    figures_.records_scanned += block.size();
    figures_.bytes_scanned += block.message_bytes();
  }
  const bool direct = plan_.any_order && plan_.columns;
  if (direct && !counting_) {
    direct_owners_.push_back(owned);
    if (matches.empty()) direct_.reserve(direct_.size() + block.size());
  }
  std::string scratch;
  for (std::size_t at = 0; at < block.size(); ++at) {
    LogRowView row = block.row(at);
    if (!within) {
      if (row.position.time_ms < source.from_ms || row.position.time_ms > plan_.to_ms) continue;
      scratch.clear();
      block.append_message(scratch, at);
      ++figures_.records_scanned;
      figures_.bytes_scanned += scratch.size();
    }
    if ((!matches.empty() && !matches[at]) || !is_in_place(row)) continue;
    if (counting_) {
      ++counted_;
      continue;
    }
    if (direct) {
      direct_.push_back(row);
      continue;
    }
    if (!plan_.columns) {
      begins.push_back(owned->messages.size());
      block.append_message(owned->messages, at);
      row.fields = nullptr;
    }
    pending_.push_back({row, owned});
  }
  // only now do they stay where they are
  begins.push_back(owned->messages.size());
  for (std::size_t i = 0; i + 1 < begins.size(); ++i)
    pending_[first_pending + i].row.message = std::string_view(owned->messages).substr(begins[i], begins[i + 1] - begins[i]);
  return true;
}

void BlockScan::take(const Source& source, const LogRowView& row, const std::shared_ptr<const void>& owner) {
  if (row.position.time_ms < source.from_ms || row.position.time_ms > plan_.to_ms) return;
  ++figures_.records_scanned;
  figures_.bytes_scanned += row.message.size();
  if (!wanted(row)) return;
  if (counting_)
    ++counted_;
  else
    pending_.push_back({row, owner});
}

bool BlockScan::is_wanted_stream(LogStreamId stream) {
  if (!known_stream_ || known_stream_->first != stream)
    known_stream_ = {stream, streams_.empty() ? catalog_.stream(stream) != nullptr : streams_.contains(stream)};
  return known_stream_->second;
}

bool BlockScan::is_in_place(const LogRowView& row) {
  return is_wanted_stream(row.stream) && !(plan_.after && row.position <= *plan_.after) && !(plan_.before && row.position >= *plan_.before);
}

bool BlockScan::wanted(const LogRowView& row) {
  if (!is_in_place(row)) return false;
  return std::all_of(plan_.literals.begin(), plan_.literals.end(),
                     [&](const std::string& literal) { return row.message.find(literal) != std::string_view::npos; });
}

void BlockScan::emit(std::vector<LogRowView>& rows) {
  if (rows.empty()) rows.swap(direct_);
  rows.insert(rows.end(), direct_.begin(), direct_.end());
  direct_.clear();
  given_ = std::exchange(direct_owners_, {});
  auto end = pending_.end();
  if (!plan_.any_order) {
    std::sort(pending_.begin(), pending_.end(), [&](const Pending& a, const Pending& b) {
      return plan_.newest_first ? a.row.position > b.row.position : a.row.position < b.row.position;
    });
    if (opened_ < sources_.size()) {
      // what is not opened yet may have rows on the far side of its border
      const std::int64_t border_ms = plan_.newest_first ? sources_[opened_].last_ms : sources_[opened_].first_ms;
      end = std::partition_point(pending_.begin(), pending_.end(), [&](const Pending& each) {
        return plan_.newest_first ? each.row.position.time_ms > border_ms : each.row.position.time_ms < border_ms;
      });
    }
  }
  rows.reserve(rows.size() + static_cast<std::size_t>(end - pending_.begin()));
  for (auto at = pending_.begin(); at != end; ++at) {
    rows.push_back(at->row);
    if (given_.empty() || given_.back() != at->owner) given_.push_back(std::move(at->owner));
  }
  pending_.erase(pending_.begin(), end);
}

}  // namespace tocsin::telemetry
