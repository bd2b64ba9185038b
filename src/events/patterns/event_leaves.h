// The leaves of an event that patterns ask of, each with the field that it belongs to; all else is passed over. Made for one event after
// another: what one needed in memory the next uses again. Threads: one.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "events/patterns/flat_event.h"
#include "events/patterns/json_scan.h"
#include "events/patterns/path_trie.h"

namespace tocsin::events {

struct EventLeaf {
  PathTrie::Field field;
  Leaf::Kind kind;
  bool truth = false;
  bool has_number = false;  ///< not of an integer beyond ±2^53, nor where nobody asks of numbers
  double number = 0;
  std::string_view text;                  ///< points into the event, or into what the reader keeps of it
  std::uint32_t within = PathTrie::none;  ///< the innermost element of an array that it lies in
};

/// An element of an array, and the one that this array lies in.
struct LeafElement {
  ArrayElement element;
  std::uint32_t outer;
};

class EventLeaves {
 public:
  explicit EventLeaves(const PathTrie& trie) : trie_(trie) {}

  /// The leaves of an event's JSON text, in order. False when it is no JSON object, or nested more than 64 levels deep.
  bool read_text(std::string_view event);
  /// The same of a document, which must live as long as the leaves are asked. One that is no object has none.
  void read_document(const Document& event);

  const std::vector<EventLeaf>& leaves() const { return leaves_; }
  /// Whether any of them lies in an array.
  bool any_in_array() const { return !elements_.empty(); }
  /// The elements that a leaf lies in, outermost first.
  std::vector<ArrayElement> elements_of(const EventLeaf& leaf) const;

 private:
  using Place = PathTrie::Place;
  static constexpr std::uint32_t none = PathTrie::none;

  void clear();
  bool read_object(Place place, std::uint32_t within, int depth);
  bool read_value(Place place, std::uint32_t within, int depth);
  bool read_array(Place place, std::uint32_t within, int depth);
  bool read_text_leaf(Place place, std::uint32_t within);
  bool read_number_leaf(Place place, std::uint32_t within);
  bool read_key(Place place, std::uint64_t object, Place& child);
  EventLeaf* add(Place place, std::uint32_t within, Leaf::Kind kind);
  std::string_view keep(JsonScan::Raw raw);
  void walk(const Document& value, Place place, bool path_is_empty, std::uint32_t within);
  void walk_object(const Object& object, Place place, bool path_is_empty, std::uint32_t within);
  void walk_array(const Array& array, Place place, bool path_is_empty, std::uint32_t within);

  const PathTrie& trie_;
  JsonScan scan_{""};
  std::vector<EventLeaf> leaves_;
  std::vector<LeafElement> elements_;
  std::uint32_t array_count_ = 0;
  std::deque<std::string> unescaped_;
  /// In which object each place was last met, to tell a key that comes twice.
  std::vector<std::uint64_t> met_in_;
  std::uint64_t object_count_ = 0;
  bool is_odd_ = false;  ///< a key that comes twice, has dots or is empty: read as a document
  Document odd_event_;
};

/// What a number of an event compares as: nullopt for an integer beyond ±2^53, which equals nothing.
std::optional<double> comparable_number(std::string_view digits);

}  // namespace tocsin::events
