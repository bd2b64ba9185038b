// Many patterns as one automaton: the cost of an event is that of the fields that are asked of it and of what it matches, however many
// patterns there are. Patterns come and go one by one, each at the cost of itself. What it answers is what Pattern::matches answers.
// Threads: one at a time; matching changes what it keeps between events.
//
// How: the values of an event are looked up field by field (field_tests.h), which tells the conditions that hold. A pattern is a way of
// conditions through a trie; an event walks only the ways that it satisfies. Arrays are looked at again where two fields lie in them.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "events/patterns/pattern.h"

namespace tocsin::events {

class PatternSet {
 public:
  using Id = std::uint32_t;  ///< small numbers: memory goes with the largest

  PatternSet();
  ~PatternSet();
  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;

  /// Replaces what has that id.
  void add(Id id, const Pattern& pattern);
  /// An id that is not there is no error.
  void remove(Id id);
  std::size_t size() const;

  /// The ids of all patterns that the event matches, in no order, valid until the next call. False: the text is no JSON object, or
  /// nested more than 64 levels deep.
  bool match_text(std::string_view event, std::vector<Id>& matched);
  /// The same of a document; one that is no object is as an empty one.
  void match(const Document& event, std::vector<Id>& matched);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::events
