#include "telemetry/traces/trace_record.h"

#include <cstring>

namespace tocsin::telemetry {
namespace {

void put(std::string& out, std::int64_t number) { out.append(reinterpret_cast<const char*>(&number), sizeof number); }
void put(std::string& out, std::string_view text) {
  put(out, static_cast<std::int64_t>(text.size()));
  out += text;
}

class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}
  std::int64_t number() {
    std::int64_t value = 0;
    if (rest_.size() < sizeof value) return failed_ = true, 0;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::string text() {
    const std::int64_t size = number();
    if (size < 0 || static_cast<std::uint64_t>(size) > rest_.size()) return failed_ = true, std::string();
    std::string value(rest_.substr(0, static_cast<std::size_t>(size)));
    rest_.remove_prefix(static_cast<std::size_t>(size));
    return value;
  }
  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace

std::string encode_batch(const TraceBatch& batch) {
  std::string out;
  put(out, batch.scope.account);
  put(out, batch.scope.region);
  put(out, to_ns(batch.received));
  for (const SegmentDocument& document : batch.documents) {
    put(out, document.trace_id);
    put(out, document.id);
    put(out, to_ns(document.start));
    put(out, to_ns(document.end));
    put(out, std::int64_t{document.in_progress});
    put(out, document.text);
  }
  return out;
}

std::optional<TraceBatch> decode_trace_batch(std::string_view record) {
  Reader reader(record);
  TraceBatch batch;
  batch.scope.account = reader.text();
  batch.scope.region = reader.text();
  batch.received = instant_from_ns(reader.number());
  while (!reader.failed() && !reader.at_end()) {
    SegmentDocument& document = batch.documents.emplace_back();
    document.trace_id = reader.text();
    document.id = reader.text();
    document.start = instant_from_ns(reader.number());
    document.end = instant_from_ns(reader.number());
    document.in_progress = reader.number() != 0;
    document.text = reader.text();
  }
  if (reader.failed()) return std::nullopt;
  return batch;
}

}  // namespace tocsin::telemetry
