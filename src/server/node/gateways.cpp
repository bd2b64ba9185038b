#include "server/node/gateways.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "delivery/gateways/failover_carrier.h"
#include "delivery/twilio/twilio_carrier.h"
#include "server/config/gateway_settings.h"

namespace tocsin::server {
namespace {

constexpr Duration read_again_after = std::chrono::minutes(1);

delivery::SmppOptions smpp_options_of(const delivery::GatewayAddress& address) {
  delivery::SmppOptions out{.host = address.host, .system_id = address.user, .password = address.secret};
  out.tls = address.scheme == "smpps";
  if (!address.port.empty()) out.port = address.port;
  out.from = address.option("from", "Tocsin");
  out.system_type = address.option("system-type");
  out.ca_file = address.option("ca");
  return out;
}

}  // namespace

/// The gateways of one channel and the order among them.
struct Gateways::Line {
  std::vector<std::unique_ptr<delivery::Carrier>> carriers;
  std::unique_ptr<delivery::FailoverCarrier> failover;
};

/// A channel's place in the outbox, whatever stands behind it at the time.
class Gateways::Slot final : public delivery::Carrier {
 public:
  void carry(const std::string& parcel_id, const Document& content, Done done) override {
    if (!line || !line->failover)
      return done({.result = delivery::CarryResult::try_again, .error = "no gateway of this channel can be used; the log says why"});
    line->failover->carry(parcel_id, content, std::move(done));
  }
  std::unique_ptr<Line> line;
  std::unique_ptr<Line> retired;  ///< what was given to it is still answered
};

Gateways::Gateways(const ServerConfig& config, const Outside& outside, Needs needs)
    : config_(config), outside_(outside), needs_(std::move(needs)), sms_(std::make_unique<Slot>()), voice_(std::make_unique<Slot>()) {}

Gateways::~Gateways() { *alive_ = false; }

std::string Gateways::filled(const std::string& value) const {
  return fill_parameters(value, [this](const std::string& name) {
    const auto found = parameters_.find(name);
    return found == parameters_.end() ? std::string() : found->second;
  });
}

void Gateways::start(delivery::Outbox& outbox) {
  if (!outside_.http_carrier) return;
  chat_carrier_ =
      std::make_unique<delivery::ChatCarrier>([this]() -> const delivery::ChatEndpoints& { return chat_; }, *outside_.http_carrier);
  push_carrier_ = std::make_unique<delivery::PushCarrier>([this]() -> const std::vector<delivery::PushServer>& { return push_; },
                                                          *outside_.http_carrier);
  web_push_carrier_ =
      std::make_unique<delivery::WebPushCarrier>(delivery::WebPushOptions{.key = needs_.push_key, .contact = config_.push_contact},
                                                 outside_.clock, outside_.random, *outside_.http_carrier);
  refresh();
  outbox.add_carrier("chat", *chat_carrier_);
  outbox.add_carrier("push", *push_carrier_);
  outbox.add_carrier("web-push", *web_push_carrier_);
  if (!config_.sms.empty()) outbox.add_carrier("sms", *sms_);
  if (!config_.voice.empty()) outbox.add_carrier("voice", *voice_);
}

Result<void> Gateways::read_parameters() {
  std::map<std::string, std::string> read;
  for (const auto* settings : {&config_.sms, &config_.voice, &config_.chat, &config_.push})
    for (const std::string& setting : *settings)
      for (const std::string& name : parameters_named(setting)) {
        auto value = needs_.parameter(name);
        if (value) read[name] = std::move(*value);
        if (!value && !made_)
          log::warning("server/gateways", "a parameter that a gateway needs is not there",
                       {{"parameter", name}, {"error", value.error().message}});
      }
  parameters_ = std::move(read);
  return {};
}

void Gateways::refresh() {
  bool any = false;
  for (const auto* settings : {&config_.sms, &config_.voice, &config_.chat, &config_.push})
    for (const std::string& setting : *settings) any |= !parameters_named(setting).empty();
  if (!any) return made_ ? void() : make_all();
  needs_.state.submit([this, alive = alive_]() -> Result<void> { return *alive ? read_parameters() : Result<void>{}; },
                      [this, alive = alive_](Result<void> done) {
                        if (!*alive) return;
                        if (done && (!made_ || parameters_ != made_with_)) make_all();
                        needs_.state.executor().post_after(read_again_after, [this, alive] {
                          if (*alive) refresh();
                        });
                      });
}

void Gateways::make_all() {
  made_ = true;
  made_with_ = parameters_;
  {
    const std::lock_guard lock(mutex_);
    tokens_.clear();
  }
  make_line(*sms_, config_.sms, false);
  make_line(*voice_, config_.voice, true);
  std::vector<delivery::ChatEndpoint> endpoints;
  for (const std::string& setting : config_.chat)
    if (auto endpoint = delivery::parse_chat_endpoint(filled(setting))) endpoints.push_back(std::move(*endpoint));
  chat_ = delivery::ChatEndpoints(std::move(endpoints));
  push_.clear();
  for (const std::string& setting : config_.push)
    if (auto server = delivery::parse_push_server(filled(setting))) push_.push_back(std::move(*server));
}

void Gateways::make_line(Slot& slot, const std::vector<std::string>& settings, bool voice) {
  auto line = std::make_unique<Line>();
  std::vector<delivery::FailoverCarrier::Gateway> gateways;
  for (const std::string& setting : settings) {
    const auto address = delivery::parse_gateway_address(filled(setting));
    if (!address) {
      log::warning("server/gateways", "a gateway cannot be used",
                   {{"channel", voice ? "voice" : "sms"}, {"error", address.error().message}});
      continue;
    }
    if (!voice && address->scheme.starts_with("smpp")) {
      // a message centre is spoken to by a socket of its own, which a simulation has not
      if (!outside_.on_a_machine) continue;
      line->carriers.push_back(std::make_unique<delivery::SmppCarrier>(
          smpp_options_of(*address), outside_.clock, [this, alive = alive_](delivery::HeardSms heard) {
            needs_.state.executor().post([this, alive, heard = std::move(heard)] {
              if (*alive) needs_.hear(heard);
            });
          }));
    } else {
      const auto options = delivery::twilio_options_of(*address);
      if (!options) {
        log::warning("server/gateways", "a gateway cannot be used",
                     {{"channel", voice ? "voice" : "sms"}, {"error", options.error().message}});
        continue;
      }
      const std::lock_guard lock(mutex_);
      tokens_.push_back(options->token);
      line->carriers.push_back(std::make_unique<delivery::TwilioCarrier>(voice ? delivery::TwilioKind::voice : delivery::TwilioKind::sms,
                                                                         *options, *outside_.http_carrier));
    }
    gateways.push_back({address->scheme + "://" + address->host, line->carriers.back().get()});
  }
  if (!gateways.empty()) line->failover = std::make_unique<delivery::FailoverCarrier>(std::move(gateways), needs_.state.executor());
  slot.retired = std::exchange(slot.line, std::move(line));
}

bool Gateways::can_send(const std::string& channel) const {
  if (!outside_.http_carrier) return false;
  if (channel == "sms") return !config_.sms.empty();
  if (channel == "voice") return !config_.voice.empty();
  if (channel == "web-push") return true;
  constexpr std::string_view push = "push:";
  if (!channel.starts_with(push)) return channel == "smtp";
  for (const std::string& setting : config_.push)
    if (setting.starts_with(channel.substr(push.size()) + "=")) return true;
  return false;
}

std::vector<std::string> Gateways::twilio_tokens() const {
  const std::lock_guard lock(mutex_);
  return tokens_;
}

}  // namespace tocsin::server
