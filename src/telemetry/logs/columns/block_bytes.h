// The bytes of a block of columns: what describes them in one compressed piece (meta), and behind it a compressed piece (blob) for each
// larger column, so that a reader unpacks only the columns that it needs. One checksum over everything.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "telemetry/metrics/byte_codec.h"

namespace tocsin::telemetry {

class BlockBytesWriter {
 public:
  ByteWriter meta() { return ByteWriter(meta_); }
  /// Bytes that a reader may skip: small ones stand in the meta, larger ones are compressed on their own.
  void blob(std::string_view raw);
  /// Everything; `first_byte` tells the format.
  std::string finish(char first_byte) const;

 private:
  std::string meta_, blobs_;
};

/// Bytes of a block that have not been unpacked. Valid as long as the block's bytes.
struct PackedBlob {
  std::string_view bytes;
  std::size_t raw_size = 0;
  bool packed = false;
};

class BlockBytesReader {
 public:
  /// `internal` when the bytes are not what `finish` wrote. `bytes` must outlive it.
  static Result<BlockBytesReader> open(std::string_view bytes, char first_byte);
  /// Views into this object: it must not be copied or moved while one reads.
  std::string_view meta() const { return meta_; }
  /// The next blob in the order of writing; its place is read from `in`, which is at it.
  PackedBlob blob(ByteReader& in);

 private:
  std::string meta_;
  std::string_view blobs_;
};

/// False when it is damaged.
bool unpack(const PackedBlob& blob, std::string& raw);

}  // namespace tocsin::telemetry
