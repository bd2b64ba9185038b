#include "telemetry/logs/log_block.h"

#include <zstd.h>

#include <algorithm>
#include <memory>

#include "telemetry/logs/column_block.h"
#include "telemetry/metrics/byte_codec.h"

namespace tocsin::telemetry {
namespace {

constexpr std::uint8_t format_version = 1;
constexpr int compression_level = 1;
// what a damaged length must not make us reserve
constexpr std::uint64_t raw_bytes_max = 64u << 20;

std::string compressed(const std::string& raw) {
  std::string out(ZSTD_compressBound(raw.size()), '\0');
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, compression_level);
  // what a disk changed is told by the frame's checksum, and not read as another text
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  out.resize(ZSTD_compress2(context.get(), out.data(), out.size(), raw.data(), raw.size()));
  return out;
}

Result<std::string> decompressed(std::string_view bytes) {
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > raw_bytes_max)
    return fail(ErrorKind::internal, "The block is damaged.");
  std::string raw(size, '\0');
  const std::size_t got = ZSTD_decompress(raw.data(), raw.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) || got != size) return fail(ErrorKind::internal, "The block is damaged.");
  return raw;
}

std::int64_t moved(std::int64_t value, std::int64_t by) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) + static_cast<std::uint64_t>(by));
}

}  // namespace

std::string encode_row_block(const std::vector<LogRow>& rows) {
  std::string raw;
  ByteWriter out(raw);
  out.byte(format_version);
  out.varint(rows.size());
  std::int64_t time_ms = 0;
  std::uint64_t sequence = 0;
  for (const LogRow& row : rows) {
    out.zigzag(row.position.time_ms - time_ms);
    time_ms = row.position.time_ms;
  }
  for (const LogRow& row : rows) {
    out.zigzag(static_cast<std::int64_t>(row.position.sequence - sequence));
    sequence = row.position.sequence;
  }
  for (const LogRow& row : rows) out.zigzag(row.ingested_ms - row.position.time_ms);
  for (const LogRow& row : rows) out.varint(row.stream);
  for (const LogRow& row : rows) out.text(row.message);
  return compressed(raw);
}

Result<std::vector<LogRowView>> view_row_block(std::string_view bytes, LogGroupId group, std::string& raw) {
  auto unpacked = decompressed(bytes);
  if (!unpacked) return std::unexpected(unpacked.error());
  raw = std::move(*unpacked);
  ByteReader in(raw);
  if (in.byte() != format_version) return fail(ErrorKind::internal, "The block is of another version.");
  const std::uint64_t size = in.varint();
  // a row takes five bytes at least
  if (in.failed() || size > raw.size() / 5) return fail(ErrorKind::internal, "The block is damaged.");
  std::vector<LogRowView> rows(size);
  std::int64_t time_ms = 0, sequence = 0;
  for (LogRowView& row : rows) row.position.time_ms = time_ms = moved(time_ms, in.zigzag());
  for (LogRowView& row : rows) row.position.sequence = static_cast<std::uint64_t>(sequence = moved(sequence, in.zigzag()));
  for (LogRowView& row : rows) row.ingested_ms = moved(row.position.time_ms, in.zigzag());
  for (LogRowView& row : rows) row.stream = static_cast<LogStreamId>(in.varint());
  for (LogRowView& row : rows) {
    row.group = group;
    row.message = in.text();
  }
  if (in.failed() || !in.at_end()) return fail(ErrorKind::internal, "The block is damaged.");
  return rows;
}

namespace {
Result<std::vector<LogRow>> rows_of_columns(std::string_view bytes, LogGroupId group) {
  const auto block = ColumnBlock::open(std::string(bytes), group);
  if (!block) return std::unexpected(block.error());
  std::vector<LogRow> rows;
  rows.reserve((*block)->size());
  for (std::size_t at = 0; at < (*block)->size(); ++at) {
    rows.push_back(to_row((*block)->row(at)));
    (*block)->append_message(rows.back().message, at);
  }
  std::sort(rows.begin(), rows.end(), [](const LogRow& a, const LogRow& b) { return a.position < b.position; });
  return rows;
}
}  // namespace

Result<std::vector<LogRow>> decode_block(std::string_view bytes, LogGroupId group) {
  if (is_column_block(bytes)) return rows_of_columns(bytes, group);
  std::string raw;
  const auto views = view_row_block(bytes, group, raw);
  if (!views) return std::unexpected(views.error());
  std::vector<LogRow> rows;
  rows.reserve(views->size());
  for (const LogRowView& view : *views) rows.push_back(to_row(view));
  return rows;
}

LogRow to_row(const LogRowView& view) { return {view.position, view.ingested_ms, view.group, view.stream, std::string(view.message)}; }

}  // namespace tocsin::telemetry
