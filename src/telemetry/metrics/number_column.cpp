#include "telemetry/metrics/number_column.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

namespace tocsin::telemetry {
namespace {

constexpr std::size_t run_size = 64;
constexpr int orders = 3;
constexpr std::size_t decimals_max = 15;
// the first byte of a column of reals: the decimal places; with this beside them, steps away from the decimals; or neither
constexpr std::uint8_t near_decimal = 0x40, not_decimal = 0xff;
// so many steps of a double away a value is near to a decimal
constexpr std::int64_t near_steps = 1 << 16;
// whole numbers below this are rounded to by adding and taking off `round_by`
constexpr double whole_max = 0x1p51, round_by = 0x1.8p52;
constexpr std::array<double, decimals_max + 1> powers{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// differences wrap around, so that any values can be written
std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

struct Run {
  std::int64_t least;
  int bits;
};

Run run_of(const std::int64_t* values, std::size_t count) {
  std::int64_t least = values[0], most = values[0];
  for (std::size_t i = 1; i < count; ++i) {
    least = std::min(least, values[i]);
    most = std::max(most, values[i]);
  }
  return {least, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(minus(most, least))))};
}

std::size_t bytes_of(int bits, std::size_t count) { return (static_cast<std::size_t>(bits) * count + 7) / 8; }

std::size_t packed_size(const Integers& values, std::size_t from) {
  std::size_t size = 0;
  for (std::size_t at = from; at < values.size(); at += run_size) {
    const std::size_t count = std::min(run_size, values.size() - at);
    const Run run = run_of(values.data() + at, count);
    const std::uint64_t zigzag = static_cast<std::uint64_t>(run.least) << 1 ^ static_cast<std::uint64_t>(run.least >> 63);
    size += 1 + static_cast<std::size_t>(std::bit_width(zigzag | 1) + 6) / 7 + bytes_of(run.bits, count);
  }
  return size;
}

void pack(std::string& out, const std::int64_t* values, std::size_t count, Run run) {
  unsigned __int128 waiting = 0;
  int held = 0;
  for (std::size_t i = 0; i < count; ++i) {
    waiting |= static_cast<unsigned __int128>(static_cast<std::uint64_t>(minus(values[i], run.least))) << held;
    for (held += run.bits; held >= 8; held -= 8, waiting >>= 8) out += static_cast<char>(waiting & 0xff);
  }
  if (held > 0) out += static_cast<char>(waiting & 0xff);
}

void unpack(const char* bytes, std::size_t size, std::int64_t* values, std::size_t count, Run run) {
  const std::uint64_t mask = run.bits == 64 ? ~0ULL : (1ULL << run.bits) - 1;
  std::size_t bit = 0;
  for (std::size_t i = 0; i < count; ++i, bit += static_cast<std::size_t>(run.bits)) {
    const std::size_t at = bit / 8, shift = bit % 8;
    std::uint64_t low = 0;
    if (at + 8 <= size)
      std::memcpy(&low, bytes + at, 8);
    else
      std::memcpy(&low, bytes + at, size - at);
    std::uint64_t value = low >> shift;
    if (shift + static_cast<std::size_t>(run.bits) > 64)
      value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at + 8])) << (64 - shift);
    values[i] = plus(run.least, static_cast<std::int64_t>(value & mask));
  }
}

void take_differences(Integers& values, std::size_t from) {
  for (std::size_t i = values.size(); i-- > from;) values[i] = minus(values[i], values[i - 1]);
}

/// Whether the value is exactly `scaled` / `power`.
bool is_decimal(double value, double power, std::int64_t& scaled) {
  const double wide = value * power;
  if (!(std::fabs(wide) < whole_max)) return false;
  const double whole = wide + round_by - round_by;
  scaled = static_cast<std::int64_t>(whole);
  return std::bit_cast<std::uint64_t>(whole / power) == std::bit_cast<std::uint64_t>(value);
}

/// The decimal places with which every value is a whole number exactly; -1 when there are none.
int decimals_of(const Reals& values, Integers& scaled) {
  std::size_t decimals = 0;
  scaled.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (is_decimal(values[i], powers[decimals], scaled[i])) continue;
    // more places, and then from the start with them
    if (++decimals > decimals_max || !(std::fabs(values[i]) * powers[decimals] < whole_max)) return -1;
    for (std::int64_t tried = 0; !is_decimal(values[i], powers[decimals], tried);)
      if (++decimals > decimals_max) return -1;
    i = static_cast<std::size_t>(-1);
  }
  return static_cast<int>(decimals);
}

/// The decimal next to a value and by how many steps of a double the value is beyond it; nullopt when they are many: most sums of decimals
/// are but a few away.
struct Near {
  std::int64_t scaled, steps;
};
std::optional<Near> near_to(double value, double power) {
  const double wide = value * power;
  if (!(std::fabs(wide) < whole_max)) return std::nullopt;
  const double whole = wide + round_by - round_by;
  const std::int64_t steps = minus(std::bit_cast<std::int64_t>(value), std::bit_cast<std::int64_t>(whole / power));
  if (steps > near_steps || steps < -near_steps) return std::nullopt;
  return Near{static_cast<std::int64_t>(whole), steps};
}

/// The decimal places to which most of the values are near, told from a few of them; -1 when there are none.
int near_decimals(const Reals& values) {
  constexpr std::size_t looked_at = 16;
  constexpr int near_decimals_max = 9;
  const std::size_t step = std::max<std::size_t>(values.size() / looked_at, 1);
  for (int decimals = 0; decimals <= near_decimals_max; ++decimals) {
    std::size_t near = 0, all = 0;
    for (std::size_t i = 0; i < values.size(); i += step, ++all)
      near += near_to(values[i], powers[static_cast<std::size_t>(decimals)]).has_value();
    if (near * 8 >= all * 7) return decimals;
  }
  return -1;
}

/// Decimals, the steps that the values are beyond them, and the few values that are near to none as they are.
std::string near_column(const Reals& values, int decimals) {
  Integers scaled, steps;
  std::string others;
  ByteWriter other(others);
  std::uint64_t count = 0;
  std::size_t before = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto near = near_to(values[i], powers[static_cast<std::size_t>(decimals)]);
    // in its place stands what costs nothing
    scaled.push_back(near ? near->scaled : scaled.empty() ? 0 : scaled.back());
    steps.push_back(near ? near->steps : 0);
    if (near) continue;
    other.varint(i - before);
    other.real(values[i], 0);
    before = i;
    ++count;
  }
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(static_cast<std::uint8_t>(near_decimal | decimals));
  write_integers(bytes, scaled);
  write_integers(bytes, steps);
  out.varint(count);
  return bytes + others;
}

bool read_near_column(ByteReader& in, std::size_t count, double power, Reals& values, Integers& scratch) {
  if (!read_integers(in, count, scratch)) return false;
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<double>(scratch[i]) / power;
  if (!read_integers(in, count, scratch)) return false;
  for (std::size_t i = 0; i < count; ++i) values[i] = std::bit_cast<double>(plus(std::bit_cast<std::int64_t>(values[i]), scratch[i]));
  std::size_t place = 0;
  for (std::uint64_t others = in.varint(); others > 0 && !in.failed(); --others) {
    place += in.varint();
    const double value = in.real(0);
    if (place >= count) return in.fail();
    values[place] = value;
  }
  return !in.failed();
}

}  // namespace

void write_integers(std::string& out, const Integers& values) {
  if (values.empty()) return;
  std::array<Integers, orders> differences;
  differences[0] = values;
  std::size_t best = 0, best_size = packed_size(values, 0);
  for (std::size_t order = 1; order < orders && order < values.size(); ++order) {
    differences[order] = differences[order - 1];
    take_differences(differences[order], order);
    const std::size_t size = packed_size(differences[order], order) + 2 * order;
    if (size < best_size) {
      best_size = size;
      best = order;
    }
  }
  ByteWriter bytes(out);
  bytes.byte(static_cast<std::uint8_t>(best));
  for (std::size_t i = 0; i < best; ++i) bytes.zigzag(differences[best][i]);
  for (std::size_t at = best; at < values.size(); at += run_size) {
    const std::size_t count = std::min(run_size, values.size() - at);
    const Run run = run_of(differences[best].data() + at, count);
    bytes.zigzag(run.least);
    bytes.byte(static_cast<std::uint8_t>(run.bits));
    pack(out, differences[best].data() + at, count, run);
  }
}

void write_reals(std::string& out, const Reals& values) {
  if (values.empty()) return;
  ByteWriter bytes(out);
  Integers scaled;
  const int decimals = decimals_of(values, scaled);
  if (decimals >= 0) {
    bytes.byte(static_cast<std::uint8_t>(decimals));
    return write_integers(out, scaled);
  }
  std::string near;
  if (const int places = near_decimals(values); places >= 0) near = near_column(values, places);
  std::string other;
  ByteWriter plain(other);
  plain.byte(not_decimal);
  double before = 0;
  // seven bytes are what a value mostly takes in it
  if (near.empty() || near.size() > values.size() * 4)
    for (const double value : values) {
      plain.real(value, before);
      before = value;
    }
  else
    other.clear();
  out += !near.empty() && (other.empty() || near.size() < other.size()) ? near : other;
}

bool read_integers(ByteReader& in, std::size_t count, Integers& values) {
  values.resize(count);
  if (count == 0) return true;
  const std::size_t order = in.byte();
  if (order >= orders || order >= std::max<std::size_t>(count, 1)) return in.fail();
  for (std::size_t i = 0; i < order; ++i) values[i] = in.zigzag();
  for (std::size_t at = order; at < count; at += run_size) {
    const std::size_t size = std::min(run_size, count - at);
    Run run{in.zigzag(), 0};
    run.bits = in.byte();
    if (in.failed() || run.bits > 64) return in.fail();
    const std::string_view packed = in.bytes(bytes_of(run.bits, size));
    if (in.failed()) return false;
    if (run.bits == 0)
      std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(at), size, run.least);
    else
      unpack(packed.data(), packed.size(), values.data() + at, size, run);
  }
  for (std::size_t pass = order; pass > 0; --pass)
    for (std::size_t i = pass; i < count; ++i) values[i] = plus(values[i], values[i - 1]);
  return !in.failed();
}

bool read_reals(ByteReader& in, std::size_t count, Reals& values, Integers& scratch) {
  values.resize(count);
  if (count == 0) return true;
  const std::uint8_t decimals = in.byte();
  if (decimals == not_decimal) {
    double before = 0;
    for (double& value : values) value = before = in.real(before);
    return !in.failed();
  }
  if ((decimals & near_decimal) && (decimals & ~near_decimal) <= decimals_max)
    return read_near_column(in, count, powers[decimals & ~near_decimal], values, scratch) || in.fail();
  if (decimals > decimals_max || !read_integers(in, count, scratch)) return in.fail();
  const double power = powers[decimals];
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<double>(scratch[i]) / power;
  return true;
}

}  // namespace tocsin::telemetry
