// logproto.PushRequest, read by hand: three small messages. https://protobuf.dev/programming-guides/encoding/
#include <cstring>

#include "wire/loki/loki_push.h"

namespace tocsin::wire {
namespace {

std::unexpected<Error> damaged() { return fail(ErrorKind::invalid, "The body is no protobuf message of a push request."); }

/// The fields of one message.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}
  /// False at the end, or when it is damaged.
  bool next() {
    if (rest_.empty() || damaged_) return false;
    const std::uint64_t key = varint();
    number = static_cast<int>(key >> 3);
    switch (key & 7) {
      case 0:
        value = varint();
        bytes = {};
        break;
      case 1:
        take(8);
        break;
      case 2:
        take(varint());
        break;
      case 5:
        take(4);
        break;
      default:
        damaged_ = true;
    }
    return !damaged_;
  }
  bool damaged() const { return damaged_; }

  int number = 0;
  std::uint64_t value = 0;
  std::string_view bytes;

 private:
  std::uint64_t varint() {
    std::uint64_t result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      result |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (!(byte & 0x80)) return result;
    }
    damaged_ = true;
    return 0;
  }
  void take(std::uint64_t size) {
    if (size > rest_.size()) {
      damaged_ = true;
      return;
    }
    bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }

  std::string_view rest_;
  bool damaged_ = false;
};

bool read_time(std::string_view bytes, std::int64_t& time_ns) {
  std::uint64_t seconds = 0, nanoseconds = 0;
  Fields fields(bytes);
  while (fields.next()) {
    if (fields.number == 1) seconds = fields.value;
    if (fields.number == 2) nanoseconds = fields.value;
  }
  time_ns = static_cast<std::int64_t>(seconds * 1'000'000'000 + nanoseconds);
  return !fields.damaged();
}

bool read_label(std::string_view bytes, LokiLabels& labels) {
  std::string name, value;
  Fields fields(bytes);
  while (fields.next()) {
    if (fields.number == 1) name = fields.bytes;
    if (fields.number == 2) value = fields.bytes;
  }
  labels[name] = value;
  return !fields.damaged();
}

bool read_entry(std::string_view bytes, LokiEntry& entry) {
  bool sound = true;
  Fields fields(bytes);
  while (sound && fields.next()) {
    if (fields.number == 1) sound = read_time(fields.bytes, entry.time_ns);
    if (fields.number == 2) entry.line = fields.bytes;
    if (fields.number == 3) sound = read_label(fields.bytes, entry.metadata);
  }
  return sound && !fields.damaged();
}

}  // namespace

Result<std::vector<LokiStream>> parse_push_request(std::string_view bytes) {
  std::vector<LokiStream> streams;
  Fields request(bytes);
  while (request.next()) {
    if (request.number != 1) continue;
    LokiStream& stream = streams.emplace_back();
    Fields fields(request.bytes);
    while (fields.next()) {
      if (fields.number == 1) {
        auto labels = parse_loki_labels(fields.bytes);
        if (!labels) return std::unexpected(labels.error());
        stream.labels = std::move(*labels);
      } else if (fields.number == 2 && !read_entry(fields.bytes, stream.entries.emplace_back())) {
        return damaged();
      }
    }
    if (fields.damaged()) return damaged();
  }
  if (request.damaged()) return damaged();
  return streams;
}

}  // namespace tocsin::wire
