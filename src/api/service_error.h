// A service's own error: its code as the model names the shape, its words, and the members that the shape has beside the message.
#pragma once

#include <expected>
#include <string>

#include <boost/json/object.hpp>

#include "base/document.h"
#include "base/result.h"

namespace tocsin::api {

struct ServiceError {
  std::string code;     ///< the model's error shape ("ResourceNotFoundException") or a common error ("ValidationError"); the codec maps it to the wire's code and status
  std::string message;
  int status = 0;       ///< 0: the model's, else 400
  Object members;       ///< further members of the error shape
};

inline std::unexpected<ServiceError> refuse(std::string code, std::string message, int status = 0) {
  return std::unexpected(ServiceError{std::move(code), std::move(message), status, {}});
}

}  // namespace tocsin::api
