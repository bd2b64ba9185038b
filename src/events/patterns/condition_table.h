// The conditions of all patterns: each a field and what it may be, of which one must hold. Patterns that ask the same share one; the tests
// within are questions to the field, shared as well. Threads: as its owner.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "events/patterns/field_tests.h"
#include "events/patterns/path_trie.h"
#include "events/patterns/pattern.h"

namespace tocsin::events {

class ConditionTable {
 public:
  using Index = std::uint32_t;

  struct Condition {
    PathTrie::Field field = 0;
    std::vector<Index> questions;      ///< one that is answered makes it hold
    std::vector<Index> anything_buts;  ///< one that has a leaf it does not exclude makes it hold
    bool absent_holds = false;
    std::uint32_t uses = 0;
    std::string key;
    std::string path;
    /// Whether it can hold although no question was answered.
    bool holds_unasked() const { return absent_holds || !anything_buts.empty(); }
  };
  struct Question {
    std::vector<Index> conditions;
    std::vector<Index> excluded_by;  ///< the anything-buts that it keeps from holding
    std::uint32_t uses = 0;
    std::string key;
    ValueTest test;
  };
  struct AnythingBut {
    PathTrie::Field field = 0;
    Index condition = 0;
    std::vector<Index> questions;
  };
  struct Field {
    FieldTests tests;
    std::uint32_t uses = 0;
    PathTrie::Place place = 0;
    std::string path;
  };

  /// The condition of a field test, made when it is new. Each call is one use of it.
  Index acquire(const FieldTest& test);
  void release(Index condition);

  const PathTrie& trie() const { return trie_; }
  const Condition& condition(Index at) const { return conditions_[at]; }
  const Question& question(Index at) const { return questions_[at]; }
  const AnythingBut& anything_but(Index at) const { return anything_buts_[at]; }
  FieldTests& tests(PathTrie::Field at) { return fields_[at].tests; }
  std::size_t condition_count() const { return conditions_.size(); }
  std::size_t question_count() const { return questions_.size(); }
  std::size_t anything_but_count() const { return anything_buts_.size(); }
  std::size_t field_count() const { return fields_.size(); }

 private:
  PathTrie::Field acquire_field(const std::string& path);
  void release_field(PathTrie::Field field);
  Index acquire_question(PathTrie::Field field, const ValueTest& test);
  void release_question(PathTrie::Field field, Index question);
  void add_anything_but(Index condition, const ValueTest& test);
  void remove_anything_but(Index anything_but);

  PathTrie trie_;
  std::vector<Condition> conditions_;
  std::vector<Question> questions_;
  std::vector<AnythingBut> anything_buts_;
  std::vector<Field> fields_;
  std::vector<Index> free_conditions_, free_questions_, free_anything_buts_, free_fields_;
  boost::unordered_flat_map<std::string, Index> condition_of_, question_of_, field_of_;
};

}  // namespace tocsin::events
