#include "telemetry/logs/subscriptions/subscription_targets.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "telemetry/logs/log_batch.h"

namespace tocsin::telemetry {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t queue_bytes_max = 250'000, envelope_bytes_max = 1'000'000;
constexpr std::string_view group_prefix = "log-group:", destination_prefix = "destination:";
constexpr std::string_view channel = "log-subscription", owner = "log-subscriptions";

delivery::RetryPlan day_of_retries() {
  delivery::RetryPlan plan{.delays = {1s, 5s, 15s, 30s, 1min, 2min, 5min, 10min}, .expires_after = 24h};
  for (int i = 0; i < 60; ++i) plan.delays.push_back(30min);
  return plan;
}

std::string group_name(const Arn& arn) {
  std::string name = arn.resource.substr(group_prefix.size());
  if (name.ends_with(":*")) name.resize(name.size() - 2);
  return name;
}

bool is_group(const Arn& arn) { return arn.service == "logs" && arn.resource.starts_with(group_prefix); }
bool is_url(std::string_view text) { return text.starts_with("http://") || text.starts_with("https://"); }
std::string function_event(const std::string& packed) { return to_json(Object{{"awslogs", Object{{"data", packed}}}}); }
bool is_final(const Error& error) {
  return error.kind == ErrorKind::invalid || error.kind == ErrorKind::denied || error.kind == ErrorKind::unsupported;
}

std::unexpected<Error> cannot(const Arn& arn) {
  if (arn.service == "kinesis")
    return fail(ErrorKind::invalid,
                "Could not deliver test message to specified Kinesis stream. Check if the given kinesis stream is in ACTIVE state.");
  if (arn.service == "firehose")
    return fail(ErrorKind::invalid,
                "Could not deliver test message to specified Firehose stream. Check if the given Firehose stream is in ACTIVE state.");
  if (arn.service == "lambda")
    return fail(ErrorKind::invalid,
                "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.");
  return fail(ErrorKind::invalid, "PutSubscriptionFilter operation cannot work with destinationArn for vendor " + arn.service);
}

}  // namespace

std::optional<std::string> destination_name(const Arn& arn) {
  if (arn.service != "logs" || !arn.resource.starts_with(destination_prefix)) return std::nullopt;
  return arn.resource.substr(destination_prefix.size());
}

/// Tries again what could not be sent at once, in a unit of its own.
class SubscriptionTargets::RetryCarrier final : public delivery::Carrier {
 public:
  explicit RetryCarrier(SubscriptionTargets& targets) : targets_(targets) {}
  void carry(const std::string&, const Document& content, Done done) override {
    targets_.state_.submit([this, content] { return targets_.dispatch(content); },
                           [done = std::move(done)](Result<void> result) mutable {
                             if (result) return done({.result = delivery::CarryResult::delivered});
                             done({.result = is_final(result.error()) ? delivery::CarryResult::refused : delivery::CarryResult::try_again,
                                   .error = result.error().message});
                           });
  }

 private:
  SubscriptionTargets& targets_;
};

SubscriptionTargets::SubscriptionTargets(storage::StateExecutor& state, LogStore& store, LogSettings& settings, delivery::Outbox& outbox,
                                         delivery::Queues& queues)
    : state_(state),
      store_(store),
      settings_(settings),
      outbox_(outbox),
      queues_(queues),
      carrier_(std::make_unique<RetryCarrier>(*this)) {}
SubscriptionTargets::~SubscriptionTargets() = default;

void SubscriptionTargets::start() {
  outbox_.add_carrier(std::string(channel), *carrier_);
  outbox_.handle(std::string(owner), [](const delivery::Settlement& settlement) -> Result<void> {
    if (settlement.outcome != delivery::Settled::delivered)
      log::warning("telemetry/logs", "log events could not be delivered to a subscription's target", {{"error", settlement.last.error}});
    return {};
  });
}

Result<SubscriptionTargets::Target> SubscriptionTargets::resolve(const std::string& destination_arn) {
  const auto arn = parse_arn(destination_arn);
  if (!arn) return fail(ErrorKind::invalid, "The destinationArn is not a valid ARN.");
  const auto name = destination_name(*arn);
  if (!name) return Target{*arn, {}};
  const auto destination = settings_.get(log_setting::destination, {arn->account, arn->region}, "", *name);
  if (!destination) return fail(ErrorKind::not_found, "The specified destination does not exist.");
  const std::string target = text_or(*destination, "targetArn");
  if (is_url(target)) return Target{{}, target};
  return Target{parse_arn(target).value_or(Arn{}), {}};
}

Result<void> SubscriptionTargets::check_target(const std::string& target_arn) {
  if (is_url(target_arn)) return {};
  const auto arn = parse_arn(target_arn);
  if (!arn) return fail(ErrorKind::invalid, "The targetArn is not a valid ARN.");
  if (arn->service == "sqs") {
    if (auto queue = queues_.find(target_arn); !queue)
      return fail(ErrorKind::invalid, "Could not deliver test message to specified queue: it does not exist.");
    return {};
  }
  if (is_group(*arn)) {
    if (!store_.find_group({arn->account, arn->region}, group_name(*arn)))
      return fail(ErrorKind::not_found, "The specified log group does not exist.");
    return {};
  }
  return senders_.contains(arn->service) ? Result<void>() : cannot(*arn);
}

Result<void> SubscriptionTargets::check(const Scope& scope, const std::string& destination_arn, const std::string& from_group) {
  const auto target = resolve(destination_arn);
  if (!target) return std::unexpected(target.error());
  if (!target->url.empty()) return {};
  const auto direct = parse_arn(destination_arn);
  if (direct && !destination_name(*direct) && direct->account != scope.account)
    return fail(ErrorKind::invalid, "Cross-account pass role is not allowed: to another account, events go through a destination.");
  if (is_group(target->arn) && target->arn.account == scope.account && target->arn.region == scope.region &&
      group_name(target->arn) == from_group)
    return fail(ErrorKind::invalid, "A log group cannot be the destination of its own subscription filter.");
  return check_target(target->arn.text());
}

Result<void> SubscriptionTargets::to_group(const Arn& arn, const Envelope& envelope) {
  const Scope scope{arn.account, arn.region};
  if (!store_.find_group(scope, group_name(arn))) return fail(ErrorKind::not_found, "The log group of the subscription does not exist.");
  const auto stream = ensure_stream(store_, scope, group_name(arn), envelope.log_stream);
  if (!stream) return std::unexpected(stream.error());
  std::vector<LogEvent> events;
  for (const SubscribedEvent& event : envelope.events) events.push_back({event.time_ms, event.message});
  return store_.append(*stream, events);
}

void SubscriptionTargets::post(const std::string& url, const std::string& text) {
  outbox_.enqueue(
      {.channel = "http",
       .owner = std::string(owner),
       .content =
           Object{
               {"method", "POST"}, {"url", url}, {"headers", Object{{"Content-Type", "application/json"}}}, {"body", function_event(text)}},
       .plan = day_of_retries()});
}

Result<void> SubscriptionTargets::dispatch(const Document& parcel) {
  const auto arn = parse_arn(text_or(parcel, "target"));
  if (!arn) return fail(ErrorKind::invalid, "The target is no ARN.");
  if (arn->service == "sqs") {
    delivery::OutgoingMessage message{.body = text_or(parcel, "data"), .sender_id = "logs.amazonaws.com", .source_arn = text_or(parcel, "source")};
    if (arn->resource.ends_with(".fifo")) {
      message.group_id = "logs";
      message.deduplication_id = text_or(parcel, "id");
    }
    const auto sent = queues_.send(arn->text(), message);
    return sent ? Result<void>() : std::unexpected(sent.error());
  }
  const auto sender = senders_.find(arn->service);
  if (sender == senders_.end()) return cannot(*arn);
  return sender->second({text_or(parcel, "account"), text_or(parcel, "region")}, *arn, function_event(text_or(parcel, "data")));
}

void SubscriptionTargets::send(const Scope& scope, const std::string& destination_arn, const Envelope& envelope) {
  if (envelope.events.empty()) return;
  const auto target = resolve(destination_arn);
  if (!target) return log::warning("telemetry/logs", "a subscription has no destination any more", {{"destination", destination_arn}});
  if (is_group(target->arn)) {
    if (auto kept = to_group(target->arn, envelope); !kept)
      log::warning("telemetry/logs", "log events could not be written to a subscription's group", {{"error", kept.error().message}});
    return;
  }
  const bool queue = target->arn.service == "sqs";
  std::size_t part = 0;
  for (const std::string& text : packed(envelope, queue ? queue_bytes_max : envelope_bytes_max)) {
    if (!target->url.empty()) {
      post(target->url, text);
      continue;
    }
    const Document parcel = Object{{"target", target->arn.text()},
                                   {"source", make_arn("logs", scope, "log-group:" + envelope.log_group + ":*")},
                                   {"data", text},
                                   {"account", scope.account},
                                   {"region", scope.region},
                                   {"id", envelope.events.front().id + "-" + std::to_string(part++)}};
    if (!state_.database().atomically([&] { return dispatch(parcel); }))
      outbox_.enqueue({.channel = std::string(channel), .owner = std::string(owner), .content = parcel, .plan = day_of_retries()});
  }
}

}  // namespace tocsin::telemetry
