#include "telemetry/metrics/chunk_metric_store.h"

#include <algorithm>

#include "base/log.h"
#include "telemetry/metrics/metric_listing.h"
#include "telemetry/metrics/period_sinks.h"
#include "telemetry/metrics/statistic.h"
#include "telemetry/metrics/store_parts.h"

namespace tocsin::telemetry {

// --- points in

Series& ChunkMetricStore::Parts::series_of(std::string_view key) {
  if (Series* known = dictionary.find(key)) return *known;
  Series& added = dictionary.add(std::string(key));
  groups.add(added);
  return added;
}

void ChunkMetricStore::Parts::apply(Series& series, std::int64_t time_ms, bool high_resolution, double value, const Sample* sample,
                                    std::int64_t now_s) {
  LiveGroup& group = groups.of(series);
  const std::int64_t time_s = floor_to(time_ms, 1000) / 1000;
  const bool by_second = high_resolution && time_s >= now_s - tiers[0].kept_s;
  const std::size_t before = group.buffer.bytes();
  if (sample)
    group.buffer.add(member_of(series.id), time_s, by_second, *sample);
  else
    group.buffer.add(member_of(series.id), time_s, by_second, value);
  buffered_bytes += group.buffer.bytes() - before;
  series.last_seen_s = std::max(series.last_seen_s, time_s);
  if (series.written_last_seen_s == never_seen_s) group.names_stale = true;
  if (group.waiting) return;
  group.waiting = true;
  waiting.push_back(&group);
}

Result<void> ChunkMetricStore::Parts::check_room() {
  if (buffered_bytes <= options.delta_bytes_max) return {};
  if (started) begin_flush();
  return fail(ErrorKind::unavailable, "Too many points wait to be written.");
}

/// Writes the batch to the log and takes it up.
Result<void> ChunkMetricStore::Parts::accept() {
  const auto offset = log.append(encode_ingest_record(batch));
  if (!offset) return std::unexpected(offset.error());
  const std::int64_t now_s = to_seconds(executor.now());
  for (const KnownPoint& each : batch) {
    each.series->named = true;
    apply(*each.series, each.time_ms, each.high_resolution, each.value, each.sample, now_s);
  }
  points += batch.size();
  sync_soon();
  if (started && buffered_bytes > options.delta_bytes_flush) begin_flush();
  return {};
}

// --- periods out

/// Reads the periods of a request, in whatever order they lie.
struct ChunkMetricStore::PeriodReader {
  /// Gives the sink what a tier has of a series within [from, to).
  template <typename Sink>
  static void visit_tier(Parts& p, Series& series, std::uint8_t tier, std::int64_t from_s, std::int64_t to_s, Sink& sink) {
    LiveGroup& group = p.groups.of(series);
    const Member member = member_of(series.id);
    const std::int64_t first_slot_s = floor_to(from_s, tiers[tier].slot_s);
    if (series.written_last_seen_s != never_seen_s)
      for (const std::int64_t slot_s : p.table.slots(group.id, tier, first_slot_s, to_s)) {
        const BlockKey key{group.id, tier, slot_s};
        const auto block = p.table.block(key);
        const std::string_view bytes = block ? find_in_block(*block, member) : std::string_view();
        if (bytes.empty()) continue;
        if (!p.decoded.decode(bytes, key.times(), p.scratch))
          log::error("telemetry/metrics", "what a block has of a series is damaged and was left out",
                     {{"series", std::to_string(series.id)}});
        for (std::size_t i = 0; i < p.decoded.size(); ++i) {
          const std::int64_t time_s = p.decoded.time_s(i);
          if (time_s < from_s || time_s >= to_s) continue;
          if (p.decoded.plain())
            sink(time_s, p.decoded.value(i));
          else
            sink(time_s, p.decoded.aggregate(i));
        }
      }
    // what waits is of the two finest tiers
    if (tier <= 1) group.buffer.visit(member, tier, from_s, to_s, sink);
  }

  template <typename Sink>
  static void visit(Parts& p, const ReadRequest& request, Sink& sink) {
    const std::int64_t now_s = to_seconds(p.executor.now()), to_s = to_seconds(request.end);
    const std::int64_t from_s = std::max(to_seconds(request.start), now_s - readable_back_s(request.period_s));
    if (from_s >= to_s) return;
    for (Series* series : p.dictionary.units_of(metric_key(request.scope, request.metric))) {
      if (request.unit && series->unit() != *request.unit) continue;
      // the coarser first: they hold what is older
      for (std::uint8_t tier = tiers.size(); tier-- > 0;) {
        const bool fits = request.period_s < 60 ? tier == 0 : tier > 0 && request.period_s % tiers[tier].resolution_s == 0;
        if (fits) visit_tier(p, *series, tier, from_s, to_s, sink);
      }
    }
  }
};

ChunkMetricStore::ChunkMetricStore(Executor& executor, storage::Database& telemetry, storage::IngestLog& log, MetricStoreOptions options)
    : parts_(std::make_unique<Parts>(executor, telemetry, log, options)) {}
ChunkMetricStore::~ChunkMetricStore() = default;

Result<void> ChunkMetricStore::open() {
  Parts& p = *parts_;
  if (auto done = p.table.migrate(); !done) return done;
  p.read_dictionary();
  p.flushed_below = p.table.flushed_below();
  if (p.log.next_offset() < p.flushed_below)
    return fail(ErrorKind::conflict, "The ingest log of metrics is older than the blocks: it does not belong to this data directory.");
  if (auto read = p.read_log(); !read) return read;
  return p.take_over_legacy();
}

void ChunkMetricStore::start() { parts_->start(); }

Result<void> ChunkMetricStore::flush() { return parts_->flush_all(); }

std::size_t ChunkMetricStore::roll_up(std::size_t cost_max) { return parts_->roll_up(cost_max); }

Result<void> ChunkMetricStore::put(const Scope& scope, const std::vector<MetricPoint>& points) {
  Parts& p = *parts_;
  if (points.empty()) return {};
  if (auto room = p.check_room(); !room) return room;
  p.batch.clear();
  const MetricPoint* before = nullptr;
  for (const MetricPoint& each : points) {
    const bool same = before && before->unit == each.unit && before->metric == each.metric;
    Series* series = same ? p.batch.back().series : &p.series_of(series_key(metric_key(scope, each.metric), each.unit));
    const double* value = std::get_if<double>(&each.sample);
    p.batch.push_back({series, to_ms(each.time), each.high_resolution, value ? *value : 0, value ? nullptr : &each.sample});
    before = &each;
  }
  return p.accept();
}

Result<void> ChunkMetricStore::put_values(const Scope& scope, std::span<const KeyedValue> values) {
  Parts& p = *parts_;
  if (values.empty()) return {};
  if (auto room = p.check_room(); !room) return room;
  p.batch.clear();
  const std::string prefix = metric_key_prefix(scope);
  Series* before = nullptr;
  for (const KeyedValue& each : values) {
    // senders name their series in the same order each time
    Series* series = before ? before->follower : nullptr;
    const bool guessed = series && series->key.size() == prefix.size() + each.key.size() &&
                         std::string_view(series->key).ends_with(each.key) && series->key.starts_with(prefix);
    if (!guessed) series = &p.series_of(p.key.assign(prefix).append(each.key));
    if (before) before->follower = series;
    before = series;
    p.batch.push_back({series, each.time_ms, true, each.value, nullptr});
  }
  return p.accept();
}

std::vector<PeriodAggregate> ChunkMetricStore::read(const ReadRequest& request) {
  AggregateSink sink({to_seconds(request.start), request.period_s});
  PeriodReader::visit(*parts_, request, sink);
  std::vector<PeriodAggregate> periods;
  periods.reserve(sink.run().size());
  for (std::size_t i = 0; i < sink.run().size(); ++i)
    periods.push_back({instant_from_ns(sink.run().time_s(i) * 1'000'000'000), sink.run().aggregate(i)});
  return periods;
}

std::vector<TimeValue> ChunkMetricStore::read_values(const ReadRequest& request, const Statistic& statistic) {
  if (!is_basic(statistic)) return MetricStore::read_values(request, statistic);
  BasicSink sink({to_seconds(request.start), request.period_s}, parts_->basic_periods);
  PeriodReader::visit(*parts_, request, sink);
  std::vector<TimeValue> values;
  values.reserve(sink.periods().size());
  for (const BasicSink::Period& each : sink.periods()) {
    const double value = basic_figure(statistic.kind, each.count, each.sum, each.minimum, each.maximum);
    values.push_back({instant_from_ns(each.start_s * 1'000'000'000), value});
  }
  return values;
}

std::vector<std::string> ChunkMetricStore::units(const Scope& scope, const MetricId& metric) {
  std::vector<std::string> units;
  for (const Series* series : parts_->dictionary.units_of(metric_key(scope, metric)))
    if (series->last_seen_s != never_seen_s) units.emplace_back(series->unit());
  return units;
}

MetricPage ChunkMetricStore::list(const ListRequest& request) { return list_metrics(parts_->dictionary, request); }

ChunkMetricStore::Figures ChunkMetricStore::figures() const { return {parts_->dictionary.size(), parts_->buffered_bytes, parts_->points}; }

}  // namespace tocsin::telemetry
