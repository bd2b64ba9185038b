#include "telemetry/logs/columns/block_bytes.h"

#include <xxhash.h>
#include <zstd.h>

#include <cstring>
#include <memory>

namespace tocsin::telemetry {
namespace {

constexpr int compression_level = 1;
constexpr std::size_t inline_bytes_max = 200;
// what a damaged length must not make us reserve
constexpr std::size_t raw_bytes_max = 64u << 20;

using Compressor = std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)>;
using Decompressor = std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)>;

void compress_to(std::string& out, std::string_view raw) {
  // making a context costs more than compressing a column with it
  thread_local const Compressor context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  const std::size_t begin = out.size();
  out.resize(begin + ZSTD_compressBound(raw.size()));
  const std::size_t size =
      ZSTD_compressCCtx(context.get(), out.data() + begin, out.size() - begin, raw.data(), raw.size(), compression_level);
  out.resize(begin + size);
}

bool decompress_to(std::string& out, std::string_view bytes, std::size_t raw_size) {
  thread_local const Decompressor context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  if (raw_size > raw_bytes_max || ZSTD_getFrameContentSize(bytes.data(), bytes.size()) != raw_size) return false;
  out.resize(raw_size);
  return ZSTD_decompressDCtx(context.get(), out.data(), out.size(), bytes.data(), bytes.size()) == raw_size;
}

std::string as_bytes(std::uint64_t number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

std::string checksum(std::string_view bytes) { return as_bytes(XXH3_64bits(bytes.data(), bytes.size())); }

std::unexpected<Error> damage() { return fail(ErrorKind::internal, "The block is damaged."); }

}  // namespace

void BlockBytesWriter::blob(std::string_view raw) {
  ByteWriter out(meta_);
  out.varint(raw.size());
  if (raw.size() <= inline_bytes_max) {
    meta_ += raw;
    return;
  }
  const std::size_t begin = blobs_.size();
  compress_to(blobs_, raw);
  // random bytes do not get smaller, and are read faster as they are
  if (blobs_.size() - begin >= raw.size()) {
    blobs_.resize(begin);
    blobs_ += raw;
  }
  out.varint(blobs_.size() - begin);
}

std::string BlockBytesWriter::finish(char first_byte) const {
  std::string packed;
  compress_to(packed, meta_);
  std::string bytes(1, first_byte);
  ByteWriter out(bytes);
  out.varint(meta_.size());
  out.varint(packed.size());
  bytes += packed;
  bytes += blobs_;
  return bytes + checksum(bytes);
}

Result<BlockBytesReader> BlockBytesReader::open(std::string_view bytes, char first_byte) {
  constexpr std::size_t checksum_bytes = sizeof(std::uint64_t);
  if (bytes.size() < checksum_bytes + 1 || bytes[0] != first_byte) return damage();
  const std::string_view all = bytes.substr(0, bytes.size() - checksum_bytes);
  if (checksum(all) != bytes.substr(all.size())) return damage();
  ByteReader in(all.substr(1));
  const std::size_t raw_size = in.varint(), size = in.varint();
  const std::string_view packed = in.bytes(size);
  BlockBytesReader reader;
  if (in.failed() || !decompress_to(reader.meta_, packed, raw_size)) return damage();
  reader.blobs_ = in.bytes(in.left());
  return reader;
}

PackedBlob BlockBytesReader::blob(ByteReader& in) {
  PackedBlob blob;
  blob.raw_size = in.varint();
  if (blob.raw_size <= inline_bytes_max) {
    blob.bytes = in.bytes(blob.raw_size);
    return blob;
  }
  const std::size_t size = in.varint();
  if (size > blobs_.size() || size > blob.raw_size) {
    in.fail();
    return {};
  }
  blob.packed = size < blob.raw_size;
  blob.bytes = blobs_.substr(0, size);
  blobs_.remove_prefix(size);
  return blob;
}

bool unpack(const PackedBlob& blob, std::string& raw) {
  if (blob.packed) return decompress_to(raw, blob.bytes, blob.raw_size);
  raw.assign(blob.bytes);
  return true;
}

}  // namespace tocsin::telemetry
