// From the buffers to blocks, and what the store does by itself as time passes.
#include <algorithm>

#include "base/log.h"
#include "telemetry/metrics/store_parts.h"

namespace tocsin::telemetry {
namespace {
constexpr std::string_view part = "telemetry/metrics";
// the cost of rolling up that keeps the executor a few milliseconds
constexpr std::size_t roll_up_cost = 128;
}  // namespace

void ChunkMetricStore::Parts::write_group(const LiveGroup& group) {
  for (const auto& [place, runs] : group.buffer.runs()) table.merge({group.id, place.first, place.second}, runs);
  const BlockTable::Group row = group.row(applied_now());
  if (group.names_stale)
    table.put_group(row);
  else
    table.put_group_but_keys(row);
}

/// Writes a few of `writing` in one transaction and takes them off.
Result<void> ChunkMetricStore::Parts::flush_slice() {
  const std::size_t first = writing.size() - std::min(options.flush_groups, writing.size());
  // blocks must not be ahead of the log: a power cut would make offsets come twice
  if (auto synced = log.sync(); !synced) return synced;
  auto written = table.in_transaction([&] {
    for (std::size_t i = first; i < writing.size(); ++i) write_group(*writing[i]);
  });
  if (!written) return written;
  for (std::size_t i = first; i < writing.size(); ++i) {
    LiveGroup& group = *writing[i];
    group.note_written();
    group.applied = applied_now();
    buffered_bytes -= group.buffer.bytes();
    group.buffer.clear();
    group.waiting = false;
  }
  writing.resize(first);
  return {};
}

/// Everything that came in before now; the offset below which nothing waits when `writing` is empty.
std::uint64_t ChunkMetricStore::Parts::gather() {
  writing.insert(writing.end(), waiting.begin(), waiting.end());
  waiting.clear();
  return applied_now();
}

Result<void> ChunkMetricStore::Parts::finish_flush(std::uint64_t below) {
  if (below == flushed_below) return {};
  auto kept = table.in_transaction([&] { table.keep_flushed_below(below); });
  if (!kept) return kept;
  flushed_below = below;
  if (!replaying_at) log.cut(below);
  return {};
}

Result<void> ChunkMetricStore::Parts::flush_all() {
  const std::uint64_t below = gather();
  while (!writing.empty())
    if (auto written = flush_slice(); !written) return written;
  return finish_flush(below);
}

void ChunkMetricStore::Parts::every(Duration span, std::function<void()> work) {
  executor.post_after(span, [this, span, work = std::move(work), living = std::weak_ptr(alive)]() mutable {
    if (living.expired()) return;
    work();
    every(span, std::move(work));
  });
}

/// One sync for all that comes within its time; nothing runs while nothing comes.
void ChunkMetricStore::Parts::sync_soon() {
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

void ChunkMetricStore::Parts::begin_flush() {
  if (flushing) return;
  flushing = true;
  post_slice(gather());
}

void ChunkMetricStore::Parts::post_slice(std::uint64_t below) {
  executor.post([this, below, living = std::weak_ptr(alive)] {
    if (living.expired()) return;
    const bool last = writing.empty();
    const Result<void> done = last ? finish_flush(below) : flush_slice();
    if (!done) log::error(part, "blocks could not be written", {{"error", done.error().message}});
    if (done && !last) return post_slice(below);
    flushing = false;
  });
}

std::size_t ChunkMetricStore::Parts::roll_up(std::size_t cost_max) {
  const std::int64_t now_s = to_seconds(executor.now());
  std::size_t cost = 0;
  auto result = table.in_transaction([&] { cost = table.roll_up(now_s, cost_max); });
  if (result) return cost;
  log::error(part, "old blocks could not be rolled up", {{"error", result.error().message}});
  return 0;
}

/// All that is old, a little at a time, so that nobody waits for it.
void ChunkMetricStore::Parts::roll_up_slices() {
  executor.post([this, living = std::weak_ptr(alive)] {
    if (!living.expired() && roll_up(roll_up_cost) > 0) roll_up_slices();
  });
}

void ChunkMetricStore::Parts::start() {
  if (started) return;
  started = true;
  sync_soon();
  every(options.flush_every, [this] { begin_flush(); });
  every(std::chrono::minutes(1), [this] { roll_up_slices(); });
}

}  // namespace tocsin::telemetry
