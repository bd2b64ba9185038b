// Randomness, passed in, so that a run can be repeated from its seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace tocsin {

/// Fills buffers with random bytes. SystemRandom is thread-safe, SeededRandom is not.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;

  std::uint64_t next();
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double unit();
  /// `length` characters drawn from `alphabet`.
  std::string letters(std::string_view alphabet, std::size_t length);
};

/// The machine's entropy; good for secrets.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;
};

/// xoshiro256**; for tests and simulation, never for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(std::span<std::byte> out) override;

 private:
  std::uint64_t step();
  std::uint64_t state_[4];
};

}  // namespace tocsin
