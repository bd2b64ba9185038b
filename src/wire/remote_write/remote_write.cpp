#include "wire/remote_write/remote_write.h"

#include <bit>

#include "wire/remote_write/snappy.h"

namespace tocsin::wire {
namespace {

/// The fields of one protobuf message, in their order. https://protobuf.dev/programming-guides/encoding/
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  bool next() {
    if (rest_.empty() || failed_) return false;
    const std::uint64_t tag = varint();
    number_ = tag >> 3;
    text_ = {};
    value_ = 0;
    switch (tag & 7) {
      case 0:
        value_ = varint();
        break;
      case 1:
        value_ = fixed(8);
        break;
      case 2:
        text_ = take(varint());
        break;
      case 5:
        value_ = fixed(4);
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
    std::uint64_t value = 0;
    for (int shift = 0; shift < 70 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    failed_ = true;
    return 0;
  }
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  std::uint64_t fixed(std::size_t size) {
    std::uint64_t value = 0;
    const std::string_view bytes = take(size);
    for (std::size_t i = 0; i < bytes.size(); ++i) value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
    return value;
  }

  std::string_view rest_, text_;
  std::uint64_t number_ = 0, value_ = 0;
  bool failed_ = false;
};

bool read_label(std::string_view bytes, RemoteSeries& series) {
  auto& [name, value] = series.labels.emplace_back();
  Fields fields(bytes);
  while (fields.next()) {
    if (fields.number() == 1) name = fields.text();
    if (fields.number() == 2) value = fields.text();
  }
  return !fields.failed();
}

bool read_sample(std::string_view bytes, RemoteSeries& series) {
  RemoteSample& sample = series.samples.emplace_back();
  Fields fields(bytes);
  while (fields.next()) {
    if (fields.number() == 1) sample.value = std::bit_cast<double>(fields.value());
    if (fields.number() == 2) sample.time_ms = static_cast<std::int64_t>(fields.value());
  }
  return !fields.failed();
}

bool read_series(std::string_view bytes, RemoteWrite& write) {
  RemoteSeries& series = write.series.emplace_back();
  Fields fields(bytes);
  while (fields.next()) {
    if (fields.number() == 1 && !read_label(fields.text(), series)) return false;
    if (fields.number() == 2 && !read_sample(fields.text(), series)) return false;
    if (fields.number() == 4) ++write.histograms;
  }
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
  const auto bytes = snappy_decompress(body, bytes_max);
  if (!bytes) return std::unexpected(bytes.error());
  RemoteWrite write;
  Fields fields(*bytes);
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
