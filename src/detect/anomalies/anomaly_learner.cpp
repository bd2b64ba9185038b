#include "detect/anomalies/anomaly_learner.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace tocsin::detect {
namespace {

// another layout or another meaning is another word
constexpr std::string_view mark = "tocsin learner 2\n";

}  // namespace

JudgedPoint AnomalyLearner::observe(Instant at, double value, Duration local_offset) {
  const std::int64_t at_s = to_seconds(at), local_s = to_seconds(at + local_offset);
  if (points() == 0) first_s_ = at_s;
  last_s_ = std::max(at_s, points() == 0 ? at_s : last_s_);
  JudgedPoint judged{score_.observe(at, value, local_offset), band_.expect(local_s)};
  if (judged.expectation) newest_[written_++ % remembered] = {at_s, judged.expectation->value, judged.expectation->deviation};
  band_.observe(local_s, value);
  return judged;
}

bool AnomalyLearner::remembers(Instant at) const {
  if (points() == 0 || to_seconds(at) > last_s_) return true;
  const std::int64_t oldest_s = written_ < remembered ? first_s_ : newest_[written_ % remembered].at_s;
  return to_seconds(at) >= oldest_s;
}

std::optional<Expectation> AnomalyLearner::band_at(Instant at, Duration local_offset) const {
  const std::int64_t at_s = to_seconds(at);
  if (points() == 0 || at_s > last_s_) return band_.expect(to_seconds(at + local_offset));
  const std::size_t count = std::min(written_, remembered);
  for (std::size_t back = 1; back <= count; ++back) {
    const BandPoint& point = newest_[(written_ - back) % remembered];
    if (point.at_s == at_s) return Expectation{point.expected, point.deviation, Season::none};
    // a gap is given what is expected now
    if (point.at_s < at_s) return band_.expect(to_seconds(at + local_offset));
  }
  return std::nullopt;
}

std::string AnomalyLearner::to_bytes() const {
  static_assert(std::is_trivially_copyable_v<AnomalyLearner>);
  std::string bytes(mark);
  return bytes.append(reinterpret_cast<const char*>(this), sizeof *this);
}

std::optional<AnomalyLearner> AnomalyLearner::from_bytes(const std::string& bytes) {
  if (bytes.size() != mark.size() + sizeof(AnomalyLearner) || !bytes.starts_with(mark)) return std::nullopt;
  AnomalyLearner learner;
  std::memcpy(static_cast<void*>(&learner), bytes.data() + mark.size(), sizeof learner);
  return learner;
}

}  // namespace tocsin::detect
