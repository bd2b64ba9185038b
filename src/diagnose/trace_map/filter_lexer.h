// The words of a filter expression. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::diagnose {

struct FilterToken {
  enum class Kind { end, word, number, text, sign, json };
  Kind kind = Kind::end;
  std::string text;  ///< of a sign: "(", "!=" …; of JSON its text
  double number = 0;

  bool is(std::string_view sign) const { return kind == Kind::sign && text == sign; }
};

class FilterLexer {
 public:
  explicit FilterLexer(std::string_view text) : text_(text) {}
  /// The next token; `invalid` at what is none.
  Result<FilterToken> next();
  /// What stands up to the bracket that closes "annotation[".
  Result<std::string> bracketed();

 private:
  Result<FilterToken> quoted(char quote);
  Result<FilterToken> json();
  void skip_blanks();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace tocsin::diagnose
