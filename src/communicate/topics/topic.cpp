#include "communicate/topics/topic.h"

namespace tocsin::communicate {
namespace {

struct ProtocolName {
  Protocol protocol;
  std::string_view text;
};
constexpr ProtocolName protocol_names[] = {{Protocol::http, "http"},   {Protocol::https, "https"},
                                           {Protocol::email, "email"}, {Protocol::email_json, "email-json"},
                                           {Protocol::sqs, "sqs"},     {Protocol::sms, "sms"}};

std::string value_of(const TextMap& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string() : found->second;
}

}  // namespace

std::string Topic::attribute(const std::string& key) const { return value_of(attributes, key); }
std::string Subscription::attribute(const std::string& key) const { return value_of(attributes, key); }

std::string_view to_text(Protocol protocol) {
  for (const ProtocolName& name : protocol_names)
    if (name.protocol == protocol) return name.text;
  return "";
}

std::optional<Protocol> parse_protocol(std::string_view text) {
  for (const ProtocolName& name : protocol_names)
    if (name.text == text) return name.protocol;
  return std::nullopt;
}

const std::string& Notification::message_for(Protocol protocol) const {
  const auto found = request.message_by_protocol.find(std::string(to_text(protocol)));
  return found == request.message_by_protocol.end() ? request.message : found->second;
}

}  // namespace tocsin::communicate
