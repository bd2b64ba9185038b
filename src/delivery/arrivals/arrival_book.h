// What has arrived, by the ids of its parcels, on disk from the very moment that the receiver said so: an answer is recorded before the
// state is told of it, so that a killed server does not send again what it only had not committed yet. Written and not synced: it outlives
// the process, and a power cut loses the last of it, after which those parcels go once more.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace tocsin::delivery {

/// Two files that take turns: PATH.0 and PATH.1. A record that cannot be written is left out. Threads: any.
class ArrivalBook {
 public:
  /// What is older is forgotten; the state knows it long since.
  static constexpr Duration kept = std::chrono::minutes(5);
  static constexpr std::uint64_t bytes_max = std::uint64_t{4} << 20;

  /// Reads what an earlier life left. `path` is in a folder that only this server uses.
  ArrivalBook(std::string path, const Clock& clock);
  ~ArrivalBook();
  ArrivalBook(const ArrivalBook&) = delete;

  void note(std::string_view parcel_id, int status);
  /// The status with which a parcel arrived in an earlier life; told once.
  std::optional<int> take(std::string_view parcel_id);

 private:
  using Digest = std::array<std::uint64_t, 2>;
  struct Hash {
    std::size_t operator()(const Digest& digest) const { return digest[0]; }
  };
  struct Record;
  static Digest digest_of(std::string_view parcel_id);
  void read(std::size_t file);
  void turn();

  const std::string path_;
  const Clock& clock_;
  std::mutex mutex_;
  std::array<int, 2> files_ = {-1, -1};
  std::size_t current_ = 0;
  std::uint64_t size_ = 0;
  Instant begun_{};
  std::unordered_map<Digest, int, Hash> known_;
};

}  // namespace tocsin::delivery
