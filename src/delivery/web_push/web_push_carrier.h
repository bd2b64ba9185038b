// Carries a parcel as one push to one browser, over the carrier of HTTP.
//
// Content of a parcel:
//   {"subscription": {"endpoint": "https://…", "keys": {"p256dh": "…", "auth": "…"}},   as PushSubscription.toJSON() gives it
//    "title": "…", "text": "…", "url": "…", "urgency": "high" | "normal" | "low"}
// Outcome: 201 and its kin delivered; 404, 410 (unsubscribed) and keys that are none refused; 429, 5xx, no answer, 401, 403 try_again.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "delivery/carrier.h"
#include "delivery/web_push/push_encryption.h"

namespace tocsin::delivery {

/// Error invalid: no https endpoint, keys that are none.
Result<PushSubscription> read_subscription(const Document& document);

struct WebPushOptions {
  std::function<const P256Key*()> key;  ///< the server's; null: there is none yet
  std::string contact = "mailto:root@localhost";
};

class WebPushCarrier final : public Carrier {
 public:
  WebPushCarrier(WebPushOptions options, const Clock& clock, Random& random, Carrier& http)
      : options_(std::move(options)), clock_(clock), random_(random), http_(http) {}
  void carry(const std::string& parcel_id, const Document& content, Done done) override;

 private:
  Result<Document> request_of(const std::string& parcel_id, const Document& content);
  const WebPushOptions options_;
  const Clock& clock_;
  Random& random_;
  Carrier& http_;
};

}  // namespace tocsin::delivery
