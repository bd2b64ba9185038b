// Who tries credentials that are wrong, again and again, is slowed: the answer to each further failure has to wait. What is right never waits,
// so nobody is locked out by another behind the same address.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace tocsin::access {

/// Threads: one at a time. Memory is bounded: of many addresses those that failed longest ago are forgotten.
class FailedAttempts {
 public:
  struct Noted {
    Duration hold_back{};          ///< before this failure is answered; at most 5 s
    bool is_worth_a_record = true;  ///< false above about seventy a minute
  };
  /// One more failure of this address. The count halves each minute.
  Noted note(std::string_view address, Instant now);
  std::size_t address_count() const { return found_.size(); }

  static constexpr std::size_t addresses_max = 4096;

 private:
  struct Entry {
    std::string who;
    double count = 0;
    Instant last{};
  };
  std::list<Entry> by_age_;  ///< the latest first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> found_;
};

/// What counts as one: an IPv4 address, or the 64 bits of an IPv6 address that a network has. Pure.
std::string network_of(std::string_view address);

}  // namespace tocsin::access
