// The tokens of PromQL.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::promql {

enum class TokenKind { end, identifier, number, duration, text, symbol };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;    ///< of a text its value, else as written
  std::size_t at = 0;  ///< its place, from 0
};

/// Ends with a token of kind end. `invalid` with the place of the fault.
Result<std::vector<Token>> promql_tokens(std::string_view text);
/// "1:7": line and column of a place.
std::string place_of(std::string_view text, std::size_t at);

}  // namespace tocsin::promql
