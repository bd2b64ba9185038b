// The start: the dictionary, the log beyond the blocks, and what an older release wrote.
#include "base/log.h"
#include "telemetry/metrics/point_record.h"
#include "telemetry/metrics/store_parts.h"

namespace tocsin::telemetry {
namespace {
constexpr std::string_view part = "telemetry/metrics";
}

/// Whether a record is in the blocks already, or in what an older release wrote.
bool ChunkMetricStore::Parts::is_written(const Series& series, std::uint64_t offset) {
  return offset < groups.of(series).applied || (legacy.any() && offset < legacy.applied(series.id));
}

void ChunkMetricStore::Parts::apply_again(Series& series, std::int64_t time_ms, bool high_resolution, const Sample& sample,
                                          std::uint64_t offset) {
  if (!is_written(series, offset)) apply(series, time_ms, high_resolution, 0, &sample, to_seconds(executor.now()));
  ++points;
}

Result<void> ChunkMetricStore::Parts::apply_record(std::string_view bytes, std::uint64_t offset) {
  if (!is_ingest_record(bytes)) return apply_older_record(bytes, offset);
  const auto record = decode_ingest_record(bytes);
  if (!record) return std::unexpected(record.error());
  for (const IngestRecord::Name& each : record->names) {
    if (dictionary.of_id(each.id)) continue;
    Series& series = dictionary.add(std::string(each.key), each.id);
    series.named = true;
    groups.add(series);
  }
  for (const IngestRecord::Point& each : record->points) {
    Series* series = dictionary.of_id(each.id);
    if (!series) return fail(ErrorKind::internal, "The record names a series that is not known.");
    apply_again(*series, each.time_ms, each.high_resolution, each.sample, offset);
  }
  return {};
}

Result<void> ChunkMetricStore::Parts::apply_older_record(std::string_view bytes, std::uint64_t offset) {
  const auto record = decode_record(bytes);
  if (!record) return std::unexpected(record.error());
  for (const MetricPoint& each : record->points)
    apply_again(series_of(series_key(metric_key(record->scope, each.metric), each.unit)), to_ms(each.time), each.high_resolution,
                each.sample, offset);
  return {};
}

void ChunkMetricStore::Parts::read_dictionary() {
  const auto add = [&](std::uint32_t id, std::string key, std::int64_t last_seen_s) -> Series& {
    Series& series = dictionary.add(std::move(key), id);
    series.last_seen_s = last_seen_s;
    series.named = true;
    groups.add(series);
    return series;
  };
  table.each_group([&](BlockTable::Group group) {
    groups.of(group.id).applied = group.applied;
    for (std::size_t i = 0; i < group.keys.size(); ++i)
      add(group.id * group_size + group.keys[i].first, std::move(group.keys[i].second), group.last_seen_s[i]).written_last_seen_s =
          group.last_seen_s[i];
  });
  legacy.each_series([&](std::uint32_t id, std::string key, std::int64_t last_seen_s) {
    if (!dictionary.of_id(id)) add(id, std::move(key), last_seen_s);
  });
}

Result<void> ChunkMetricStore::Parts::read_log() {
  Result<void> flushed;
  auto read = log.read(flushed_below, [&](std::uint64_t offset, std::string_view record) {
    replaying_at = offset + 1;
    if (const auto applied = apply_record(record, offset); !applied)
      log::error(part, "a record of the ingest log is damaged and was left out",
                 {{"offset", std::to_string(offset)}, {"error", applied.error().message}});
    if (buffered_bytes > options.delta_bytes_max) flushed = flush_all();
    return flushed.has_value();
  });
  replaying_at.reset();
  return flushed ? read : flushed;
}

/// What an older release wrote goes into blocks. Before that everything in the log is flushed, so that no record is asked for again.
Result<void> ChunkMetricStore::Parts::take_over_legacy() {
  if (!legacy.any()) return {};
  if (auto flushed = flush_all(); !flushed) return flushed;
  for (auto left = legacy.groups(); !left.empty(); left = legacy.groups())
    for (const GroupId id : left) {
      auto taken = table.in_transaction([&] {
        table.put_group(groups.of(id).row(groups.of(id).applied));
        legacy.take_over(id, table);
      });
      if (!taken) return taken;
      groups.of(id).note_written();
    }
  return {};
}

}  // namespace tocsin::telemetry
