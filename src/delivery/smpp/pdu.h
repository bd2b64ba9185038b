// SMPP 3.4 protocol data units, as bytes and as values. Pure. SMPP Protocol Specification v3.4, §3.2, §4.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::delivery::smpp {

/// §5.1.2.1; an answer has the highest bit set.
enum class Command : std::uint32_t {
  generic_nack = 0x80000000,
  submit_sm = 0x00000004,
  deliver_sm = 0x00000005,
  unbind = 0x00000006,
  bind_transceiver = 0x00000009,
  enquire_link = 0x00000015,
};
constexpr std::uint32_t answer_bit = 0x80000000;

struct Pdu {
  std::uint32_t command = 0;
  std::uint32_t status = 0;
  std::uint32_t sequence = 0;
  std::string body;

  bool is(Command wanted) const { return command == static_cast<std::uint32_t>(wanted); }
  bool answers(Command asked) const { return command == (static_cast<std::uint32_t>(asked) | answer_bit); }
};

std::string write_pdu(const Pdu& pdu);

/// Bytes of a connection, as they come, into units. A length that cannot be breaks it for good.
class PduReader {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  /// The next whole unit, nothing while it is not whole. Error invalid: the stream is broken.
  Result<std::optional<Pdu>> next();

 private:
  std::string buffer_;
};

struct Bind {
  std::string system_id, password, system_type;
};
std::string write_bind(const Bind& bind);

struct Address {
  int type_of_number = 0, numbering_plan = 0;
  std::string number;
};
/// "+4917…" international, letters alphanumeric, short digits as the network knows them.
Address address_of(std::string_view number);

/// submit_sm and deliver_sm (§4.4.1, §4.6.1), what of them is used.
struct ShortMessage {
  Address source, destination;
  int esm_class = 0;            ///< 0x40: the text begins with a header; 0x04: a receipt
  int registered_delivery = 0;  ///< 1: a receipt is wanted
  int data_coding = 0;          ///< 0 the centre's alphabet (GSM 7), 8 UCS-2
  std::string text;             ///< of message_payload when that is there
  std::map<std::uint16_t, std::string> options;
};
std::string write_message(const ShortMessage& message);
Result<ShortMessage> read_message(std::string_view body);
/// The message_id of a submit_sm_resp.
std::string read_message_id(std::string_view body);

inline constexpr std::uint16_t option_receipted_message_id = 0x001e, option_message_payload = 0x0424, option_message_state = 0x0427;

/// Whether a status (§5.1.3) may be gone the next time: the centre is throttling, full, or unwell.
bool is_passing(std::uint32_t status);
/// "ESME_RTHROTTLED (0x58)"
std::string status_words(std::uint32_t status);

}  // namespace tocsin::delivery::smpp
