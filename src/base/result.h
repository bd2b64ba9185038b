// Errors are values. Only api/ turns a domain error into a service's code and words.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace tocsin {

enum class ErrorKind {
  invalid,        ///< the request can never be right
  not_found,      ///< what it names is not there
  already_exists, ///< what it would make is there
  conflict,       ///< not in this state
  limit_exceeded, ///< a quota or size
  denied,         ///< not allowed for this caller
  unavailable,    ///< try again later (disk full, peer away)
  unsupported,    ///< known, not offered
  internal,       ///< a defect of ours
};

/// What went wrong, for the caller (message) and for the code that turns it into a service's answer (kind, reason).
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  /// A word that api/ may map to a service's code, such as "QueueDoesNotExist"; empty when kind says enough.
  std::string reason;

  bool operator==(const Error&) const = default;
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string reason = {}) {
  return std::unexpected(Error{kind, std::move(message), std::move(reason)});
}

}  // namespace tocsin
