// Opaque pagination tokens that cannot be forged or carried to another account, operation or query.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin::wire {

/// Thread-safe. The key stays the same over restarts, or tokens handed out before a restart are refused.
class PageTokens {
 public:
  /// `server_key`: 32 secret bytes.
  explicit PageTokens(std::string server_key) : key_(std::move(server_key)) {}

  /// A token that holds `position`, bound to account and operation, and to `query` when the position is good for that question alone (the
  /// filters; may be empty).
  std::string seal(std::string_view account, std::string_view operation, std::string_view position, std::string_view query = {}) const;
  /// The position; nullopt when the token was not sealed here for the same three.
  std::optional<std::string> open(std::string_view account, std::string_view operation, std::string_view token,
                                  std::string_view query = {}) const;

 private:
  std::string mac(std::string_view account, std::string_view operation, std::string_view position, std::string_view query) const;
  std::string key_;
};

}  // namespace tocsin::wire
