#include "wire/remote_write/remote_write.h"

#include <bit>
#include <cstring>

#include "wire/remote_write/snappy.h"

namespace tocsin::wire {
namespace {

/// The fields of one protobuf message, in their order. https://protobuf.dev/programming-guides/encoding/
class Fields {
 public:
  explicit Fields(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool next() {
    if (at_ == end_ || failed_) return false;
    const std::uint64_t tag = varint();
    number_ = tag >> 3;
    text_ = {};
    value_ = 0;
    switch (tag & 7) {
      case 0:
        value_ = varint();
        break;
      case 1:
        value_ = fixed<std::uint64_t>();
        break;
      case 2:
        text_ = take(varint());
        break;
      case 5:
        value_ = fixed<std::uint32_t>();
        break;
      default:
        failed_ = true;
    }
    return !failed_;
  }

  std::uint64_t number() const { return number_; }
  std::uint64_t value() const { return value_; }
  std::string_view text() const { return text_; }
  bool failed() const { return failed_; }

 private:
  std::uint64_t varint() {
    if (at_ != end_ && static_cast<std::uint8_t>(*at_) < 0x80) return static_cast<std::uint8_t>(*at_++);
    std::uint64_t value = 0;
    for (int shift = 0; shift < 70 && at_ != end_; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(*at_++);
      if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    failed_ = true;
    return 0;
  }
  std::string_view take(std::uint64_t size) {
    if (failed_ || size > static_cast<std::uint64_t>(end_ - at_)) {
      failed_ = true;
      return {};
    }
    const std::string_view bytes(at_, size);
    at_ += size;
    return bytes;
  }
  template <typename Integer>
  std::uint64_t fixed() {
    Integer value = 0;
    const std::string_view bytes = take(sizeof value);
    if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

  const char* at_;
  const char* end_;
  std::string_view text_;
  std::uint64_t number_ = 0, value_ = 0;
  bool failed_ = false;
};

static_assert(std::endian::native == std::endian::little);

bool read_label(std::string_view bytes, RemoteWrite& write) {
  RemoteWrite::Label& label = write.labels.emplace_back();
  Fields fields(bytes);
  while (fields.next()) {
    if (fields.number() == 1) label.first = fields.text();
    if (fields.number() == 2) label.second = fields.text();
  }
  return !fields.failed();
}

bool read_sample(std::string_view bytes, RemoteWrite& write) {
  RemoteSample& sample = write.samples.emplace_back();
  Fields fields(bytes);
  while (fields.next()) {
    if (fields.number() == 1) sample.value = std::bit_cast<double>(fields.value());
    if (fields.number() == 2) sample.time_ms = static_cast<std::int64_t>(fields.value());
  }
  return !fields.failed();
}

bool read_series(std::string_view bytes, RemoteWrite& write) {
  RemoteWrite::Series series{static_cast<std::uint32_t>(write.labels.size()), 0, static_cast<std::uint32_t>(write.samples.size()), 0};
  Fields fields(bytes);
  while (fields.next()) {
    if (fields.number() == 1 && !read_label(fields.text(), write)) return false;
    if (fields.number() == 2 && !read_sample(fields.text(), write)) return false;
    if (fields.number() == 4) ++write.histograms;
  }
  series.labels_end = static_cast<std::uint32_t>(write.labels.size());
  series.samples_end = static_cast<std::uint32_t>(write.samples.size());
  write.series.push_back(series);
  return !fields.failed();
}

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}
void append_text(std::string& out, int number, std::string_view text) {
  append_varint(out, static_cast<std::uint64_t>(number) << 3 | 2);
  append_varint(out, text.size());
  out += text;
}

}  // namespace

Result<RemoteWrite> parse_remote_write(std::string_view body, std::size_t bytes_max) {
  auto bytes = snappy_decompress(body, bytes_max);
  if (!bytes) return std::unexpected(bytes.error());
  RemoteWrite write;
  write.bytes = std::make_unique<const std::string>(std::move(*bytes));
  Fields fields(*write.bytes);
  while (fields.next())
    if (fields.number() == 1 && !read_series(fields.text(), write)) return fail(ErrorKind::invalid, "The write request is damaged.");
  if (fields.failed()) return fail(ErrorKind::invalid, "The write request is damaged.");
  return write;
}

std::string encode_write_request(const std::vector<RemoteSeries>& all) {
  std::string out;
  for (const RemoteSeries& series : all) {
    std::string bytes;
    for (const auto& [name, value] : series.labels) {
      std::string label;
      append_text(label, 1, name);
      append_text(label, 2, value);
      append_text(bytes, 1, label);
    }
    for (const RemoteSample& each : series.samples) {
      std::string sample(1, static_cast<char>(1 << 3 | 1));
      const auto bits = std::bit_cast<std::uint64_t>(each.value);
      for (int i = 0; i < 8; ++i) sample += static_cast<char>(bits >> (8 * i));
      sample += static_cast<char>(2 << 3);
      append_varint(sample, static_cast<std::uint64_t>(each.time_ms));
      append_text(bytes, 2, sample);
    }
    append_text(out, 1, bytes);
  }
  return out;
}

}  // namespace tocsin::wire
