// What a deliver_sm says: a receipt for one of our messages, or a text that somebody sent. Pure. SMPP v3.4 Appendix B, §5.2.12.
#pragma once

#include <optional>
#include <string>

#include "delivery/smpp/pdu.h"

namespace tocsin::delivery::smpp {

struct Receipt {
  std::string message_id;
  std::string state;  ///< DELIVRD, EXPIRED, DELETED, UNDELIV, ACCEPTD, UNKNOWN, REJECTD
  bool is_delivered() const { return state == "DELIVRD"; }
  bool is_failed() const { return state == "EXPIRED" || state == "DELETED" || state == "UNDELIV" || state == "REJECTD"; }
};

/// nullopt when the message is no receipt, or names no message.
std::optional<Receipt> receipt_of(const ShortMessage& message);
/// The text of a message as UTF-8, without a header.
std::string text_of(const ShortMessage& message);

}  // namespace tocsin::delivery::smpp
