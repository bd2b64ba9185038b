// An error on its way to the caller: the same four things as api::ServiceError, known to the codecs.
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <string>

#include "base/document.h"

namespace tocsin::wire {

struct WireError {
  std::string code;  ///< the model's error shape, its query code, or a common error (shared_errors.h)
  std::string message;
  int status = 0;  ///< 0: the shape's, the common error's, else 400
  Object members;  ///< further members of the error shape
};

template <typename T>
using Parsed = std::expected<T, WireError>;

inline std::unexpected<WireError> wire_fail(std::string code, std::string message, int status = 0) {
  return std::unexpected(WireError{std::move(code), std::move(message), status, {}});
}

}  // namespace tocsin::wire
