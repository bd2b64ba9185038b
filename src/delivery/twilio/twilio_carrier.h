// Carries a parcel as one SMS or one call, by a provider's API in Twilio's form, over the carrier of HTTP.
//
// Content of a parcel:
//   {"to": "+4917…", "text": "…"}            of "sms"; "sender_id": optional, instead of the options' `from`
//   {"to": "+4917…", "say": "…",             of "voice": spoken twice
//    "answer_url": "https://…",              optional: where a key that was pressed is posted
//    "ask": "…"}                             what is said before the key is waited for
//   "status_url": "https://…"                optional, of both: where the provider posts what became of it
// Outcome: README.md; the answer kept: {"ids": ["SM…"]}.
// https://www.twilio.com/docs/messaging/api/message-resource https://www.twilio.com/docs/voice/api/call-resource
#pragma once

#include <string>

#include "delivery/carrier.h"
#include "delivery/gateways/gateway_address.h"

namespace tocsin::delivery {

struct TwilioOptions {
  std::string base_url = "https://api.twilio.com";
  std::string account_sid, token;
  std::string from;                   ///< a number, or letters where the network allows it
  std::string messaging_service_sid;  ///< instead of `from`, for SMS
};
/// twilio://SID:TOKEN@HOST?from=…&service=…; twilio+http:// without TLS, for tests on this machine.
Result<TwilioOptions> twilio_options_of(const GatewayAddress& address);

enum class TwilioKind { sms, voice };

class TwilioCarrier final : public Carrier {
 public:
  /// `http` outlives it.
  TwilioCarrier(TwilioKind kind, TwilioOptions options, Carrier& http) : kind_(kind), options_(std::move(options)), http_(http) {}
  void carry(const std::string& parcel_id, const Document& content, Done done) override;

 private:
  const TwilioKind kind_;
  const TwilioOptions options_;
  Carrier& http_;
};

/// <Response><Say>…</Say>…</Response>
std::string twiml_of_call(const Document& content);

}  // namespace tocsin::delivery
