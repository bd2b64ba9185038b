// The errors that every service may answer and no model names, in each protocol's words.
// https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html and its like of each service.
#pragma once

#include <string>
#include <string_view>

#include "wire/aws/service_model.h"
#include "wire/aws/wire_error.h"

namespace tocsin::wire {

/// An error as one protocol shows it.
struct ShownError {
  const Shape* shape = nullptr;  ///< the model's, when it has one
  std::string code;              ///< for this protocol
  std::string query_code;        ///< for x-amzn-query-error
  int status = 400;
  bool is_fault = false;  ///< the server's, not the sender's
};

ShownError show(const WireError& error, const ServiceModel* service, Protocol protocol);

}  // namespace tocsin::wire
