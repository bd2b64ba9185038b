#include <algorithm>

#include "telemetry/logs/filters/matchers.h"

namespace tocsin::telemetry::filters {
namespace {

struct Term {
  std::string text;
  Regex regex;
  bool operator()(std::string_view message) const {
    return regex ? re2::RE2::PartialMatch({message.data(), message.size()}, *regex) : message.find(text) != std::string_view::npos;
  }
};

struct TextMatcher final : FilterPattern::Matcher {
  std::vector<Term> required, excluded, any;
  bool matches(const MessageView& message) const override {
    const auto occurs = [&](const Term& term) { return term(message.text()); };
    if (!std::all_of(required.begin(), required.end(), occurs) || std::any_of(excluded.begin(), excluded.end(), occurs)) return false;
    // beside plain or excluded terms, "?" terms are ignored
    return !required.empty() || !excluded.empty() || any.empty() || std::any_of(any.begin(), any.end(), occurs);
  }
};

bool is_word_part(char c) { return c != ' ' && c != '\t' && c != '\n' && c != '\r'; }

// the service's words
std::unexpected<Error> invalid_term(const std::string& term) {
  return fail(ErrorKind::invalid, "Invalid character(s) in term '" + term + "'");
}

Result<Term> read_term(PatternReader& in) {
  if (in.peek() == '"') {
    in.take();
    auto phrase = in.quoted();
    if (!phrase) return std::unexpected(phrase.error());
    if (phrase->empty()) return invalid_term("\"\"");
    return Term{*phrase, nullptr};
  }
  if (in.peek() == '%') {
    in.take();
    auto regex = in.regex();
    if (!regex) return std::unexpected(regex.error());
    return Term{"", *regex};
  }
  const std::string word(in.take_while(is_word_part));
  const bool plain =
      std::all_of(word.begin(), word.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80); });
  if (word.empty() || !plain) return invalid_term(word);
  return Term{word, nullptr};
}

}  // namespace

Matching parse_text_pattern(std::string_view text) {
  auto matcher = std::make_shared<TextMatcher>();
  PatternReader in(text);
  for (in.skip_blanks(); !in.at_end(); in.skip_blanks()) {
    const char sign = in.peek();
    if (sign == '?' || sign == '-') in.take();
    auto term = read_term(in);
    if (!term) return std::unexpected(term.error());
    if (sign != '?' && sign != '-' && !term->regex && !term->text.empty()) matcher->literals.push_back(term->text);
    // a quoted blank matches everything, as nothing does
    const bool blank = !term->regex && term->text.find_first_not_of(' ') == std::string::npos;
    if (!blank) (sign == '?' ? matcher->any : sign == '-' ? matcher->excluded : matcher->required).push_back(*term);
  }
  std::erase_if(matcher->literals, [](const std::string& literal) { return literal.find_first_not_of(' ') == std::string::npos; });
  matcher->regex_count = in.regex_count();
  return matcher;
}

}  // namespace tocsin::telemetry::filters
