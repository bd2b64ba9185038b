#include "events/patterns/text_trie.h"

#include <algorithm>

namespace tocsin::events {

void TextTrie::add(std::string_view word, std::uint32_t meaning) {
  ++word_count_;
  Place at = 0;
  if (!word.empty()) first_bytes_.set(byte_at(word, 0));
  for (std::size_t n = 0; n < word.size(); ++n) {
    auto [found, is_new] = edges_.try_emplace(edge(at, byte_at(word, n)), 0);
    if (is_new && free_.empty()) {
      found->second = static_cast<Place>(nodes_.size());
      nodes_.emplace_back();
    } else if (is_new) {
      found->second = free_.back();
      free_.pop_back();
    }
    at = found->second;
    ++nodes_[at].uses;
  }
  nodes_[at].meanings.push_back(meaning);
}

void TextTrie::remove(std::string_view word, std::uint32_t meaning) {
  --word_count_;
  Place at = 0;
  for (std::size_t n = 0; n < word.size(); ++n) {
    const auto found = edges_.find(edge(at, byte_at(word, n)));
    const Place next = found->second;
    if (--nodes_[next].uses == 0) {
      edges_.erase(found);
      free_.push_back(next);
    }
    at = next;
  }
  auto& meanings = nodes_[at].meanings;
  meanings.erase(std::ranges::find(meanings, meaning));
}

void TextTrie::find(std::string_view text, std::vector<std::uint32_t>& meanings) const {
  const auto tell = [&](Place place) { meanings.insert(meanings.end(), nodes_[place].meanings.begin(), nodes_[place].meanings.end()); };
  if (word_count_ == 0) return;
  tell(0);
  if (text.empty() || !first_bytes_.test(byte_at(text, 0))) return;
  Place at = 0;
  for (std::size_t n = 0; n < text.size(); ++n) {
    const auto found = edges_.find(edge(at, byte_at(text, n)));
    if (found == edges_.end()) return;
    at = found->second;
    if (!nodes_[at].meanings.empty()) tell(at);
  }
}

}  // namespace tocsin::events
