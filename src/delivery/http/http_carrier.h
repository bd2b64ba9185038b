// Carries a parcel as one HTTP(S) request.
//
// Content of a parcel:
//   {"url": "https://host/path",             http or https
//    "method": "POST",                       default POST
//    "headers": {"Content-Type": "…", …},    sent as they are, in order; Content-Length and Host are ours
//    "body": "…"}                            raw bytes
// Outcome: 2xx delivered; 5xx, 429 and no answer (in time) try_again; everything else refused, redirects among it (they are not followed),
// as is a content that cannot be sent: no http URL, a line end in a header. The answer kept: {"body": "…"} (its first `answer_bytes_max`
// bytes). error_code: TIMEOUT, CONNECTION_FAILURE, THROTTLING, NO_PERMISSIONS, SDK_CLIENT_ERROR, INTERNAL_ERROR.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "delivery/carrier.h"

namespace tocsin::delivery {

class TransferThread;

struct HttpCarrierOptions {
  std::string ca_file;  ///< PEM authorities to trust besides none other; empty: the system's
  Duration connect_timeout = std::chrono::seconds(5);
  Duration total_timeout = std::chrono::seconds(15);
  std::size_t answer_bytes_max = 16 * 1024;
  std::string user_agent = "Tocsin";
};

class HttpCarrier final : public Carrier {
 public:
  /// `transfers` must outlive it.
  HttpCarrier(HttpCarrierOptions options, TransferThread& transfers);
  void carry(const std::string& parcel_id, const Document& content, Done done) override;

 private:
  const HttpCarrierOptions options_;
  TransferThread& transfers_;
};

}  // namespace tocsin::delivery
