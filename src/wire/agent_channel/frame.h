// The binary message of Systems Manager's message gateway, both directions, big-endian:
//   0 HeaderLength=116 (4) · 4 MessageType (32, blank-padded) · 36 SchemaVersion=1 (4) · 40 CreatedDate ms (8) · 48 SequenceNumber (8) · 56 Flags (8)
//   64 MessageId (16: UUID bytes 8–15, then 0–7) · 80 SHA-256 of the payload (32) · 112 PayloadType (4) · 116 PayloadLength (4) · 120 Payload
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::wire {

inline constexpr std::uint64_t frame_flag_syn = 1;
inline constexpr std::uint64_t frame_flag_fin = 2;

struct AgentFrame {
  std::string message_type;       ///< at most 32 characters, such as "agent_job"
  std::int64_t created_ms = 0;    ///< not zero on the wire
  std::int64_t sequence = 0;
  std::uint64_t flags = 0;
  std::string message_id;         ///< a UUID, 36 characters
  std::uint32_t payload_type = 0;
  std::string payload;

  bool operator==(const AgentFrame&) const = default;
};

std::string encode_frame(const AgentFrame& frame);
/// `invalid` when shorter than 120 bytes, the header length is not 116, the payload is cut short or its digest (unless all zero) is another's.
Result<AgentFrame> decode_frame(std::string_view bytes);

}  // namespace tocsin::wire
