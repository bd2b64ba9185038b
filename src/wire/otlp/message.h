// One protobuf message from the body of a request, in either encoding.
#pragma once

#include <google/protobuf/message.h>

#include <string_view>

#include "base/result.h"
#include "wire/otlp/otlp.h"

namespace tocsin::wire::otlp {

Result<void> read_message(std::string_view body, Encoding encoding, google::protobuf::Message& into);
std::string write_message(const google::protobuf::Message& message, Encoding encoding);

}  // namespace tocsin::wire::otlp
