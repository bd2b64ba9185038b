#include "model/event_envelope.h"

#include <boost/json.hpp>

#include "base/text_time.h"

namespace tocsin {

Document to_event_document(const EventEnvelope& event) {
  Array resources;
  for (const std::string& arn : event.resources) resources.emplace_back(arn);
  return Object{{"version", "0"},
                {"id", event.id},
                {"detail-type", event.type},
                {"source", event.source},
                {"account", event.sender().account},
                {"time", to_rfc3339(event.event_time)},
                {"region", event.sender().region},
                {"resources", std::move(resources)},
                {"detail", event.detail}};
}

}  // namespace tocsin
