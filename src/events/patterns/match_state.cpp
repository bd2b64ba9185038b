#include "events/patterns/match_state.h"

#include <algorithm>

#include "events/patterns/array_agreement.h"

namespace tocsin::events {

void MatchState::ask_all() {
  ++event_;
  held_in_.resize(table_.condition_count());
  exclusions_.resize(table_.anything_but_count());
  fields_.resize(table_.field_count());
  satisfied_.clear();
  by_condition_.clear();
  by_anything_but_.clear();
  is_sorted_ = false;
  answered_in_.resize(table_.question_count());
  excluding_.clear();
  for (std::uint32_t leaf = 0; leaf < leaves_.leaves().size(); ++leaf) ask(leaf);
  for (const auto& [question, leaf] : excluding_)
    if (leaves_.any_in_array() || fields_[leaves_.leaves()[leaf].field].count > 1) exclude(question, leaf, leaves_.any_in_array());
}

void MatchState::ask(std::uint32_t at) {
  const EventLeaf& leaf = leaves_.leaves()[at];
  FieldLeaves& field = fields_[leaf.field];
  if (field.event != event_) field = {.event = event_};
  ++field.count;
  const bool noted = leaves_.any_in_array();
  field.in_array = field.in_array || leaf.within != PathTrie::none;
  answered_.clear();
  table_.tests(leaf.field).ask(leaf, answered_);
  for (const Index question : answered_) {
    for (const Index condition : table_.question(question).conditions) {
      if (noted) by_condition_.emplace_back(condition, at);
      if (held_in_[condition] == event_) continue;
      held_in_[condition] = event_;
      if (!table_.condition(condition).holds_unasked()) satisfied_.push_back(condition);
    }
    answered_in_[question] = event_;
    if (!table_.question(question).excluded_by.empty()) excluding_.emplace_back(question, at);
  }
}

/// Of fields with several leaves, how many each anything-but excludes.
void MatchState::exclude(Index question, std::uint32_t at, bool noted) {
  for (const Index anything_but : table_.question(question).excluded_by) {
    Exclusion& exclusion = exclusions_[anything_but];
    if (exclusion.event != event_) exclusion = {.event = event_, .last_leaf = PathTrie::none};
    if (exclusion.last_leaf == at) continue;
    exclusion.last_leaf = at;
    ++exclusion.leaf_count;
    if (noted) by_anything_but_.emplace_back(anything_but, at);
  }
}

bool MatchState::holds(Index at) const {
  if (held_in_[at] == event_) return true;
  const ConditionTable::Condition& condition = table_.condition(at);
  const std::uint32_t count = leaf_count(condition.field);
  if (count == 0) return condition.absent_holds;
  if (count == 1)
    return std::ranges::any_of(condition.anything_buts, [&](Index anything_but) {
      return std::ranges::none_of(table_.anything_but(anything_but).questions,
                                  [&](Index question) { return answered_in_[question] == event_; });
    });
  return std::ranges::any_of(condition.anything_buts, [&](Index anything_but) {
    const Exclusion& exclusion = exclusions_[anything_but];
    return exclusion.event != event_ || exclusion.leaf_count < count;
  });
}

void MatchState::sort_records() {
  if (is_sorted_) return;
  is_sorted_ = true;
  std::ranges::sort(by_condition_);
  std::ranges::sort(by_anything_but_);
}

bool MatchState::leaf_satisfies(std::uint32_t leaf, Index at) {
  if (std::ranges::binary_search(by_condition_, std::pair(at, leaf))) return true;
  return std::ranges::any_of(table_.condition(at).anything_buts, [&](Index anything_but) {
    return !std::ranges::binary_search(by_anything_but_, std::pair(anything_but, leaf));
  });
}

bool MatchState::agree(const std::vector<Index>& conditions) {
  std::vector<Index> in_arrays;
  for (const Index condition : conditions) {
    const FieldLeaves& field = fields_[table_.condition(condition).field];
    if (field.event == event_ && field.in_array) in_arrays.push_back(condition);
  }
  if (in_arrays.size() < 2) return true;
  sort_records();
  std::vector<std::vector<LeafPlace>> places(in_arrays.size());
  for (std::size_t n = 0; n < in_arrays.size(); ++n) {
    for (std::uint32_t leaf = 0; leaf < leaves_.leaves().size(); ++leaf)
      if (leaves_.leaves()[leaf].field == table_.condition(in_arrays[n]).field && leaf_satisfies(leaf, in_arrays[n]))
        places[n].push_back(leaves_.elements_of(leaves_.leaves()[leaf]));
    if (places[n].empty()) return false;
  }
  std::vector<LeafPlaces> fields;
  for (const auto& of_field : places) {
    LeafPlaces& pointers = fields.emplace_back();
    for (const LeafPlace& place : of_field) pointers.push_back(&place);
  }
  return elements_agree(fields);
}

}  // namespace tocsin::events
