#include "telemetry/metrics/ingest_record.h"

#include <bit>
#include <cstring>

#include "telemetry/metrics/byte_codec.h"
#include "telemetry/metrics/sample_codec.h"

namespace tocsin::telemetry {
namespace {

constexpr std::uint8_t format_version = 2;
// what is as for the point before is not written again; `next_series`: the id is one more
enum Flag : std::uint8_t { next_series = 1, same_time = 2, high_resolution = 4, other_sample = 8 };

void write_names(ByteWriter& out, std::span<const KnownPoint> points) {
  std::vector<const Series*> unnamed;
  for (const KnownPoint& each : points)
    if (!each.series->named && (unnamed.empty() || unnamed.back() != each.series)) unnamed.push_back(each.series);
  out.varint(unnamed.size());
  for (const Series* each : unnamed) {
    out.varint(each->id);
    out.text(each->key);
  }
}

void write_value(std::string& bytes, double value) {
  char raw[8];
  std::memcpy(raw, &value, 8);
  bytes.append(raw, 8);
}

double read_value(ByteReader& in) {
  const std::string_view raw = in.bytes(8);
  double value = 0;
  if (raw.size() == 8) std::memcpy(&value, raw.data(), 8);
  return value;
}

}  // namespace

static_assert(std::endian::native == std::endian::little);

bool is_ingest_record(std::string_view bytes) { return !bytes.empty() && static_cast<std::uint8_t>(bytes.front()) == format_version; }

std::string encode_ingest_record(std::span<const KnownPoint> points) {
  std::string bytes;
  bytes.reserve(64 + points.size() * 11);
  ByteWriter out(bytes);
  out.byte(format_version);
  write_names(out, points);
  out.varint(points.size());
  std::int64_t id = 0, time_ms = 0;
  for (const KnownPoint& each : points) {
    const bool next = each.series->id == id + 1, same = each.time_ms == time_ms;
    out.byte(static_cast<std::uint8_t>((next ? next_series : 0) | (same ? same_time : 0) | (each.high_resolution ? high_resolution : 0) |
                                       (each.sample ? other_sample : 0)));
    if (!next) out.zigzag(std::int64_t{each.series->id} - id);
    if (!same) out.zigzag(each.time_ms - time_ms);
    if (each.sample)
      write_sample(out, *each.sample);
    else
      write_value(bytes, each.value);
    id = each.series->id;
    time_ms = each.time_ms;
  }
  return bytes;
}

Result<IngestRecord> decode_ingest_record(std::string_view bytes) {
  ByteReader in(bytes);
  const auto damaged = [] { return fail(ErrorKind::internal, "The record is damaged."); };
  if (in.byte() != format_version) return fail(ErrorKind::internal, "The record is of another version.");
  IngestRecord record;
  const std::uint64_t names = in.varint();
  for (std::uint64_t i = 0; i < names && !in.failed(); ++i) {
    const std::uint64_t id = in.varint();
    if (id == 0 || id > 0xffffffff) return damaged();
    record.names.push_back({static_cast<std::uint32_t>(id), in.text()});
  }
  const std::uint64_t count = in.varint();
  std::int64_t id = 0;
  std::uint64_t time_ms = 0;
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    const std::uint8_t flags = in.byte();
    id = static_cast<std::int64_t>(static_cast<std::uint64_t>(id) + (flags & next_series ? 1 : static_cast<std::uint64_t>(in.zigzag())));
    if (!(flags & same_time)) time_ms += static_cast<std::uint64_t>(in.zigzag());
    if (id <= 0 || id > 0xffffffff) return damaged();
    Sample sample = flags & other_sample ? read_sample(in) : Sample(read_value(in));
    record.points.push_back(
        {static_cast<std::uint32_t>(id), static_cast<std::int64_t>(time_ms), (flags & high_resolution) != 0, std::move(sample)});
  }
  if (in.failed() || !in.at_end()) return damaged();
  return record;
}

}  // namespace tocsin::telemetry
