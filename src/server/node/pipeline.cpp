#include "server/node/pipeline.h"

namespace tocsin::server {

void connect(Rooms& rooms) {
  events::Journal& journal = rooms.ground.journal;

  // the names are for ever: a renamed consumer begins anew
  journal.subscribe("incidents", [&rooms](const EventEnvelope& event) { return rooms.incidents.on_event(event); });
  journal.subscribe("updates", [&rooms](const EventEnvelope& event) { return rooms.updates.on_event(event); });

  rooms.incidents.set_engager(rooms.oncall);
  rooms.incidents.add_evidence_source(rooms.recent_changes);
  rooms.incidents.add_evidence_source(rooms.service_changes);
}

}  // namespace tocsin::server
