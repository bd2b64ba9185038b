// Carries a parcel as one SMS through a message centre, by SMPP 3.4, on a thread of its own.
//
// Content of a parcel:
//   {"to": "+4917…", "text": "…",          E.164; UTF-8 of any length
//    "sender_id": "…"}                     optional: whom it comes from, instead of the options' `from`
// Outcome: every part was taken: delivered, its answer {"ids": ["…"]}; throttled, full, no connection, no answer: try_again; else refused.
// What comes in (receipts, replies) is told to `hear`, from the carrier's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "delivery/carrier.h"
#include "delivery/smpp/receipt.h"

namespace tocsin::delivery {

struct SmppOptions {
  std::string host;
  std::string port = "2775";
  bool tls = false;
  std::string ca_file;  ///< PEM authorities to trust; empty: the system's
  std::string system_id, password, system_type;
  std::string from;
  Duration connect_timeout = std::chrono::seconds(5);
  /// A message that waits for a connection longer than this is tried again later, or by somebody else.
  Duration patience = std::chrono::seconds(10);
  Duration enquire_every = std::chrono::seconds(30);
};

struct HeardSms {
  bool is_receipt = false;
  smpp::Receipt receipt;
  std::string from, text;  ///< of a reply
};

class SmppCarrier final : public Carrier {
 public:
  using Hear = std::function<void(HeardSms)>;
  /// Connects at the first message. `clock` must outlive it.
  SmppCarrier(SmppOptions options, const Clock& clock, Hear hear);
  /// Unbinds; what was not answered is told try_again.
  ~SmppCarrier() override;
  void carry(const std::string& parcel_id, const Document& content, Done done) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::delivery
