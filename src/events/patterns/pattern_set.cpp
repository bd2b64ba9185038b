#include "events/patterns/pattern_set.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "events/patterns/condition_table.h"
#include "events/patterns/match_state.h"

namespace tocsin::events {
namespace {

using Index = ConditionTable::Index;
constexpr Index none = PathTrie::none;

/// What few events satisfy comes first, so that ways end early; what can hold unasked comes last. The same order for all patterns lets
/// them share their ways.
int place_of(const FieldTest& field) {
  int place = 0;
  for (const ValueTest& test : field.any_of) {
    using Kind = ValueTest::Kind;
    const bool is_exact = test.kind == Kind::text || test.kind == Kind::number || test.kind == Kind::text_any_case;
    const bool is_last = test.kind == Kind::anything_but || test.kind == Kind::absent;
    place = std::max(place, is_last ? 3 : test.kind == Kind::exists ? 2 : is_exact ? 0 : 1);
  }
  return place;
}

std::vector<const FieldTest*> in_order(const Alternative& fields) {
  std::vector<const FieldTest*> out;
  for (const FieldTest& field : fields) out.push_back(&field);
  std::ranges::sort(out, {}, [](const FieldTest* field) { return std::pair(place_of(*field), std::string_view(field->path)); });
  return out;
}

}  // namespace

struct PatternSet::Parts {
  struct Way {
    Index condition, node;
  };
  /// Where a way through the conditions stands.
  struct Node {
    Index parent = none;
    Index condition = none;    ///< that leads here
    std::vector<Way> asked;    ///< conditions that lead on, and hold only when a question was answered
    std::vector<Way> unasked;  ///< those that may hold without
    std::vector<Id> ends;      ///< patterns that end here; one for each alternative
    bool is_unused() const { return asked.empty() && unasked.empty() && ends.empty(); }
  };

  ConditionTable table;
  MatchState state{table};
  std::vector<Node> nodes = std::vector<Node>(1);
  std::vector<Index> free_nodes;
  boost::unordered_flat_map<std::uint64_t, Index> ways;  ///< node and condition to node
  std::vector<std::vector<Index>> ends_of;               ///< by pattern: the nodes where its alternatives end
  std::size_t pattern_count = 0;
  std::vector<std::uint64_t> matched_in;  ///< by pattern: the event that it last matched
  std::uint64_t event = 0;
  std::vector<Index> way;  ///< the conditions on the way to where the walk stands

  static std::uint64_t key(Index node, Index condition) { return std::uint64_t{node} << 32 | condition; }

  Index go_on(Index from, const FieldTest& field) {
    const Index condition = table.acquire(field);
    const auto [found, is_new] = ways.try_emplace(key(from, condition), 0);
    if (!is_new) {
      table.release(condition);
      return found->second;
    }
    Index at = static_cast<Index>(nodes.size());
    if (free_nodes.empty()) {
      nodes.emplace_back();
    } else {
      at = free_nodes.back();
      free_nodes.pop_back();
    }
    found->second = at;
    nodes[at] = {.parent = from, .condition = condition, .asked = {}, .unasked = {}, .ends = {}};
    (table.condition(condition).holds_unasked() ? nodes[from].unasked : nodes[from].asked).push_back({condition, at});
    return at;
  }

  void forget_way(Index at) {
    while (at != 0 && nodes[at].is_unused()) {
      const Index parent = nodes[at].parent, condition = nodes[at].condition;
      auto& list = table.condition(condition).holds_unasked() ? nodes[parent].unasked : nodes[parent].asked;
      *std::ranges::find(list, condition, &Way::condition) = list.back();
      list.pop_back();
      ways.erase(key(parent, condition));
      free_nodes.push_back(at);
      table.release(condition);
      at = parent;
    }
  }

  void tell(Index at, std::vector<Id>& matched) {
    for (const Id id : nodes[at].ends) {
      if (matched_in[id] == event) continue;
      if (state.leaves().any_in_array() && !state.agree(way)) return;
      matched_in[id] = event;
      matched.push_back(id);
    }
  }

  void step(Way to, std::vector<Id>& matched) {
    way.push_back(to.condition);
    walk(to.node, matched);
    way.pop_back();
  }

  void walk(Index at, std::vector<Id>& matched) {
    if (!nodes[at].ends.empty()) tell(at, matched);
    const auto& asked = nodes[at].asked;
    if (asked.size() <= state.satisfied().size()) {
      for (const Way& next : asked)
        if (state.holds(next.condition)) step(next, matched);
    } else {
      for (const Index condition : state.satisfied())
        if (const auto next = ways.find(key(at, condition)); next != ways.end()) step({condition, next->second}, matched);
    }
    for (const Way& next : nodes[at].unasked)
      if (state.holds(next.condition)) step(next, matched);
  }

  void match_leaves(std::vector<Id>& matched) {
    ++event;
    matched.clear();
    state.ask_all();
    walk(0, matched);
  }
};

PatternSet::PatternSet() : parts_(std::make_unique<Parts>()) {}
PatternSet::~PatternSet() = default;
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;

void PatternSet::add(Id id, const Pattern& pattern) {
  remove(id);
  if (parts_->ends_of.size() <= id) {
    parts_->ends_of.resize(id + 1);
    parts_->matched_in.resize(id + 1);
  }
  for (const Alternative& alternative : pattern.alternatives()) {
    Index at = 0;
    for (const FieldTest* field : in_order(alternative)) at = parts_->go_on(at, *field);
    parts_->nodes[at].ends.push_back(id);
    parts_->ends_of[id].push_back(at);
  }
  ++parts_->pattern_count;
}

void PatternSet::remove(Id id) {
  if (parts_->ends_of.size() <= id || parts_->ends_of[id].empty()) return;
  for (const Index at : std::exchange(parts_->ends_of[id], {})) {
    auto& ends = parts_->nodes[at].ends;
    *std::ranges::find(ends, id) = ends.back();
    ends.pop_back();
    parts_->forget_way(at);
  }
  --parts_->pattern_count;
}

std::size_t PatternSet::size() const { return parts_->pattern_count; }

bool PatternSet::match_text(std::string_view event, std::vector<Id>& matched) {
  if (!parts_->state.leaves().read_text(event)) return false;
  parts_->match_leaves(matched);
  return true;
}

void PatternSet::match(const Document& event, std::vector<Id>& matched) {
  parts_->state.leaves().read_document(event);
  parts_->match_leaves(matched);
}

}  // namespace tocsin::events
