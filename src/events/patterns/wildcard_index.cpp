#include "events/patterns/wildcard_index.h"

#include <algorithm>

#include "events/patterns/value_test.h"

namespace tocsin::events {
namespace {

constexpr std::uint32_t single_byte = 0x10000;

std::uint32_t pair_key(char first, char second) {
  return static_cast<std::uint32_t>(static_cast<unsigned char>(first)) << 8 | static_cast<unsigned char>(second);
}

/// The longest part within, which few texts have.
const std::string& longest_inner(const std::vector<std::string>& segments) {
  return *std::max_element(segments.begin() + 1, segments.end() - 1, [](const auto& a, const auto& b) { return a.size() < b.size(); });
}

}  // namespace

std::vector<WildcardIndex::Question>* WildcardIndex::by_inner(const std::vector<std::string>& segments) {
  if (segments.size() < 3) return &always_;
  const std::string& inner = longest_inner(segments);
  if (inner.empty()) return &always_;
  any_single_byte_ = any_single_byte_ || inner.size() == 1;
  const std::uint32_t key = inner.size() == 1 ? single_byte | static_cast<unsigned char>(inner[0]) : pair_key(inner[0], inner[1]);
  return &inner_[key];
}

void WildcardIndex::add(const std::vector<std::string>& segments, Question question) {
  wildcards_.emplace(question, segments);
  if (!segments.front().empty())
    begins_.add(segments.front(), question);
  else if (!segments.back().empty())
    ends_.add(segments.back(), question);
  else
    by_inner(segments)->push_back(question);
}

void WildcardIndex::remove(const std::vector<std::string>& segments, Question question) {
  wildcards_.erase(question);
  if (!segments.front().empty())
    begins_.remove(segments.front(), question);
  else if (!segments.back().empty())
    ends_.remove(segments.back(), question);
  else
    std::erase(*by_inner(segments), question);
}

void WildcardIndex::find(std::string_view text, std::vector<Question>& answered) {
  found_ = always_;
  begins_.find(text, found_);
  ends_.find(text, found_);
  const auto look = [&](std::uint32_t key) {
    if (const auto at = inner_.find(key); at != inner_.end()) found_.insert(found_.end(), at->second.begin(), at->second.end());
  };
  if (!inner_.empty()) {
    for (std::size_t n = 0; n + 1 < text.size(); ++n) look(pair_key(text[n], text[n + 1]));
    if (any_single_byte_)
      for (const char byte : text) look(single_byte | static_cast<unsigned char>(byte));
  }
  compare(text, answered);
}

void WildcardIndex::compare(std::string_view text, std::vector<Question>& answered) {
  std::ranges::sort(found_);
  const auto repeated = std::ranges::unique(found_);
  found_.erase(repeated.begin(), repeated.end());
  for (const Question question : found_)
    if (holds_wildcard(wildcards_.find(question)->second, text)) answered.push_back(question);
}

}  // namespace tocsin::events
