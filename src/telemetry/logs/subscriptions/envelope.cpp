#include "telemetry/logs/subscriptions/envelope.h"

#include <boost/json.hpp>

#include "base/encoding.h"
#include "wire/http/gzip.h"

namespace tocsin::telemetry {

Document to_document(const Envelope& envelope) {
  Array events;
  for (const SubscribedEvent& event : envelope.events) {
    Object each{{"id", event.id}, {"timestamp", event.time_ms}, {"message", event.message}};
    if (!event.extracted_fields.empty()) {
      Object fields;
      for (const auto& [name, value] : event.extracted_fields) fields[name] = value;
      each["extractedFields"] = std::move(fields);
    }
    events.emplace_back(std::move(each));
  }
  return Object{{"messageType", "DATA_MESSAGE"},
                {"owner", envelope.owner},
                {"logGroup", envelope.log_group},
                {"logStream", envelope.log_stream},
                {"subscriptionFilters", Array{Document(envelope.subscription_filter)}},
                {"logEvents", std::move(events)}};
}

std::vector<std::string> packed(const Envelope& envelope, std::size_t bytes_max) {
  std::string text = to_base64(wire::gzip(to_json(to_document(envelope))));
  if (text.size() <= bytes_max || envelope.events.size() <= 1) return {std::move(text)};
  Envelope half = envelope;
  const auto middle = static_cast<std::ptrdiff_t>(envelope.events.size() / 2);
  half.events.assign(envelope.events.begin(), envelope.events.begin() + middle);
  std::vector<std::string> texts = packed(half, bytes_max);
  half.events.assign(envelope.events.begin() + middle, envelope.events.end());
  for (std::string& each : packed(half, bytes_max)) texts.push_back(std::move(each));
  return texts;
}

}  // namespace tocsin::telemetry
