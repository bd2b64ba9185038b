#include "api/cloudtrail/service.h"

#include "api/cloudtrail/operations.h"

namespace tocsin::api {

Service make_cloudtrail_service(telemetry::AuditTrail& trail, ListTokens tokens) {
  return {"cloudtrail", {{"LookupEvents", Handle([&trail, tokens = std::move(tokens)](const Call& call) {
                            return cloudtrail::lookup_events(trail, tokens, call);
                          })}}};
}

}  // namespace tocsin::api
