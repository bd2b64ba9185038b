#include "events/patterns/field_tests.h"

#include <algorithm>

#include "events/patterns/wildcard_index.h"

namespace tocsin::events {
namespace {

using Kind = ValueTest::Kind;

void change_list(std::vector<std::uint32_t>& list, std::uint32_t question, bool add) {
  if (add)
    list.push_back(question);
  else
    std::erase(list, question);
}

void append(std::vector<std::uint32_t>& out, const std::vector<std::uint32_t>& more) { out.insert(out.end(), more.begin(), more.end()); }

void change_trie(std::unique_ptr<TextTrie>& trie, TextTrie::From from, std::string_view word, std::uint32_t question, bool add) {
  if (!trie) trie = std::make_unique<TextTrie>(from);
  if (add)
    trie->add(word, question);
  else
    trie->remove(word, question);
  if (trie->empty()) trie.reset();
}

}  // namespace

struct FieldTests::AnyCase {
  ByText texts;
  TextTrie prefixes{TextTrie::From::begin};
  TextTrie suffixes{TextTrie::From::end};

  void ask(std::string_view text, std::vector<Question>& answered) const {
    const std::string folded = fold_case(text);
    if (const auto found = texts.find(folded); found != texts.end()) answered.push_back(found->second);
    prefixes.find(folded, answered);
    suffixes.find(folded, answered);
  }
  bool empty() const { return texts.empty() && prefixes.empty() && suffixes.empty(); }
};

struct FieldTests::Wildcards {
  WildcardIndex index;
};

/// By family, length and the bits up to it: a look a length in use.
struct FieldTests::Addresses {
  boost::unordered_flat_map<std::string, Question> ranges;
  std::vector<std::pair<AddressLength, std::uint32_t>> lengths;

  void change(const AddressRange& range, Question question, bool add) {
    const AddressLength length{range.v6, range.prefix_bits};
    auto counted = std::ranges::find(lengths, length, &std::pair<AddressLength, std::uint32_t>::first);
    if (add) {
      ranges.emplace(address_key(range.v6, range.bytes, range.prefix_bits), question);
      if (counted == lengths.end())
        lengths.emplace_back(length, 1);
      else
        ++counted->second;
      return;
    }
    ranges.erase(address_key(range.v6, range.bytes, range.prefix_bits));
    if (--counted->second == 0) lengths.erase(counted);
  }

  void ask(std::string_view text, std::vector<Question>& answered) const {
    const auto address = parse_address(text);
    if (!address) return;
    for (const auto& [length, count] : lengths) {
      if (length.v6 != address->first) continue;
      const auto found = ranges.find(address_key(length.v6, address->second, length.bits));
      if (found != ranges.end()) answered.push_back(found->second);
    }
  }
};

FieldTests::FieldTests() = default;
FieldTests::~FieldTests() = default;
FieldTests::FieldTests(FieldTests&&) noexcept = default;
FieldTests& FieldTests::operator=(FieldTests&&) noexcept = default;

void FieldTests::add(const ValueTest& test, Question question) { change(test, question, true); }
void FieldTests::remove(const ValueTest& test, Question question) { change(test, question, false); }

void FieldTests::change(const ValueTest& test, Question question, bool add) {
  const auto change_map = [&](auto& map, const auto& key) {
    if (add)
      map.emplace(key, question);
    else
      map.erase(key);
  };
  switch (test.kind) {
    case Kind::null:
      return change_list(of_null_, question, add);
    case Kind::truth:
      return change_list(test.truth ? of_true_ : of_false_, question, add);
    case Kind::exists:
      return change_list(of_any_, question, add);
    case Kind::number:
      return change_map(numbers_, test.number == 0 ? 0.0 : test.number);
    case Kind::text:
      return change_map(texts_, test.text);
    case Kind::prefix:
      return change_trie(prefixes_, TextTrie::From::begin, test.text, question, add);
    case Kind::suffix:
      return change_trie(suffixes_, TextTrie::From::end, test.text, question, add);
    case Kind::text_any_case:
    case Kind::prefix_any_case:
    case Kind::suffix_any_case:
      break;
    case Kind::wildcard:
      if (!wildcards_) wildcards_ = std::make_unique<Wildcards>();
      add ? wildcards_->index.add(test.segments, question) : wildcards_->index.remove(test.segments, question);
      if (wildcards_->index.empty()) wildcards_.reset();
      return;
    case Kind::range:
      if (!ranges_) ranges_ = std::make_unique<NumberRanges>();
      add ? ranges_->add(test.range, question) : ranges_->remove(test.range, question);
      if (ranges_->empty()) ranges_.reset();
      return;
    case Kind::address:
      if (!addresses_) addresses_ = std::make_unique<Addresses>();
      addresses_->change(test.addresses, question, add);
      if (addresses_->ranges.empty()) addresses_.reset();
      return;
    case Kind::absent:
    case Kind::anything_but:
      return;
  }
  if (!any_case_) any_case_ = std::make_unique<AnyCase>();
  if (test.kind == Kind::text_any_case) {
    change_map(any_case_->texts, test.text);
  } else {
    TextTrie& trie = test.kind == Kind::prefix_any_case ? any_case_->prefixes : any_case_->suffixes;
    add ? trie.add(test.text, question) : trie.remove(test.text, question);
  }
  if (any_case_->empty()) any_case_.reset();
}

void FieldTests::ask(const EventLeaf& leaf, std::vector<Question>& answered) {
  append(answered, of_any_);
  switch (leaf.kind) {
    case Leaf::Kind::null:
      return append(answered, of_null_);
    case Leaf::Kind::truth:
      return append(answered, leaf.truth ? of_true_ : of_false_);
    case Leaf::Kind::number:
      return leaf.has_number ? ask_number(leaf.number, answered) : void();
    case Leaf::Kind::text:
      return ask_text(leaf.text, answered);
  }
}

void FieldTests::ask_text(std::string_view text, std::vector<Question>& answered) {
  if (!texts_.empty())
    if (const auto found = texts_.find(text); found != texts_.end()) answered.push_back(found->second);
  if (prefixes_) prefixes_->find(text, answered);
  if (suffixes_) suffixes_->find(text, answered);
  if (any_case_) any_case_->ask(text, answered);
  if (wildcards_) wildcards_->index.find(text, answered);
  if (addresses_) addresses_->ask(text, answered);
}

void FieldTests::ask_number(double number, std::vector<Question>& answered) {
  if (!numbers_.empty())
    if (const auto found = numbers_.find(number == 0 ? 0.0 : number); found != numbers_.end()) answered.push_back(found->second);
  if (ranges_) ranges_->find(number, answered);
}

}  // namespace tocsin::events
