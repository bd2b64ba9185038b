// CBOR (RFC 8949) item by item over libcbor's streaming decoder, so that nothing is allocated on the word of a stranger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/packed_numbers.h"

namespace tocsin::wire {

struct CborItem {
  enum class Kind { integer, huge_integer, real, text, bytes, text_chunks, bytes_chunks, array, map, tag, boolean, null, end };
  Kind kind = Kind::null;
  std::int64_t integer = 0;            ///< integer; the tag's number
  double real = 0;                     ///< real
  bool truth = false;                  ///< boolean
  std::string_view bytes;              ///< text, bytes: within the input
  std::optional<std::uint64_t> count;  ///< array, map: elements, pairs; nullopt: until `end`
};

/// Reads the input from its start, item after item. nullopt at its end or at bytes that are no CBOR.
class CborReader {
 public:
  explicit CborReader(std::string_view input) : rest_(input) {}
  std::optional<CborItem> next();
  bool at_end() const { return rest_.empty(); }
  /// The rest of a string that came in chunks.
  std::optional<std::string> join_chunks(CborItem::Kind kind);
  /// Passes over the item that `first` began, whatever is in it. False on broken input.
  bool skip(const CborItem& first, int depth = 0);

 private:
  std::string_view rest_;
};

/// Appends items to `out`.
class CborWriter {
 public:
  explicit CborWriter(std::string& out) : out_(out) {}
  void integer(std::int64_t value);
  void real(double value);
  void truth(bool value);
  void null();
  void text(std::string_view value);
  void bytes(std::string_view value);
  void tag(std::uint64_t number);
  void array(std::size_t count);
  void map(std::size_t pairs);
  /// An array of numbers, all of them at once.
  void reals(const PackedNumbers& numbers);
  /// The same of moments (ns): tag 1 each, whole seconds where they are whole.
  void moments(const PackedNumbers& numbers);
  void moment(std::int64_t ns);

 private:
  std::string& out_;
};

}  // namespace tocsin::wire
