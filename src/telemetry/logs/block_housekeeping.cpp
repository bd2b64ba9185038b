#include "telemetry/logs/block_housekeeping.h"

#include <algorithm>

#include "base/log.h"
#include "telemetry/logs/log_block.h"

namespace tocsin::telemetry {
namespace {

constexpr std::string_view part = "telemetry/logs";
constexpr std::int64_t day_ms = 86'400'000;
constexpr Duration breath = std::chrono::milliseconds(20);
constexpr std::size_t swept_blocks_max = 50;
constexpr std::int64_t released_pages_max = 1024;
constexpr std::int64_t small_bytes = 128 << 10;
constexpr std::size_t merged_min = 8, merged_max = 64;

}  // namespace

std::int64_t BlockHousekeeping::kept_from_ms(const LogGroup& group) const {
  return group.retention_days ? to_ms(executor_.now()) - *group.retention_days * day_ms : INT64_MIN;
}

std::int64_t BlockHousekeeping::sweep(std::size_t blocks_max) {
  std::int64_t removed = 0;
  const auto left = [&] { return blocks_max - static_cast<std::size_t>(removed); };
  auto done = tables_.in_transaction([&] {
    catalog_.each_group([&](const LogGroup& group) {
      if (group.retention_days && left() > 0) removed += tables_.remove_blocks_before(group.id, kept_from_ms(group), left());
    });
    if (!orphans_ || left() == 0) return;
    const auto orphans = tables_.remove_orphans(left());
    orphans_ = orphans > 0;
    removed += orphans;
  });
  if (!done) log::error(part, "old blocks could not be removed", {{"error", done.error().message}});
  return done ? removed : 0;
}

std::size_t BlockHousekeeping::merge_small_blocks() {
  if (open_scans_.use_count() > 2) return 0;  // the store's and ours
  std::vector<BlockEntry> blocks = tables_.small_blocks(small_bytes, merged_min, merged_max);
  std::int64_t bytes = 0;
  std::size_t fitting = 0;
  while (fitting < blocks.size() && (bytes += blocks[fitting].bytes) <= static_cast<std::int64_t>(block_bytes_max)) ++fitting;
  blocks.resize(fitting);
  if (blocks.size() < 2) return 0;
  std::vector<LogRow> rows;
  for (const BlockEntry& block : blocks) {
    const auto packed = tables_.block_rows(block.id);
    auto unpacked =
        packed ? decode_block(*packed, block.group) : Result<std::vector<LogRow>>(fail(ErrorKind::internal, "The block is gone."));
    if (!unpacked) {
      log::error(part, "a block is damaged; it is not merged with others", {{"block", std::to_string(block.id)}});
      return 0;
    }
    for (LogRow& row : *unpacked)
      if (catalog_.stream(row.stream)) rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(), [](const LogRow& a, const LogRow& b) { return a.position < b.position; });
  std::vector<LogRowView> views;
  for (const LogRow& row : rows) views.push_back({row.position, row.ingested_ms, row.group, row.stream, row.message});
  const std::vector<PackedBlock> packed = pack_rows(views);
  auto done = tables_.in_transaction([&] {
    tables_.remove_blocks(blocks);
    for (const PackedBlock& block : packed) tables_.put(block);
  });
  if (!done) log::error(part, "small blocks could not be merged", {{"error", done.error().message}});
  return done ? blocks.size() : 0;
}

void BlockHousekeeping::again(void (BlockHousekeeping::*work)()) {
  executor_.post_after(breath, [this, work, living = std::weak_ptr(alive_)] {
    if (!living.expired()) (this->*work)();
  });
}

void BlockHousekeeping::run() {
  sweep_on();
  merge_on();
}

void BlockHousekeeping::sweep_on() {
  const bool more_blocks = sweep(swept_blocks_max) == static_cast<std::int64_t>(swept_blocks_max);
  bool more_pages = false;
  auto done = tables_.in_transaction([&] { more_pages = tables_.release_pages(released_pages_max); });
  if (done && (more_blocks || more_pages)) again(&BlockHousekeeping::sweep_on);
}

void BlockHousekeeping::merge_on() {
  if (merge_small_blocks() > 0) again(&BlockHousekeeping::merge_on);
}

}  // namespace tocsin::telemetry
