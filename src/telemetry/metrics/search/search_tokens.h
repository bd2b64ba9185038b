// How names are cut for searching: at characters that are no letters or digits, between letters and digits, and at the capitals of camel
// case. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin::telemetry {

/// "SDBFailure-2" → SDB, Failure, 2: as they are written.
std::vector<std::string> search_tokens(std::string_view name);

/// A term that is not in quotes.
class PartialTerm {
 public:
  explicit PartialTerm(std::string_view term);
  /// No letter or digit in it: it matches nothing.
  bool empty() const { return tokens_.empty(); }
  bool matches(std::string_view name) const;

 private:
  struct Token {
    std::string text;
    bool any_case;  ///< it stands alone between separators; then it is lower case
  };
  bool matches_at(const std::vector<std::string>& tokens, std::size_t from) const;

  std::vector<Token> tokens_;
  std::string whole_;  ///< letters and digits alone, lower case
};

}  // namespace tocsin::telemetry
