// What was read of a part of the state that seldom changes (who a key belongs to, what a role may), remembered until that part changes.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "storage/state_executor.h"

namespace tocsin::storage {

/// Threads: only on the StateExecutor, inside a unit of work. Whoever writes to the part calls StateExecutor::note_change in the same unit;
/// nothing is remembered that was read in a group in which the part changed, nor in a poisoned unit.
template <typename Value>
class Remembered {
 public:
  /// Holds at most `count_max` values; `part` outlives it.
  Remembered(StateExecutor& state, std::string_view part, std::size_t count_max) : state_(state), part_(part), count_max_(count_max) {}

  /// The value of `key`; read() is asked for one that is not remembered.
  template <typename Read>
  std::shared_ptr<const Value> get(const std::string& key, Read&& read) {
    const auto version = state_.version_of(part_);
    if (!version) return std::make_shared<const Value>(read());
    if (*version != version_) {
      values_.clear();
      version_ = *version;
    }
    if (const auto found = values_.find(key); found != values_.end()) return found->second;
    auto value = std::make_shared<const Value>(read());
    // read() itself may have changed the part
    if (state_.database().poisoned() || state_.version_of(part_) != version) return value;
    if (values_.size() >= count_max_) values_.clear();
    values_.emplace(key, value);
    return value;
  }

 private:
  StateExecutor& state_;
  const std::string_view part_;
  const std::size_t count_max_;
  std::uint64_t version_ = 0;
  std::unordered_map<std::string, std::shared_ptr<const Value>> values_;
};

}  // namespace tocsin::storage
