// One-time tokens.
#pragma once

#include <string>
#include <string_view>

#include "base/document.h"
#include "base/random.h"
#include "storage/state_executor.h"

namespace tocsin::access {

struct TokenGrant {
  std::string purpose;  ///< "page", "session", "subscription"; a token of one purpose is worth nothing for another
  std::string subject;  ///< what it is for: an ARN, a session id
  Document content;     ///< the owner's own
  Instant expires{};
};

/// Threads: only on the StateExecutor, inside a unit of work.
class SingleUseTokens {
 public:
  SingleUseTokens(storage::StateExecutor& state, Random& random) : state_(state), random_(random) {}
  Result<void> migrate();

  /// The token: 43 characters for URLs, 256 random bits.
  std::string create(const TokenGrant& grant);
  /// What it would allow, without spending it. `not_found`, reason UnknownToken, TokenExpired or TokenSpent.
  Result<TokenGrant> peek(std::string_view purpose, std::string_view token);
  /// The same, and spends it: true once, in a unit that is committed.
  Result<TokenGrant> redeem(std::string_view purpose, std::string_view token);
  /// Those of a subject are worth nothing any more.
  void revoke(std::string_view purpose, std::string_view subject);

 private:
  storage::StateExecutor& state_;
  Random& random_;
};

}  // namespace tocsin::access
