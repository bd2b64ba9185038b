// All that patterns ask of the values of one field, arranged so that one look at a value tells which of the questions it answers, however
// many there are. Questions are numbered by their owner. Threads: as its owner.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <string>
#include <vector>

#include "events/patterns/event_leaves.h"
#include "events/patterns/number_ranges.h"
#include "events/patterns/text_trie.h"
#include "events/patterns/value_test.h"

namespace tocsin::events {

class FieldTests {
 public:
  using Question = std::uint32_t;

  FieldTests();
  ~FieldTests();
  FieldTests(FieldTests&&) noexcept;
  FieldTests& operator=(FieldTests&&) noexcept;

  /// A test of any kind but anything_but and absent, which are not of one value.
  void add(const ValueTest& test, Question question);
  void remove(const ValueTest& test, Question question);
  /// Adds the questions that the leaf answers with yes.
  void ask(const EventLeaf& leaf, std::vector<Question>& answered);

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using ByText = boost::unordered_flat_map<std::string, Question, TextHash, std::equal_to<>>;
  struct AnyCase;
  struct Wildcards;
  struct Addresses;

  void change(const ValueTest& test, Question question, bool add);
  void ask_text(std::string_view text, std::vector<Question>& answered);
  void ask_number(double number, std::vector<Question>& answered);

  std::vector<Question> of_null_, of_true_, of_false_, of_any_;
  ByText texts_;
  boost::unordered_flat_map<double, Question> numbers_;
  std::unique_ptr<TextTrie> prefixes_, suffixes_;
  std::unique_ptr<NumberRanges> ranges_;
  std::unique_ptr<AnyCase> any_case_;
  std::unique_ptr<Wildcards> wildcards_;
  std::unique_ptr<Addresses> addresses_;
};

}  // namespace tocsin::events
