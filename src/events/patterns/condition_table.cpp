#include "events/patterns/condition_table.h"

#include <algorithm>
#include <cstring>

namespace tocsin::events {
namespace {

using Index = ConditionTable::Index;

template <typename T>
Index take_place(std::vector<T>& places, std::vector<Index>& free) {
  if (free.empty()) {
    places.emplace_back();
    return static_cast<Index>(places.size() - 1);
  }
  const Index at = free.back();
  free.pop_back();
  places[at] = T();
  return at;
}

void append_number(std::string& key, double number) {
  const double plain = number == 0 ? 0.0 : number;
  char bytes[sizeof plain];
  std::memcpy(bytes, &plain, sizeof plain);
  key.append(bytes, sizeof bytes);
}

void append_text(std::string& key, const std::string& text) {
  const auto length = static_cast<std::uint32_t>(text.size());
  key.append(reinterpret_cast<const char*>(&length), sizeof length);
  key += text;
}

/// The same for tests that ask the same.
void append_key(std::string& key, const ValueTest& test) {
  using Kind = ValueTest::Kind;
  key += static_cast<char>(test.kind);
  switch (test.kind) {
    case Kind::truth:
      key += test.truth ? '1' : '0';
      return;
    case Kind::number:
      return append_number(key, test.number);
    case Kind::range:
      append_number(key, test.range.low);
      append_number(key, test.range.high);
      key += static_cast<char>((test.range.low_included ? 1 : 0) + (test.range.high_included ? 2 : 0));
      return;
    case Kind::address:
      return append_text(key, address_key(test.addresses.v6, test.addresses.bytes, test.addresses.prefix_bits));
    case Kind::wildcard:
      key += static_cast<char>(std::min<std::size_t>(test.segments.size(), 255));
      for (const std::string& segment : test.segments) append_text(key, segment);
      return;
    case Kind::anything_but:
      for (const ValueTest& excluded : test.none_of) append_key(key, excluded);
      key += '\xFF';
      return;
    case Kind::null:
    case Kind::exists:
    case Kind::absent:
      return;
    default:
      return append_text(key, test.text);
  }
}

std::string field_key(PathTrie::Field field) { return {reinterpret_cast<const char*>(&field), sizeof field}; }

bool asks_of_numbers(const ValueTest& test) {
  return test.kind == ValueTest::Kind::number || test.kind == ValueTest::Kind::range || std::ranges::any_of(test.none_of, asks_of_numbers);
}

}  // namespace

PathTrie::Field ConditionTable::acquire_field(const std::string& path) {
  const auto [found, is_new] = field_of_.try_emplace(path, 0);
  if (is_new) {
    found->second = take_place(fields_, free_fields_);
    Field& field = fields_[found->second];
    field.path = path;
    field.place = trie_.add(path);
    trie_.set_field(field.place, found->second);
  }
  ++fields_[found->second].uses;
  return found->second;
}

void ConditionTable::release_field(PathTrie::Field at) {
  Field& field = fields_[at];
  if (--field.uses > 0) return;
  trie_.set_field(field.place, PathTrie::none);
  trie_.remove(field.path);
  field_of_.erase(field.path);
  free_fields_.push_back(at);
}

Index ConditionTable::acquire_question(PathTrie::Field field, const ValueTest& test) {
  std::string key = field_key(field);
  append_key(key, test);
  const auto [found, is_new] = question_of_.try_emplace(key, 0);
  if (is_new) {
    found->second = take_place(questions_, free_questions_);
    Question& question = questions_[found->second];
    question.key = std::move(key);
    question.test = test;
    fields_[field].tests.add(test, found->second);
  }
  ++questions_[found->second].uses;
  return found->second;
}

void ConditionTable::release_question(PathTrie::Field field, Index at) {
  Question& question = questions_[at];
  if (--question.uses > 0) return;
  fields_[field].tests.remove(question.test, at);
  question_of_.erase(question.key);
  free_questions_.push_back(at);
}

void ConditionTable::add_anything_but(Index condition, const ValueTest& test) {
  const PathTrie::Field field = conditions_[condition].field;
  const Index at = take_place(anything_buts_, free_anything_buts_);
  anything_buts_[at].field = field;
  anything_buts_[at].condition = condition;
  for (const ValueTest& excluded : test.none_of) {
    const Index question = acquire_question(field, excluded);
    anything_buts_[at].questions.push_back(question);
    questions_[question].excluded_by.push_back(at);
  }
  conditions_[condition].anything_buts.push_back(at);
}

void ConditionTable::remove_anything_but(Index at) {
  AnythingBut& anything_but = anything_buts_[at];
  for (const Index question : anything_but.questions) {
    auto& excluded_by = questions_[question].excluded_by;
    excluded_by.erase(std::ranges::find(excluded_by, at));
    release_question(anything_but.field, question);
  }
  free_anything_buts_.push_back(at);
}

Index ConditionTable::acquire(const FieldTest& test) {
  std::string key;
  append_text(key, test.path);
  for (const ValueTest& value : test.any_of) append_key(key, value);
  const auto [found, is_new] = condition_of_.try_emplace(key, 0);
  const Index at = is_new ? (found->second = take_place(conditions_, free_conditions_)) : found->second;
  ++conditions_[at].uses;
  if (!is_new) return at;
  const PathTrie::Field field = acquire_field(test.path);
  conditions_[at].field = field;
  conditions_[at].key = std::move(key);
  for (const ValueTest& value : test.any_of) {
    if (asks_of_numbers(value)) trie_.want_numbers(fields_[field].place);
    if (value.kind == ValueTest::Kind::absent) {
      conditions_[at].absent_holds = true;
    } else if (value.kind == ValueTest::Kind::anything_but) {
      add_anything_but(at, value);
    } else {
      const Index question = acquire_question(field, value);
      conditions_[at].questions.push_back(question);
      questions_[question].conditions.push_back(at);
    }
  }
  return at;
}

void ConditionTable::release(Index at) {
  Condition& condition = conditions_[at];
  if (--condition.uses > 0) return;
  for (const Index question : condition.questions) {
    auto& conditions = questions_[question].conditions;
    conditions.erase(std::ranges::find(conditions, at));
    release_question(condition.field, question);
  }
  for (const Index anything_but : condition.anything_buts) remove_anything_but(anything_but);
  release_field(condition.field);
  condition_of_.erase(condition.key);
  free_conditions_.push_back(at);
}

}  // namespace tocsin::events
