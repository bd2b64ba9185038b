#include "wire/aws/cbor_items.h"

#include <cbor.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "base/clock.h"

namespace tocsin::wire {
namespace {

using Kind = CborItem::Kind;
constexpr int depth_max = 100;

CborItem& item(void* context) { return *static_cast<CborItem*>(context); }

void set_unsigned(void* context, std::uint64_t value) {
  item(context).kind = value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()} ? Kind::integer : Kind::huge_integer;
  item(context).integer = static_cast<std::int64_t>(value);
  item(context).real = static_cast<double>(value);
}

/// CBOR's negative n means -1 - n.
void set_negative(void* context, std::uint64_t value) {
  item(context).kind = value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()} ? Kind::integer : Kind::huge_integer;
  item(context).integer = static_cast<std::int64_t>(~value);
  item(context).real = -1.0 - static_cast<double>(value);
}

void set_real(void* context, double value) {
  item(context).kind = Kind::real;
  item(context).real = value;
}

void set_bytes(void* context, Kind kind, cbor_data data, std::size_t size) {
  item(context).kind = kind;
  item(context).bytes = {reinterpret_cast<const char*>(data), size};
}

void set_count(void* context, Kind kind, std::size_t count) {
  item(context).kind = kind;
  item(context).count = count;
}

void set_kind(void* context, Kind kind) { item(context).kind = kind; }

const cbor_callbacks& callbacks() {
  static const cbor_callbacks table = {
      .uint8 = [](void* c, std::uint8_t v) { set_unsigned(c, v); },
      .uint16 = [](void* c, std::uint16_t v) { set_unsigned(c, v); },
      .uint32 = [](void* c, std::uint32_t v) { set_unsigned(c, v); },
      .uint64 = [](void* c, std::uint64_t v) { set_unsigned(c, v); },
      .negint64 = [](void* c, std::uint64_t v) { set_negative(c, v); },
      .negint32 = [](void* c, std::uint32_t v) { set_negative(c, v); },
      .negint16 = [](void* c, std::uint16_t v) { set_negative(c, v); },
      .negint8 = [](void* c, std::uint8_t v) { set_negative(c, v); },
      .byte_string_start = [](void* c) { set_kind(c, Kind::bytes_chunks); },
      .byte_string = [](void* c, cbor_data d, std::size_t n) { set_bytes(c, Kind::bytes, d, n); },
      .string = [](void* c, cbor_data d, std::size_t n) { set_bytes(c, Kind::text, d, n); },
      .string_start = [](void* c) { set_kind(c, Kind::text_chunks); },
      .indef_array_start = [](void* c) { set_kind(c, Kind::array); },
      .array_start = [](void* c, std::size_t n) { set_count(c, Kind::array, n); },
      .indef_map_start = [](void* c) { set_kind(c, Kind::map); },
      .map_start = [](void* c, std::size_t n) { set_count(c, Kind::map, n); },
      .tag =
          [](void* c, std::uint64_t v) {
            set_unsigned(c, v);
            set_kind(c, Kind::tag);
          },
      .float2 = [](void* c, float v) { set_real(c, v); },
      .float4 = [](void* c, float v) { set_real(c, v); },
      .float8 = [](void* c, double v) { set_real(c, v); },
      .undefined = [](void* c) { set_kind(c, Kind::null); },
      .null = [](void* c) { set_kind(c, Kind::null); },
      .boolean =
          [](void* c, bool v) {
            set_kind(c, Kind::boolean);
            item(c).truth = v;
          },
      .indef_break = [](void* c) { set_kind(c, Kind::end); },
  };
  return table;
}

}  // namespace

std::optional<CborItem> CborReader::next() {
  CborItem read;
  const cbor_decoder_result result = cbor_stream_decode(reinterpret_cast<cbor_data>(rest_.data()), rest_.size(), &callbacks(), &read);
  if (rest_.empty() || result.status != CBOR_DECODER_FINISHED) return std::nullopt;
  rest_.remove_prefix(result.read);
  return read;
}

std::optional<std::string> CborReader::join_chunks(CborItem::Kind kind) {
  const Kind chunk = kind == Kind::text_chunks ? Kind::text : Kind::bytes;
  std::string joined;
  for (;;) {
    const std::optional<CborItem> piece = next();
    if (!piece) return std::nullopt;
    if (piece->kind == Kind::end) return joined;
    if (piece->kind != chunk) return std::nullopt;
    joined += piece->bytes;
  }
}

bool CborReader::skip(const CborItem& first, int depth) {
  if (depth > depth_max || first.kind == Kind::end) return false;
  if (first.kind == Kind::text_chunks || first.kind == Kind::bytes_chunks) return join_chunks(first.kind).has_value();
  if (first.kind == Kind::tag) {
    const std::optional<CborItem> inner = next();
    return inner && skip(*inner, depth + 1);
  }
  if (first.kind != Kind::array && first.kind != Kind::map) return true;
  const int parts = first.kind == Kind::map ? 2 : 1;
  for (std::uint64_t i = 0; !first.count || i < *first.count; ++i) {
    for (int part = 0; part < parts; ++part) {
      const std::optional<CborItem> inner = next();
      if (!inner) return false;
      if (inner->kind == Kind::end && !first.count && part == 0) return true;
      if (!skip(*inner, depth + 1)) return false;
    }
  }
  return true;
}

namespace {
template <typename Encode, typename... Value>
void put(std::string& out, Encode encode, Value... value) {
  unsigned char buffer[16];
  out.append(reinterpret_cast<const char*>(buffer), encode(value..., buffer, sizeof buffer));
}
}  // namespace

void CborWriter::integer(std::int64_t value) {
  if (value >= 0)
    put(out_, cbor_encode_uint, static_cast<std::uint64_t>(value));
  else
    put(out_, cbor_encode_negint, ~static_cast<std::uint64_t>(value));
}
void CborWriter::real(double value) { put(out_, cbor_encode_double, value); }
void CborWriter::truth(bool value) { put(out_, cbor_encode_bool, value); }
void CborWriter::null() { put(out_, cbor_encode_null); }
void CborWriter::text(std::string_view value) {
  put(out_, cbor_encode_string_start, value.size());
  out_ += value;
}
void CborWriter::bytes(std::string_view value) {
  put(out_, cbor_encode_bytestring_start, value.size());
  out_ += value;
}
namespace {
constexpr unsigned char tag_one = 0xc1, head_uint32 = 0x1a, head_double = 0xfb;
constexpr std::uint64_t tag_epoch_seconds = 1;
constexpr std::int64_t ns_per_second = 1'000'000'000;

/// Appends a head byte and a number's bytes, the highest first.
template <typename Number>
void put_big_endian(std::string& out, unsigned char head, Number number) {
  char bytes[1 + sizeof number];
  bytes[0] = static_cast<char>(head);
  for (std::size_t i = 0; i < sizeof number; ++i) bytes[1 + i] = static_cast<char>(number >> (8 * (sizeof number - 1 - i)));
  out.append(bytes, sizeof bytes);
}

/// Doubles the room when it does not do: what comes next often is as long.
void make_room(std::string& out, std::size_t more) {
  if (out.capacity() - out.size() < more) out.reserve(std::max(out.capacity() * 2, out.size() + more));
}
}  // namespace

void CborWriter::moment(std::int64_t ns) {
  const std::int64_t seconds = ns / ns_per_second;
  if (ns % ns_per_second == 0 && seconds > 0xffff && seconds <= 0xffffffff) {
    out_ += static_cast<char>(tag_one);
    return put_big_endian(out_, head_uint32, static_cast<std::uint32_t>(seconds));
  }
  const std::int64_t ms = to_ms(instant_from_ns(ns));
  tag(tag_epoch_seconds);
  if (ms % 1000 == 0)
    integer(ms / 1000);
  else
    real(static_cast<double>(ms) / 1000);
}

void CborWriter::moments(const PackedNumbers& numbers) {
  array(numbers.size());
  make_room(out_, numbers.size() * 6);
  for (std::size_t i = 0; i < numbers.size(); ++i) moment(numbers.integer(i));
}

void CborWriter::reals(const PackedNumbers& numbers) {
  array(numbers.size());
  make_room(out_, numbers.size() * 9);
  for (std::size_t i = 0; i < numbers.size(); ++i) put_big_endian(out_, head_double, std::bit_cast<std::uint64_t>(numbers.real(i)));
}

void CborWriter::tag(std::uint64_t number) { put(out_, cbor_encode_tag, number); }
void CborWriter::array(std::size_t count) { put(out_, cbor_encode_array_start, count); }
void CborWriter::map(std::size_t pairs) { put(out_, cbor_encode_map_start, pairs); }

}  // namespace tocsin::wire
