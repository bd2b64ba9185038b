// Which ranges hold a number: sorted by where they begin, with the farthest end of each stretch, so that a look costs the logarithm of
// their count, and what it finds.
#pragma once

#include <cstdint>
#include <vector>

#include "events/patterns/value_test.h"

namespace tocsin::events {

class NumberRanges {
 public:
  void add(const NumberRange& range, std::uint32_t meaning);
  void remove(const NumberRange& range, std::uint32_t meaning);
  bool empty() const { return sorted_.empty() && recent_.empty(); }
  /// Adds the meanings of all ranges that hold the number.
  void find(double number, std::vector<std::uint32_t>& meanings);

 private:
  struct Entry {
    NumberRange range;
    std::uint32_t meaning;
  };
  void settle();
  double note_ends(std::size_t from, std::size_t to);
  void find_within(std::size_t from, std::size_t to, double number, std::vector<std::uint32_t>& meanings) const;

  std::vector<Entry> sorted_;     ///< by low
  std::vector<double> farthest_;  ///< of the stretch whose middle stands here
  std::vector<Entry> recent_;     ///< not sorted in yet
  bool is_stale_ = false;
};

}  // namespace tocsin::events
