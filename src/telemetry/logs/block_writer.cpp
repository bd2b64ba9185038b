#include "telemetry/logs/block_writer.h"

#include <algorithm>

#include "base/log.h"

namespace tocsin::telemetry {
namespace {

constexpr std::string_view part = "telemetry/logs";
// written in one transaction: bounds how long the executor is kept
constexpr std::size_t slice_bytes = 1u << 20;

}  // namespace

void BlockWriter::add(LogGroupId id, std::shared_ptr<const TailBatch> batch) {
  Waiting& group = waiting_[id];
  group.bytes += batch->bytes;
  waiting_bytes_ += batch->bytes;
  log_bytes_ += batch->bytes;
  group.batches.push_back(std::move(batch));
}

void BlockWriter::forget(LogGroupId id) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  waiting_bytes_ -= found->second.bytes;
  waiting_.erase(found);
}

const TailBatches& BlockWriter::waiting(LogGroupId id) const {
  static const TailBatches none;
  const auto found = waiting_.find(id);
  return found == waiting_.end() ? none : found->second.batches;
}

void BlockWriter::queue(LogGroupId id, Waiting& group) {
  if (group.queued) return;
  group.queued = true;
  writing_.push_back(id);
}

void BlockWriter::write_all() {
  for (auto& [id, group] : waiting_) queue(id, group);
  log_bytes_ = 0;
  post();
}

void BlockWriter::write_due(LogGroupId id) {
  if (waiting_bytes_ > limits_.waiting_bytes_flush || log_bytes_ > limits_.log_bytes_flush) {
    for (auto& [each, group] : waiting_) queue(each, group);
    log_bytes_ = 0;
  }
  const auto found = waiting_.find(id);
  if (found != waiting_.end() && found->second.bytes > limits_.group_bytes_flush) queue(id, found->second);
  post();
}

/// The next of `writing_` that fit into one transaction: many quiet groups, or one busy one. They are taken off the queue.
std::vector<BlockWriter::Packed> BlockWriter::next_slice() {
  std::vector<Packed> slice;
  std::size_t bytes = 0;
  while (!writing_.empty() && bytes < slice_bytes) {
    const auto found = waiting_.find(writing_.back());
    writing_.pop_back();
    if (found == waiting_.end()) continue;
    found->second.queued = false;
    if (found->second.batches.empty()) continue;
    bytes += found->second.bytes;
    slice.push_back({found->first, found->second.batches, {}});
  }
  return slice;
}

/// Of streams that are there; the workshop, which has no catalog, packs all: rows of a deleted stream are hidden.
void BlockWriter::pack(Packed& packed, LogCatalog* catalog) {
  std::vector<LogRowView> rows;
  for (const auto& batch : packed.batches)
    if (!catalog || catalog->stream(batch->batch.stream)) rows_of(*batch, rows);
  std::sort(rows.begin(), rows.end(), [](const LogRowView& a, const LogRowView& b) { return a.position < b.position; });
  packed.blocks = pack_rows(rows);
}

/// The offset below which everything is in blocks once `slice` is.
std::uint64_t BlockWriter::flushed_below(const std::vector<Packed>& slice) const {
  std::uint64_t below = replaying_at_.value_or(log_.next_offset());
  for (const auto& [id, group] : waiting_) {
    const auto packed = std::find_if(slice.begin(), slice.end(), [id = id](const Packed& each) { return each.group == id; });
    const std::size_t in_blocks = packed == slice.end() ? 0 : packed->batches.size();
    if (group.batches.size() > in_blocks) below = std::min(below, group.batches[in_blocks]->offset);
  }
  return below;
}

std::int64_t BlockWriter::put_group(const Packed& packed) {
  std::map<LogStreamId, LogStream> touched;
  for (const auto& batch : packed.batches)
    if (const LogStream* stream = catalog_.stream(batch->batch.stream)) touched.emplace(stream->id, *stream);
  for (const auto& [id, stream] : touched) tables_.put(stream);
  tables_.keep_applied(packed.group, packed.batches.back()->offset);
  std::int64_t written = 0;
  for (const PackedBlock& block : packed.blocks) {
    tables_.put(block);
    written += block.entry.bytes;
  }
  return written;
}

void BlockWriter::take_off(const Packed& packed) {
  const auto found = waiting_.find(packed.group);
  if (found == waiting_.end()) return;
  std::size_t bytes = 0;
  for (const auto& batch : packed.batches) bytes += batch->bytes;
  waiting_bytes_ -= bytes;
  found->second.bytes -= bytes;
  auto& batches = found->second.batches;
  batches.erase(batches.begin(), batches.begin() + static_cast<std::ptrdiff_t>(packed.batches.size()));
  if (batches.empty() && !found->second.queued) waiting_.erase(found);
}

/// Puts the blocks away in one transaction. The log must be synced up to them: blocks must not be ahead of it, or a power cut would make
/// offsets come twice.
Result<void> BlockWriter::put(std::vector<Packed>& slice) {
  // of groups that were deleted meanwhile nothing is kept
  std::erase_if(slice, [this](const Packed& each) { return !waiting_.contains(each.group); });
  const std::uint64_t below = flushed_below(slice);
  std::map<LogGroupId, std::int64_t> written;
  auto committed = tables_.in_transaction([&] {
    for (const Packed& each : slice) written[each.group] = put_group(each);
    tables_.keep_flushed_below(below);
  });
  failing_ = !committed.has_value();
  if (!committed) {
    for (const Packed& each : slice) queue(each.group, waiting_[each.group]);
    return committed;
  }
  for (const Packed& each : slice) {
    if (LogGroup* group = catalog_.group(each.group)) group->stored_bytes += written[each.group];
    take_off(each);
  }
  if (!replaying_at_) log_.trim(below);
  return {};
}

Result<void> BlockWriter::flush() {
  ++packing_;
  posted_ = false;
  // what the workshop has in hand is packed again
  for (auto& [id, group] : waiting_) group.queued = false;
  writing_.clear();
  for (auto& [id, group] : waiting_) queue(id, group);
  log_bytes_ = 0;
  while (!writing_.empty()) {
    std::vector<Packed> slice = next_slice();
    if (auto synced = replaying_at_ ? Result<void>{} : log_.sync(); !synced) {
      failing_ = true;
      for (const Packed& each : slice) queue(each.group, waiting_[each.group]);
      return synced;
    }
    for (Packed& each : slice) pack(each, &catalog_);
    if (auto done = put(slice); !done) return done;
  }
  if (!replaying_at_) log_.cut(log_.next_offset());
  return {};
}

void BlockWriter::post() {
  if (posted_ || writing_.empty() || !started_) return;
  posted_ = true;
  if (workshop_) return write_in_workshop();
  executor_.post([this, living = std::weak_ptr(alive_)] {
    if (living.expired()) return;
    posted_ = false;
    write_some();
  });
}

void BlockWriter::write_some() {
  if (writing_.empty()) return;
  std::vector<Packed> slice = next_slice();
  auto done = log_.sync();
  if (done) {
    for (Packed& each : slice) pack(each, &catalog_);
    done = put(slice);
  } else {
    for (const Packed& each : slice) queue(each.group, waiting_[each.group]);
  }
  // after a failure the next beat tries again
  if (!done)
    log::error(part, "blocks could not be written", {{"error", done.error().message}});
  else
    post();
}

void BlockWriter::write_in_workshop() {
  auto slice = std::make_shared<std::vector<Packed>>(next_slice());
  workshop_->post([this, slice, number = packing_, living = std::weak_ptr(alive_)] {
    for (Packed& each : *slice) pack(each, nullptr);
    auto synced = log_.sync();
    executor_.post([this, slice, number, living, synced = std::move(synced)] {
      if (living.expired() || number != packing_) return;
      posted_ = false;
      auto done = synced;
      if (done)
        done = put(*slice);
      else
        for (const Packed& each : *slice)
          if (const auto found = waiting_.find(each.group); found != waiting_.end()) queue(each.group, found->second);
      if (!done)
        log::error(part, "blocks could not be written", {{"error", done.error().message}});
      else
        post();
    });
  });
}

}  // namespace tocsin::telemetry
