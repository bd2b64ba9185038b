// Which wildcards a text satisfies. Each is looked for by what it must begin with, or end with, or by two bytes that it must have within;
// only those found so are compared whole.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <string>
#include <vector>

#include "events/patterns/text_trie.h"

namespace tocsin::events {

class WildcardIndex {
 public:
  using Question = std::uint32_t;
  /// `segments` are the literal parts between the asterisks (ValueTest).
  void add(const std::vector<std::string>& segments, Question question);
  void remove(const std::vector<std::string>& segments, Question question);
  bool empty() const { return wildcards_.empty(); }
  void find(std::string_view text, std::vector<Question>& answered);

 private:
  std::vector<Question>* by_inner(const std::vector<std::string>& segments);
  void compare(std::string_view text, std::vector<Question>& answered);

  boost::unordered_flat_map<Question, std::vector<std::string>> wildcards_;
  TextTrie begins_{TextTrie::From::begin};
  TextTrie ends_{TextTrie::From::end};
  /// By two neighbouring bytes, or one.
  boost::unordered_flat_map<std::uint32_t, std::vector<Question>> inner_;
  bool any_single_byte_ = false;
  std::vector<Question> always_;  ///< a lone asterisk
  std::vector<Question> found_;
};

}  // namespace tocsin::events
