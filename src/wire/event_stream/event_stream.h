// Messages of application/vnd.amazon.eventstream. Pure. https://smithy.io/2.0/aws/amazon-eventstream.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tocsin::wire {

/// Headers are texts (type 7); those of other types are left out when reading.
struct EventStreamMessage {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string payload;

  /// "" when it is not there.
  std::string_view header(std::string_view name) const;
};

std::string encode(const EventStreamMessage& message);

/// An event of a JSON service: ":event-type" and its members as JSON text. "initial-response" is the first of an RPC service's stream.
std::string encode_event(std::string_view event_type, std::string_view json);
std::string encode_exception(std::string_view exception_type, std::string_view json);

/// The first message in `bytes` and how many bytes it took; nullopt when more are needed. `invalid` when they are no such message.
Result<std::optional<std::pair<EventStreamMessage, std::size_t>>> decode(std::string_view bytes);

}  // namespace tocsin::wire
