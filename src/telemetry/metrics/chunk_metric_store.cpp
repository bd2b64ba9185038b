#include "telemetry/metrics/chunk_metric_store.h"

#include <algorithm>
#include <optional>

#include "base/log.h"
#include "telemetry/metrics/chunk_table.h"
#include "telemetry/metrics/point_record.h"
#include "telemetry/metrics/retention.h"
#include "telemetry/metrics/series_dictionary.h"

namespace tocsin::telemetry {
namespace {
constexpr std::string_view part = "telemetry/metrics";
// a bucket of a delta with its share of the vectors around it
constexpr std::size_t bucket_bytes = sizeof(Chunk::Bucket) + 24;
// so much older than the truth may "last seen" be on disk
constexpr std::int64_t last_seen_step_s = 1800;
}  // namespace

struct ChunkMetricStore::Parts {
  Executor& executor;
  storage::IngestLog& log;
  MetricStoreOptions options;
  ChunkTable table;
  SeriesDictionary dictionary;
  std::vector<Series*> waiting;  ///< have deltas
  std::vector<Series*> writing;  ///< have deltas, and are next to be written
  std::size_t delta_bytes = 0;
  std::uint64_t points = 0;
  bool replaying = false;
  std::optional<std::uint64_t> replaying_at;  ///< the record of the log that comes next, while it is read at the start
  bool flushing = false;
  bool started = false;
  bool sync_planned = false;
  std::uint64_t flushed_below = 0;
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);

  Parts(Executor& executor, storage::Database& telemetry, storage::IngestLog& log, MetricStoreOptions options)
      : executor(executor), log(log), options(options), table(telemetry) {}

  // --- points in

  Delta& new_delta(Series& series, std::uint8_t tier, std::int64_t slot_s, std::uint64_t offset) {
    std::int64_t on_disk = -1;
    if (replaying && series.written_last_seen_s != 0) {
      const auto applied = table.applied_offset(series.id, tier, slot_s);
      if (applied) on_disk = static_cast<std::int64_t>(*applied);
    }
    series.deltas.push_back({tier, slot_s, offset, on_disk, {}});
    if (!series.waiting) {
      series.waiting = true;
      waiting.push_back(&series);
    }
    return series.deltas.back();
  }

  /// nullptr when the chunk on disk holds the record already.
  Delta* delta_of(Series& series, std::uint8_t tier, std::int64_t slot_s, std::uint64_t offset) {
    const auto found = std::find_if(series.deltas.begin(), series.deltas.end(),
                                    [&](const Delta& each) { return each.tier == tier && each.slot_s == slot_s; });
    Delta& delta = found == series.deltas.end() ? new_delta(series, tier, slot_s, offset) : *found;
    if (static_cast<std::int64_t>(offset) <= delta.offset_on_disk) {
      delta.last_offset = static_cast<std::uint64_t>(delta.offset_on_disk);
      return nullptr;
    }
    delta.last_offset = offset;
    return &delta;
  }

  void add_to(Series& series, std::uint8_t tier, std::int64_t time_s, std::uint64_t offset, const Sample& sample) {
    const std::int64_t slot_s = floor_to(time_s, tiers[tier].slot_s);
    Delta* delta = delta_of(series, tier, slot_s, offset);
    if (!delta) return;
    const double* value = std::get_if<double>(&sample);
    if (!value) return add_to_chunk(*delta, time_s, sample);
    const std::size_t before = delta->singles.capacity();
    delta->singles.push_back({static_cast<std::uint32_t>(time_s - slot_s), *value});
    delta_bytes += (delta->singles.capacity() - before) * sizeof(SingleValue);
  }

  /// Makes periods of the single values: before they are read or written.
  void fold(Delta& delta) {
    for (const SingleValue& each : delta.singles) add_to_chunk(delta, delta.slot_s + each.offset_s, each.value);
    delta_bytes -= std::min(delta_bytes, delta.singles.capacity() * sizeof(SingleValue));
    delta.singles = {};
  }

  void add_to_chunk(Delta& delta, std::int64_t time_s, const Sample& sample) {
    const std::size_t before = delta.chunk.buckets().size();
    Aggregate& aggregate = delta.chunk.at(floor_to(time_s, tiers[delta.tier].resolution_s));
    const std::size_t values_before = aggregate.distribution.values().capacity();
    aggregate.add(sample);
    delta_bytes += (delta.chunk.buckets().size() - before) * bucket_bytes;
    delta_bytes += (aggregate.distribution.values().capacity() - values_before) * sizeof(WeightedValue);
  }

  void apply_point(const Scope& scope, const MetricPoint& point, std::uint64_t offset, std::int64_t now_s, Series*& last,
                   const MetricPoint*& last_point) {
    if (!last_point || last_point->unit != point.unit || last_point->metric != point.metric) {
      std::string key = series_key(metric_key(scope, point.metric), point.unit);
      last = dictionary.find(key);
      if (!last) last = &dictionary.add(std::move(key));
      last_point = &point;
    }
    const std::int64_t time_s = to_seconds(point.time);
    last->last_seen_s = std::max(last->last_seen_s, time_s);
    add_to(*last, 1, time_s, offset, point.sample);
    if (point.high_resolution && time_s >= now_s - tiers[0].kept_s) add_to(*last, 0, time_s, offset, point.sample);
  }

  void apply(const Scope& scope, const std::vector<MetricPoint>& batch, std::uint64_t offset) {
    const std::int64_t now_s = to_seconds(executor.now());
    Series* series = nullptr;
    const MetricPoint* point_before = nullptr;
    for (const MetricPoint& point : batch) apply_point(scope, point, offset, now_s, series, point_before);
    points += batch.size();
  }

  // --- deltas to chunks

  void write_series(Series& series) {
    if (last_seen_is_stale(series)) table.put_series(series.id, series.key, series.last_seen_s);
    for (Delta& delta : series.deltas) {
      fold(delta);
      Chunk chunk = table.read(series.id, delta.tier, delta.slot_s).value_or(Chunk{});
      chunk.merge(delta.chunk);
      table.write(series.id, delta.tier, delta.slot_s, chunk, delta.last_offset);
    }
  }

  bool last_seen_is_stale(const Series& series) const {
    return series.written_last_seen_s == 0 || series.last_seen_s - series.written_last_seen_s > last_seen_step_s;
  }

  void drop_deltas(Series& series) {
    for (const Delta& delta : series.deltas)
      for (const Chunk::Bucket& bucket : delta.chunk.buckets()) {
        const std::size_t bytes = bucket_bytes + bucket.aggregate.distribution.values().capacity() * sizeof(WeightedValue);
        delta_bytes -= std::min(delta_bytes, bytes);
      }
    series.deltas = {};
    series.waiting = false;
  }

  /// Writes a few of `writing` in one transaction and takes them off.
  Result<void> flush_slice() {
    const std::size_t first = writing.size() - std::min(options.flush_series, writing.size());
    // chunks must not be ahead of the log: a power cut would make offsets come twice
    if (auto synced = log.sync(); !synced) return synced;
    auto written = table.in_transaction([&] {
      for (std::size_t i = first; i < writing.size(); ++i) write_series(*writing[i]);
    });
    if (!written) return written;
    for (std::size_t i = first; i < writing.size(); ++i) {
      Series& series = *writing[i];
      if (last_seen_is_stale(series)) series.written_last_seen_s = std::max<std::int64_t>(series.last_seen_s, 1);
      drop_deltas(series);
    }
    writing.resize(first);
    return {};
  }

  /// Everything that came in before now; the offset below which nothing waits when `writing` is empty.
  std::uint64_t gather() {
    writing.insert(writing.end(), waiting.begin(), waiting.end());
    waiting.clear();
    return replaying_at.value_or(log.next_offset());
  }

  Result<void> finish_flush(std::uint64_t below) {
    if (below == flushed_below) return {};
    auto kept = table.in_transaction([&] { table.keep_flushed_below(below); });
    if (!kept) return kept;
    flushed_below = below;
    if (!replaying_at) log.trim(below);
    return {};
  }

  Result<void> flush_all() {
    const std::uint64_t below = gather();
    while (!writing.empty())
      if (auto written = flush_slice(); !written) return written;
    return finish_flush(below);
  }

  // --- by itself

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

  void begin_flush() {
    if (flushing) return;
    flushing = true;
    post_slice(gather());
  }

  void post_slice(std::uint64_t below) {
    executor.post([this, below, living = std::weak_ptr(alive)] {
      if (living.expired()) return;
      const bool last = writing.empty();
      const Result<void> done = last ? finish_flush(below) : flush_slice();
      if (!done) log::error(part, "chunks could not be written", {{"error", done.error().message}});
      if (done && !last) return post_slice(below);
      flushing = false;
    });
  }

  std::vector<Chunk::Bucket> buckets_of(Series& series, std::uint8_t tier, std::int64_t from_s, std::int64_t to_s) {
    std::vector<Chunk::Bucket> buckets;
    const auto take = [&](const Chunk& chunk) {
      for (const Chunk::Bucket& each : chunk.buckets())
        if (each.time_s >= from_s && each.time_s < to_s) buckets.push_back(each);
    };
    const std::int64_t first_slot = floor_to(from_s, tiers[tier].slot_s);
    if (series.written_last_seen_s != 0) table.read_span(series.id, tier, first_slot, to_s, take);
    for (Delta& delta : series.deltas) {
      if (delta.tier != tier || delta.slot_s < first_slot || delta.slot_s >= to_s) continue;
      fold(delta);
      take(delta.chunk);
    }
    return buckets;
  }
};

ChunkMetricStore::ChunkMetricStore(Executor& executor, storage::Database& telemetry, storage::IngestLog& log, MetricStoreOptions options)
    : parts_(std::make_unique<Parts>(executor, telemetry, log, options)) {}
ChunkMetricStore::~ChunkMetricStore() = default;

Result<void> ChunkMetricStore::open() {
  Parts& p = *parts_;
  if (auto done = p.table.migrate(); !done) return done;
  p.table.each_series([&](std::uint32_t id, std::string key, std::int64_t last_seen_s) {
    Series& series = p.dictionary.add(std::move(key), id);
    series.last_seen_s = series.written_last_seen_s = last_seen_s;
  });
  p.flushed_below = p.table.flushed_below();
  if (p.log.next_offset() < p.flushed_below)
    return fail(ErrorKind::conflict, "The ingest log of metrics is older than the chunks: it does not belong to this data directory.");
  p.replaying = true;
  Result<void> damaged;
  auto read = p.log.read(p.flushed_below, [&](std::uint64_t offset, std::string_view record) {
    p.replaying_at = offset + 1;
    auto batch = decode_record(record);
    if (batch)
      p.apply(batch->scope, batch->points, offset);
    else
      log::error(part, "a record of the ingest log is damaged and was left out", {{"offset", std::to_string(offset)}});
    if (p.delta_bytes > p.options.delta_bytes_max) damaged = p.flush_all();
    return damaged.has_value();
  });
  p.replaying = false;
  p.replaying_at.reset();
  return damaged ? read : damaged;
}

void ChunkMetricStore::start() {
  Parts& p = *parts_;
  if (p.started) return;
  p.started = true;
  p.sync_soon();
  p.every(p.options.flush_every, [&p] { p.begin_flush(); });
  // old chunks are moved a few at a time, so that nobody waits for it
  p.every(std::chrono::minutes(1), [this] { roll_up(200); });
}

Result<void> ChunkMetricStore::flush() { return parts_->flush_all(); }

std::size_t ChunkMetricStore::roll_up(std::size_t chunks_max) {
  Parts& p = *parts_;
  const std::int64_t now_s = to_seconds(p.executor.now());
  std::size_t done = 0;
  auto result = p.table.in_transaction([&] { done = p.table.roll_up(now_s, chunks_max); });
  if (!result) {
    log::error(part, "old chunks could not be rolled up", {{"error", result.error().message}});
    return 0;
  }
  return done;
}

Result<void> ChunkMetricStore::put(const Scope& scope, const std::vector<MetricPoint>& points) {
  Parts& p = *parts_;
  if (points.empty()) return {};
  if (p.delta_bytes > p.options.delta_bytes_max) {
    if (p.started) p.begin_flush();
    return fail(ErrorKind::unavailable, "Too many points wait to be written.");
  }
  const auto offset = p.log.append(encode_record(scope, points));
  if (!offset) return std::unexpected(offset.error());
  p.apply(scope, points, *offset);
  p.sync_soon();
  if (p.started && p.delta_bytes > p.options.delta_bytes_flush) p.begin_flush();
  return {};
}

std::vector<PeriodAggregate> ChunkMetricStore::read(const ReadRequest& request) {
  Parts& p = *parts_;
  std::vector<PeriodAggregate> periods;
  const std::int64_t now_s = to_seconds(p.executor.now());
  const std::int64_t anchor_s = to_seconds(request.start), to_s = to_seconds(request.end);
  const std::int64_t from_s = std::max(anchor_s, now_s - readable_back_s(request.period_s));
  if (from_s >= to_s) return periods;
  Chunk answer;
  for (Series* series : p.dictionary.units_of(metric_key(request.scope, request.metric))) {
    if (request.unit && series->unit() != *request.unit) continue;
    for (std::uint8_t tier = 0; tier < tiers.size(); ++tier) {
      const bool fits = request.period_s < 60 ? tier == 0 : tier > 0 && request.period_s % tiers[tier].resolution_s == 0;
      if (!fits) continue;
      for (const Chunk::Bucket& bucket : p.buckets_of(*series, tier, from_s, to_s))
        answer.at(anchor_s + floor_to(bucket.time_s - anchor_s, request.period_s)).merge(bucket.aggregate);
    }
  }
  for (const Chunk::Bucket& bucket : answer.buckets())
    periods.push_back({instant_from_ns(bucket.time_s * 1'000'000'000), bucket.aggregate});
  return periods;
}

std::vector<std::string> ChunkMetricStore::units(const Scope& scope, const MetricId& metric) {
  std::vector<std::string> units;
  for (const Series* series : parts_->dictionary.units_of(metric_key(scope, metric))) units.emplace_back(series->unit());
  return units;
}

namespace {
bool matches(const ListRequest& request, const MetricId& metric) {
  if (request.metric_namespace && metric.metric_namespace != *request.metric_namespace) return false;
  if (request.name && metric.name != *request.name) return false;
  return std::all_of(request.dimensions.begin(), request.dimensions.end(), [&](const DimensionFilter& filter) {
    return std::any_of(metric.dimensions.begin(), metric.dimensions.end(),
                       [&](const auto& each) { return each.first == filter.name && (!filter.value || each.second == *filter.value); });
  });
}
}  // namespace

MetricPage ChunkMetricStore::list(const ListRequest& request) {
  MetricPage page;
  const std::string prefix = metric_key_prefix(request.scope, request.metric_namespace);
  const std::string from = request.after_key.empty() ? prefix : series_key(request.after_key, "\xff");
  const std::int64_t seen_after_s = to_seconds(request.seen_after);
  std::string last;
  parts_->dictionary.walk(from, [&](const Series& series) {
    const std::string_view key = series.metric_key();
    if (!key.starts_with(prefix)) return false;
    if (key == last || series.last_seen_s < seen_after_s) return true;
    MetricId metric = metric_of_key(key);
    if (!matches(request, metric)) return true;
    if (page.metrics.size() == request.count_max) {
      page.next_key = last;
      return false;
    }
    last = key;
    page.metrics.push_back(std::move(metric));
    return true;
  });
  return page;
}

ChunkMetricStore::Figures ChunkMetricStore::figures() const { return {parts_->dictionary.size(), parts_->delta_bytes, parts_->points}; }

}  // namespace tocsin::telemetry
