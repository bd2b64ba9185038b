// What one event has satisfied so far. Kept from event to event, so that an event costs no memory: what belongs to an earlier one is told
// by its number. Threads: as its owner.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "events/patterns/condition_table.h"
#include "events/patterns/event_leaves.h"

namespace tocsin::events {

class MatchState {
 public:
  using Index = ConditionTable::Index;

  explicit MatchState(ConditionTable& table) : table_(table), leaves_(table.trie()) {}

  EventLeaves& leaves() { return leaves_; }
  /// Asks every field of the leaves that were just read.
  void ask_all();
  /// The conditions that hold only because a question was answered, each once.
  const std::vector<Index>& satisfied() const { return satisfied_; }
  /// Whether a condition holds, whatever arrays its leaves lie in.
  bool holds(Index condition) const;
  /// Whether the conditions hold of leaves in the same elements of the arrays that they share.
  bool agree(const std::vector<Index>& conditions);

 private:
  struct Exclusion {
    std::uint64_t event = 0;
    std::uint32_t last_leaf = 0;
    std::uint32_t leaf_count = 0;
  };
  struct FieldLeaves {
    std::uint64_t event = 0;
    std::uint32_t count = 0;
    bool in_array = false;
  };
  void ask(std::uint32_t leaf);
  void exclude(Index question, std::uint32_t leaf, bool noted);
  std::uint32_t leaf_count(PathTrie::Field field) const { return fields_[field].event == event_ ? fields_[field].count : 0; }
  bool leaf_satisfies(std::uint32_t leaf, Index condition);
  void sort_records();

  ConditionTable& table_;
  EventLeaves leaves_;
  std::uint64_t event_ = 0;
  std::vector<std::uint64_t> held_in_;  ///< by condition: the event that it last held in
  std::vector<Exclusion> exclusions_;   ///< by anything-but
  std::vector<FieldLeaves> fields_;
  std::vector<std::uint64_t> answered_in_;  ///< by question
  std::vector<Index> satisfied_, answered_;
  std::vector<std::pair<Index, std::uint32_t>> excluding_;  ///< questions that keep an anything-but from holding, with the leaf
  /// Which leaf satisfied which condition, was excluded by which anything-but; noted only of events with arrays.
  std::vector<std::pair<Index, std::uint32_t>> by_condition_, by_anything_but_;
  bool is_sorted_ = false;
};

}  // namespace tocsin::events
