#include "telemetry/metrics/search/search_tokens.h"

#include <cctype>

#include "base/letters.h"

namespace tocsin::telemetry {
namespace {

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)); }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }
// bytes of other alphabets are letters
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80; }
bool is_part(char c) { return is_letter(c) || is_digit(c); }

std::string letters_and_digits(std::string_view text) {
  std::string result;
  for (const char c : text)
    if (is_part(c)) result += c;
  return lower_case(result);
}

/// Whether a token begins at `i` of a word, i > 0.
bool begins_token(std::string_view word, std::size_t i) {
  if (is_digit(word[i]) != is_digit(word[i - 1])) return true;
  if (!is_upper(word[i])) return false;
  const bool before_is_upper = is_upper(word[i - 1]);
  const bool next_is_lower = i + 1 < word.size() && is_letter(word[i + 1]) && !is_upper(word[i + 1]);
  return !before_is_upper || next_is_lower;
}

std::vector<std::string> tokens_of_word(std::string_view word) {
  std::vector<std::string> tokens;
  std::size_t from = 0;
  for (std::size_t i = 1; i <= word.size(); ++i) {
    if (i < word.size() && !begins_token(word, i)) continue;
    tokens.emplace_back(word.substr(from, i - from));
    from = i;
  }
  return tokens;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && is_part(text[i])) continue;
    if (i > from) words.push_back(text.substr(from, i - from));
    from = i + 1;
  }
  return words;
}

}  // namespace

std::vector<std::string> search_tokens(std::string_view name) {
  std::vector<std::string> tokens;
  for (const std::string_view word : words_of(name))
    for (std::string& token : tokens_of_word(word)) tokens.push_back(std::move(token));
  return tokens;
}

PartialTerm::PartialTerm(std::string_view term) : whole_(letters_and_digits(term)) {
  for (const std::string_view word : words_of(term)) {
    const auto tokens = tokens_of_word(word);
    for (const std::string& token : tokens) tokens_.push_back({tokens.size() == 1 ? lower_case(token) : token, tokens.size() == 1});
  }
}

bool PartialTerm::matches_at(const std::vector<std::string>& tokens, std::size_t from) const {
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const std::string& token = tokens[from + i];
    if ((tokens_[i].any_case ? lower_case(token) : token) != tokens_[i].text) return false;
  }
  return true;
}

bool PartialTerm::matches(std::string_view name) const {
  if (empty()) return false;
  if (letters_and_digits(name) == whole_) return true;
  const auto tokens = search_tokens(name);
  for (std::size_t from = 0; from + tokens_.size() <= tokens.size(); ++from)
    if (matches_at(tokens, from)) return true;
  return false;
}

}  // namespace tocsin::telemetry
