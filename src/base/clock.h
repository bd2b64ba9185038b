// Time, passed in. Inside the program a moment is an int64 count of nanoseconds UTC; rounding is the wire's business.
#pragma once

#include <chrono>
#include <cstdint>

namespace tocsin {

using Duration = std::chrono::nanoseconds;
/// A moment, UTC, since 1970. Ranges over the years 1678 to 2261.
using Instant = std::chrono::sys_time<Duration>;

constexpr Instant instant_from_ns(std::int64_t ns) { return Instant{Duration{ns}}; }
constexpr std::int64_t to_ns(Instant at) { return at.time_since_epoch().count(); }
constexpr Instant instant_from_ms(std::int64_t ms) { return Instant{std::chrono::milliseconds{ms}}; }
constexpr std::int64_t to_ms(Instant at) { return std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count(); }
constexpr std::int64_t to_seconds(Instant at) { return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count(); }

/// Reads the time. Thread-safe. Everything that needs "now" is given a Clock or the moment itself.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

/// A clock that stands where it was put; for tests and simulation. Not thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  Instant now() const override { return now_; }
  void set(Instant at) { now_ = at; }
  void advance(Duration by) { now_ += by; }

 private:
  Instant now_;
};

}  // namespace tocsin
