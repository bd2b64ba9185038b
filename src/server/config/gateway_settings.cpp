#include "server/config/gateway_settings.h"

#include "delivery/chat/chat_endpoints.h"
#include "delivery/gateways/gateway_address.h"
#include "delivery/push/push_carrier.h"
#include "delivery/twilio/twilio_carrier.h"

namespace tocsin::server {
namespace {

constexpr std::string_view opening = "{ssm:";

// as good as any, while the parameters are not read
std::string with_samples(const std::string& value) {
  return fill_parameters(value, [](const std::string&) { return std::string("x"); });
}

Result<void> check_gateway(const std::string& value, bool voice) {
  const auto address = delivery::parse_gateway_address(with_samples(value));
  if (!address) return std::unexpected(address.error());
  if (!voice && (address->scheme == "smpp" || address->scheme == "smpps")) {
    if (address->user.empty())
      return fail(ErrorKind::invalid, "the message centre's account is missing: smpp://SYSTEM_ID:PASSWORD@HOST[:PORT]?from=NUMBER");
    return {};
  }
  const auto options = delivery::twilio_options_of(*address);
  if (!options) return std::unexpected(options.error());
  if (voice && options->from.empty()) return fail(ErrorKind::invalid, "calls need the number that they come from: ?from=%2B15550100");
  return {};
}

}  // namespace

std::vector<std::string> parameters_named(const std::string& value) {
  std::vector<std::string> out;
  for (std::size_t at = value.find(opening); at != std::string::npos; at = value.find(opening, at + 1)) {
    const std::size_t end = value.find('}', at);
    if (end != std::string::npos) out.push_back(value.substr(at + opening.size(), end - at - opening.size()));
  }
  return out;
}

std::string fill_parameters(const std::string& value, const std::function<std::string(const std::string& name)>& value_of) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t open = value.find(opening); open != std::string::npos; open = value.find(opening, at)) {
    const std::size_t end = value.find('}', open);
    if (end == std::string::npos) break;
    out += value.substr(at, open - at) + value_of(value.substr(open + opening.size(), end - open - opening.size()));
    at = end + 1;
  }
  return out + value.substr(at);
}

Result<void> check_sms_setting(const std::string& value) { return check_gateway(value, false); }
Result<void> check_voice_setting(const std::string& value) { return check_gateway(value, true); }

Result<void> check_chat_setting(const std::string& value) {
  const auto endpoint = delivery::parse_chat_endpoint(with_samples(value));
  return endpoint ? Result<void>{} : std::unexpected(endpoint.error());
}

Result<void> check_push_setting(const std::string& value) {
  const auto server = delivery::parse_push_server(with_samples(value));
  return server ? Result<void>{} : std::unexpected(server.error());
}

}  // namespace tocsin::server
