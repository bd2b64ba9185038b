// An event as its leaves: each with its path (names joined by dots) and the elements of arrays that it lies in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/document.h"

namespace tocsin::events {

/// Which element of which array (numbered within the event).
struct ArrayElement {
  std::uint32_t array;
  std::uint32_t index;
};

struct Leaf {
  enum class Kind { null, truth, number, text };
  Kind kind = Kind::null;
  bool truth = false;
  std::optional<double> number;  ///< empty for an integer beyond ±2^53, which equals nothing
  std::string_view text;         ///< points into the document
  std::vector<ArrayElement> within;
};

/// What a number of an event compares as: nullopt for an integer beyond ±2^53, which equals nothing.
std::optional<double> exact_number(const Document& value);

/// Flattened once, then asked by many patterns. Holds views into `event`, which must outlive it. Empty arrays and objects have no leaf.
class FlatEvent {
 public:
  explicit FlatEvent(const Document& event);
  /// The leaves at a path, in order; nullptr when there are none.
  const std::vector<Leaf>* leaves(const std::string& path) const;
  std::size_t leaf_count() const { return leaf_count_; }

 private:
  void flatten(const Document& value, std::string& path, std::vector<ArrayElement>& within);
  std::unordered_map<std::string, std::vector<Leaf>> leaves_;
  std::size_t leaf_count_ = 0;
  std::uint32_t array_count_ = 0;
};

}  // namespace tocsin::events
