#include "telemetry/logs/log_batch.h"

#include "telemetry/metrics/byte_codec.h"

namespace tocsin::telemetry {
namespace {
constexpr std::uint8_t format_version = 1;
}

std::string encode_batch(const LogBatch& batch) {
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(format_version);
  out.varint(batch.group);
  out.varint(batch.stream);
  out.zigzag(batch.ingested_ms);
  out.varint(batch.events.size());
  std::int64_t before_ms = batch.ingested_ms;
  for (const LogEvent& event : batch.events) {
    out.zigzag(event.time_ms - before_ms);
    before_ms = event.time_ms;
    out.text(event.message);
  }
  return bytes;
}

Result<LogBatch> decode_batch(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.byte() != format_version) return fail(ErrorKind::internal, "The record is of another version.");
  LogBatch batch;
  batch.group = static_cast<LogGroupId>(in.varint());
  batch.stream = static_cast<LogStreamId>(in.varint());
  batch.ingested_ms = in.zigzag();
  const std::uint64_t size = in.varint();
  auto time_ms = static_cast<std::uint64_t>(batch.ingested_ms);
  for (std::uint64_t i = 0; i < size && !in.failed(); ++i) {
    time_ms += static_cast<std::uint64_t>(in.zigzag());
    batch.events.push_back({static_cast<std::int64_t>(time_ms), std::string(in.text())});
  }
  if (in.failed() || !in.at_end() || size > batch_events_max) return fail(ErrorKind::internal, "The record is damaged.");
  return batch;
}

}  // namespace tocsin::telemetry
