// Review drafts of incidents: answered at /reviews/INCIDENT-ID.md and .json, and tied to the incident as a related item of type ANALYSIS
// when it is resolved.
#pragma once

#include <functional>
#include <string>

#include "incidents/incidents.h"
#include "learn/reviews/review.h"
#include "wire/http/http_message.h"

namespace tocsin::reviews {

/// Whether the sender may read reviews of the scope; called on the StateExecutor, inside a unit.
using MayRead = std::function<bool(const wire::HttpRequest& request, const Scope& scope)>;

class Reviews final : public wire::HttpHandler {
 public:
  /// `public_url` gives "https://host:port".
  Reviews(storage::StateExecutor& state, incidents::Incidents& incidents, std::function<std::string()> public_url, MayRead may_read);

  /// The journal's consumer "reviews": a resolved incident gets its draft's link.
  Result<void> on_event(const EventEnvelope& event);
  /// GET and HEAD of /reviews/ID.md and /reviews/ID.json, from any thread; 404 alike for what is not there and what may not be read.
  void handle(wire::HttpRequest request, wire::Respond respond) override;

  /// On the StateExecutor, inside a unit.
  Review draft(const incidents::Incident& incident);

 private:
  wire::HttpResponse answer(const wire::HttpRequest& request);
  storage::StateExecutor& state_;
  incidents::Incidents& incidents_;
  std::function<std::string()> public_url_;
  MayRead may_read_;
};

}  // namespace tocsin::reviews
