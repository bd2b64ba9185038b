// Carries a parcel as one chat message, over the carrier of HTTP.
//
// Content of a parcel:
//   {"workspace": "T0…", "channel": "C0…", "message": {…}}   chat_message.h
//   "thread": "…"                                            optional: messages of one key belong together
//   "webhook": "https://…", "service": "chime"               optional, instead of an endpoint of the setting
// Outcome: as HTTP's; of Slack's API {"ok": false} by its word: rate limits and faults of its own, and what it says about our token, are
// tried again, everything else is refused. A workspace that no setting names: refused.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "delivery/carrier.h"
#include "delivery/chat/chat_endpoints.h"

namespace tocsin::delivery {

class ChatCarrier final : public Carrier {
 public:
  /// `endpoints` is asked at each message; `http` outlives this.
  ChatCarrier(std::function<const ChatEndpoints&()> endpoints, Carrier& http);
  ~ChatCarrier() override;
  void carry(const std::string& parcel_id, const Document& content, Done done) override;

 private:
  struct Threads;
  const std::function<const ChatEndpoints&()> endpoints_;
  Carrier& http_;
  std::shared_ptr<Threads> threads_;
};

}  // namespace tocsin::delivery
