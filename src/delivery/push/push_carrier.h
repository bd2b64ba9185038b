// Carries a parcel as one push message through ntfy (https://docs.ntfy.sh/publish/) or Gotify (https://gotify.net/api-docs), over the
// carrier of HTTP.
//
// Content of a parcel:
//   {"to": "NAME:TOPIC", "title": "…", "text": "…"}
//   "urgency": "high" | "normal" | "low", "url": "https://…"    optional: what a tap opens
// Outcome: as HTTP's; 401 and 403 (our token) are tried again; a name that no setting knows is refused.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delivery/carrier.h"

namespace tocsin::delivery {

struct PushServer {
  std::string name;
  bool gotify = false;
  std::string url, token;
};
/// NAME=ntfy:URL[;token=TOKEN], NAME=gotify:URL;token=TOKEN. Error invalid, without the token.
Result<PushServer> parse_push_server(std::string_view text);

class PushCarrier final : public Carrier {
 public:
  PushCarrier(std::function<const std::vector<PushServer>&()> servers, Carrier& http) : servers_(std::move(servers)), http_(http) {}
  void carry(const std::string& parcel_id, const Document& content, Done done) override;

 private:
  const std::function<const std::vector<PushServer>&()> servers_;
  Carrier& http_;
};

}  // namespace tocsin::delivery
