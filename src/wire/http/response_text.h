// A response as HTTP/1.1 bytes.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "wire/http/http_message.h"

namespace tocsin::wire {

struct ResponseForm {
  bool keep_alive = true;
  bool chunked = false;   ///< the body comes in chunks, or until the connection ends for a caller of 1.0
  bool http_1_0 = false;  ///< the caller's version, who must be told of keep-alive
  std::int64_t told_length = -1;  ///< of an answer to HEAD: the length of the body that is not there; -1: that of the body
};

/// The status line and the fields, up to and with the empty line. Content-Length, Date and Connection are ours; the handler's own are left
/// out, as are characters that would end a field.
std::string response_head(const HttpResponse& response, ResponseForm form, Instant now);
/// The head of "101 Switching Protocols" with the response's fields.
std::string switching_head(const Headers& headers);
std::string_view status_words(int status);

}  // namespace tocsin::wire
