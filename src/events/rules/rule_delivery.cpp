// From an event to the targets of the rules that match it, and to the dead letters.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/ids.h"
#include "base/log.h"
#include "events/rules/delivery_sender.h"
#include "events/rules/rule_cache.h"
#include "events/rules/rule_rows.h"
#include "events/rules/target_input.h"

namespace tocsin::events {

using namespace std::chrono_literals;

namespace {

constexpr int targets_read_max = 100;
constexpr int retries_default = 185;
constexpr int age_seconds_default = 86400;
constexpr auto retry_delay_first = 1s;
constexpr auto retry_delay_max = 10min;

/// A target that refuses for good is not asked again.
bool is_final(const Error& error) {
  return error.kind == ErrorKind::not_found || error.kind == ErrorKind::denied || error.kind == ErrorKind::invalid ||
         error.kind == ErrorKind::unsupported;
}

std::string error_code_of(const Error& error) {
  if (!error.reason.empty() && error.reason.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos) return error.reason;
  switch (error.kind) {
    case ErrorKind::not_found:
      return "NO_RESOURCE";
    case ErrorKind::denied:
      return "NO_PERMISSIONS";
    case ErrorKind::limit_exceeded:
      return "THROTTLING";
    default:
      return "ERROR_FROM_TARGET";
  }
}

std::int64_t retries_of(const Document& target) {
  const Document* policy = find(target, "RetryPolicy");
  return policy ? integer_or(*policy, "MaximumRetryAttempts", retries_default) : retries_default;
}

/// The outbox's first try is at once; `tried_before`: it is the first repetition.
delivery::RetryPlan plan_of(const Document& target, bool tried_before) {
  const Document* policy = find(target, "RetryPolicy");
  const auto age = policy ? integer_or(*policy, "MaximumEventAgeInSeconds", age_seconds_default) : age_seconds_default;
  delivery::RetryPlan plan{.delays = {}, .expires_after = std::chrono::seconds(age)};
  Duration delay = retry_delay_first;
  for (std::int64_t n = tried_before ? 1 : 0; n < retries_of(target); ++n) {
    plan.delays.push_back(delay);
    delay = std::min<Duration>(delay * 2, retry_delay_max);
  }
  return plan;
}

Document to_document(const TargetDelivery& delivery) {
  return Object{{"delivery_id", delivery.delivery_id},
                {"account", delivery.scope.account},
                {"region", delivery.scope.region},
                {"rule_arn", delivery.rule_arn},
                {"event_id", delivery.event_id},
                {"target", delivery.target.text()},
                {"input", delivery.input},
                {"definition", delivery.definition},
                {"schedule", delivery.schedule_arn},
                {"scheduled_time", delivery.scheduled_time},
                {"execution", delivery.execution_id}};
}

TargetDelivery delivery_from(const Document& document) {
  TargetDelivery delivery{text_or(document, "delivery_id"),
                          {text_or(document, "account"), text_or(document, "region")},
                          text_or(document, "rule_arn"),
                          text_or(document, "event_id"),
                          {},
                          text_or(document, "input"),
                          {},
                          text_or(document, "schedule"),
                          text_or(document, "scheduled_time"),
                          text_or(document, "execution")};
  if (const auto arn = parse_arn(text_or(document, "target"))) delivery.target = *arn;
  if (const Document* definition = find(document, "definition")) delivery.definition = *definition;
  return delivery;
}

delivery::CarryOutcome outcome_of(const Result<void>& result) {
  if (result) return {.result = delivery::CarryResult::delivered};
  return {.result = is_final(result.error()) ? delivery::CarryResult::refused : delivery::CarryResult::try_again,
          .error = result.error().message,
          .error_code = error_code_of(result.error())};
}

bool is_read_only_management_event(const EventEnvelope& event) {
  return event.type == "AWS API Call via CloudTrail" && truth_or(event.detail, "readOnly", false);
}

std::string rule_name_of(const std::string& rule_arn) { return rule_arn.substr(rule_arn.rfind('/') + 1); }

}  // namespace

/// What EXHAUSTED_RETRY_CONDITION and RETRY_ATTEMPTS tell; empty when nothing was tried again.
struct Rules::Exhaustion {
  std::string condition;
  int retries = 0;
};

/// Tries a delivery again, each time in a unit of its own; and those that answer later for the first time.
class Rules::RetryCarrier final : public delivery::Carrier {
 public:
  explicit RetryCarrier(Rules& rules) : rules_(rules) {}
  void carry(const std::string&, const Document& content, Done done) override {
    TargetDelivery delivery = delivery_from(content);
    if (const DispatchLater* later = rules_.later_of(delivery.target)) {
      auto answer = [done = std::move(done)](Result<void> result) mutable { done(outcome_of(result)); };
      return (*later)(std::move(delivery), std::move(answer));
    }
    rules_.state_.submit([this, delivery = std::move(delivery)] { return rules_.dispatch(delivery); },
                         [done = std::move(done)](Result<void> result) mutable { done(outcome_of(result)); });
  }

 private:
  Rules& rules_;
};

Rules::Rules(storage::StateExecutor& state, Random& random, Journal& journal, delivery::Outbox& outbox, delivery::Timers& timers,
             delivery::Queues& queues, SelfMetrics* metrics)
    : state_(state),
      random_(random),
      journal_(journal),
      outbox_(outbox),
      timers_(timers),
      queues_(queues),
      metrics_(metrics),
      carrier_(std::make_unique<RetryCarrier>(*this)),
      cache_(std::make_unique<Cache>()) {}

Rules::~Rules() = default;

void Rules::bind(std::string service, DispatchTarget dispatch) { dispatchers_[std::move(service)] = std::move(dispatch); }

void Rules::bind_later(std::string service, DispatchLater dispatch) { later_[std::move(service)] = std::move(dispatch); }

const DispatchLater* Rules::later_of(const Arn& target) const {
  auto found = later_.find(target.service + ":" + target.resource.substr(0, target.resource.find('/')));
  if (found == later_.end()) found = later_.find(target.service);
  return found == later_.end() ? nullptr : &found->second;
}

void Rules::start() {
  outbox_.add_carrier("event-target", *carrier_);
  outbox_.handle("rules", [this](const delivery::Settlement& settlement) { return settled(settlement); });
  timers_.handle("events.schedule",
                 [this](const std::string& rule_arn, Instant due, const Document&) { return fire_schedule(rule_arn, due); });
  journal_.subscribe("rules", [this](const EventEnvelope& event) { return consume(event); });
}

Result<void> Rules::consume(const EventEnvelope& event) {
  Cache::Bus& bus = cache_->bus(state_, event.scope, event.bus);
  if (bus.id_of.empty()) return {};
  const Document document = to_event_document(event);
  std::vector<PatternSet::Id> matched;
  bus.patterns.match(document, matched);
  std::ranges::sort(matched, {}, [&](PatternSet::Id id) -> const std::string& { return bus.rules[id].name; });
  const bool read_only = is_read_only_management_event(event);
  for (const PatternSet::Id id : matched) {
    const Rule& rule = bus.rules[id];
    if (read_only && rule.state != RuleState::enabled_with_all_management_events) continue;
    count(rule, "MatchedEvents");
    trigger(rule, bus.targets_of(*this, id), document, {rule.arn(), rule.name, event.recorded_time}, event.id);
  }
  return {};
}

void Rules::replay(const EventEnvelope& event, const std::string& replay_name, const std::vector<std::string>& rule_arns) {
  Cache::Bus& bus = cache_->bus(state_, event.scope, event.bus);
  Document document = to_event_document(event);
  document.as_object()["replay-name"] = replay_name;
  std::vector<PatternSet::Id> matched;
  bus.patterns.match(document, matched);
  std::ranges::sort(matched, {}, [&](PatternSet::Id id) -> const std::string& { return bus.rules[id].name; });
  for (const PatternSet::Id id : matched) {
    const Rule& rule = bus.rules[id];
    if (!rule_arns.empty() && std::ranges::find(rule_arns, rule.arn()) == rule_arns.end()) continue;
    trigger(rule, bus.targets_of(*this, id), document, {rule.arn(), rule.name, state_.now()}, event.id + ":" + replay_name);
  }
}

void Rules::trigger(const Rule& rule, const std::vector<Target>& targets, const Document& event, const InputContext& context,
                    const std::string& event_key) {
  count(rule, "TriggeredRules");
  for (const Target& target : targets) deliver(rule, target, event, context, event_key);
}

void Rules::deliver(const Rule& rule, const Target& target, const Document& event, const InputContext& context,
                    const std::string& event_key) {
  TargetDelivery delivery{event_key + ":" + rule.arn() + ":" + target.id, rule.scope, rule.arn(),       text_or(event, "id"),
                          parse_arn(target.arn).value_or(Arn{}),          {},         target.definition};
  count(rule, "Invocations");
  auto input = target_input(target.definition, event, context);
  if (!input) return to_dead_letters(delivery, "INVALID_JSON", input.error().message, {});
  delivery.input = std::move(*input);
  submit(delivery);
}

void Rules::submit(const TargetDelivery& delivery) {
  if (later_of(delivery.target)) return enqueue(delivery, false);
  // a queue is written to only when nothing speaks against it any more, so that there is nothing to undo
  const bool whole = delivery.target.service == "sqs";
  const auto dispatched = whole ? dispatch(delivery) : state_.atomically([&] { return dispatch(delivery); });
  if (dispatched) return;
  if (is_final(dispatched.error())) return to_dead_letters(delivery, error_code_of(dispatched.error()), dispatched.error().message, {});
  retry_later(delivery, dispatched.error());
}

void Rules::enqueue(const TargetDelivery& delivery, bool tried_before) {
  outbox_.enqueue({.id = delivery.delivery_id,
                   .channel = "event-target",
                   .owner = "rules",
                   .content = to_document(delivery),
                   .plan = plan_of(delivery.definition, tried_before)});
}

Result<void> Rules::dispatch(const TargetDelivery& delivery) {
  if (delivery.target.service == "sqs") return dispatch_to_queue(delivery);
  if (delivery.target.service == "events") return dispatch_to_bus(delivery);
  const auto bound = dispatchers_.find(delivery.target.service);
  if (bound == dispatchers_.end())
    return fail(ErrorKind::unsupported, "Targets of the service " + delivery.target.service + " are not offered by this server.");
  return bound->second(delivery);
}

Result<void> Rules::dispatch_to_queue(const TargetDelivery& delivery) {
  delivery::OutgoingMessage message{.body = delivery.input,
                                    .sender_id = sender_service(delivery),
                                    .source_arn = sender_arn(delivery),
                                    .role_arn = text_or(delivery.definition, "RoleArn")};
  if (const Document* group = find(find(delivery.definition, "SqsParameters"), "MessageGroupId"))
    message.group_id = std::string(group->as_string());
  const auto sent = queues_.send(delivery.target.text(), message);
  return sent ? Result<void>{} : Result<void>(std::unexpected(sent.error()));
}

/// A bus of another account lets in whom its policy names.
Result<void> Rules::admit_to_bus(const TargetDelivery& delivery, const Scope& bus_scope) {
  if (bus_scope.account == delivery.scope.account) return {};
  if (!admit_to_bus_) return fail(ErrorKind::denied, "The event bus belongs to another account.");
  return admit_to_bus_(delivery);
}

Result<void> Rules::dispatch_to_bus(const TargetDelivery& delivery) {
  if (!delivery.schedule_arn.empty()) return dispatch_new_event(delivery);
  const std::string bus = delivery.target.resource.substr(delivery.target.resource.find('/') + 1);
  const Scope scope{delivery.target.account, delivery.target.region};
  if (const auto admitted = admit_to_bus(delivery, scope); !admitted) return admitted;
  if (const auto found = find_bus(scope, bus); !found) return std::unexpected(found.error());
  const auto original = journal_.find(delivery.event_id);
  if (!original) return fail(ErrorKind::not_found, "The event is no longer kept.");
  EventEnvelope forwarded = *original;
  forwarded.id.clear();
  // one step further in the chain, so that buses that forward to one another come to an end
  forwarded.causation_id = delivery.event_id;
  forwarded.correlation_id.clear();
  forwarded.depth = 0;
  forwarded.bus = bus;
  if (scope != original->scope) forwarded.origin = original->sender();
  forwarded.scope = scope;
  forwarded.idempotency_key = delivery.delivery_id;
  journal_.append(std::move(forwarded));
  return {};
}

/// A schedule's target of a bus: a new event whose detail is the input.
Result<void> Rules::dispatch_new_event(const TargetDelivery& delivery) {
  const Scope scope{delivery.target.account, delivery.target.region};
  if (const auto admitted = admit_to_bus(delivery, scope); !admitted) return admitted;
  const auto bus = find_bus(scope, delivery.target.resource.substr(delivery.target.resource.find('/') + 1));
  if (!bus) return std::unexpected(bus.error());
  const auto detail = parse_json(delivery.input.empty() ? "{}" : delivery.input);
  if (!detail || !detail->is_object()) return fail(ErrorKind::invalid, "The input is not a JSON object.", "INVALID_JSON");
  const Document* parameters = find(delivery.definition, "EventBridgeParameters");
  journal_.append({.scope = scope,
                   .event_time = state_.now(),
                   .source = parameters ? text_or(*parameters, "Source") : "aws.scheduler",
                   .type = parameters ? text_or(*parameters, "DetailType") : "Scheduled Event",
                   .resources = {delivery.schedule_arn},
                   .detail = *detail,
                   .bus = bus->name,
                   .idempotency_key = delivery.delivery_id,
                   .origin = scope == delivery.scope ? Scope{} : delivery.scope});
  return {};
}

void Rules::retry_later(const TargetDelivery& delivery, const Error& error) {
  if (retries_of(delivery.definition) == 0)
    return to_dead_letters(delivery, error_code_of(error), error.message, {.condition = "MaximumRetryAttempts", .retries = 0});
  log::warning("events/rules", "target will be tried again",
               {{"rule", sender_arn(delivery)}, {"target", delivery.target.text()}, {"error", error.message}});
  enqueue(delivery, true);
}

Result<void> Rules::settled(const delivery::Settlement& settlement) {
  if (settlement.outcome == delivery::Settled::delivered || settlement.outcome == delivery::Settled::cancelled) return {};
  const TargetDelivery delivery = delivery_from(settlement.parcel.content);
  // the first try of what answers later is the outbox's own
  Exhaustion exhaustion{.condition = {}, .retries = settlement.attempts - (later_of(delivery.target) ? 1 : 0)};
  if (settlement.outcome == delivery::Settled::exhausted) exhaustion.condition = "MaximumRetryAttempts";
  if (settlement.outcome == delivery::Settled::expired) exhaustion.condition = "MaximumEventAgeInSeconds";
  to_dead_letters(delivery, settlement.last.error_code, settlement.last.error, exhaustion);
  return {};
}

void Rules::to_dead_letters(const TargetDelivery& delivery, const std::string& error_code, const std::string& error_message,
                            const Exhaustion& exhaustion) {
  count(delivery, "FailedInvocations");
  const Document* arn = find(find(delivery.definition, "DeadLetterConfig"), "Arn");
  if (!arn)
    return log::warning("events/rules", "target failed and has no dead-letter queue",
                        {{"rule", sender_arn(delivery)}, {"target", delivery.target.text()}, {"error", error_message}});
  delivery::OutgoingMessage message{
      .body = delivery.input.empty() ? "{}" : delivery.input, .sender_id = sender_service(delivery), .source_arn = sender_arn(delivery)};
  // a rule's queue has to let EventBridge in, a schedule's is written to as its role
  if (!delivery.schedule_arn.empty()) message.role_arn = text_or(delivery.definition, "RoleArn");
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) message.attributes[name] = {"String", value};
  };
  add("RULE_ARN", delivery.rule_arn);
  add("SCHEDULE_ARN", delivery.schedule_arn);
  add("SCHEDULED_TIME", delivery.scheduled_time);
  add("EXECUTION_ID", delivery.execution_id);
  add("TARGET_ARN", delivery.target.text());
  add("ERROR_CODE", error_code);
  add("ERROR_MESSAGE", error_message);
  add("EXHAUSTED_RETRY_CONDITION", exhaustion.condition);
  message.attributes["RETRY_ATTEMPTS"] = {"Number", std::to_string(exhaustion.retries)};
  const auto sent = queues_.send(std::string(arn->as_string()), message);
  count(delivery, sent ? "InvocationsSentToDlq" : "InvocationsFailedToBeSentToDlq");
}

Result<void> Rules::fire_schedule(const std::string& rule_arn, Instant due) {
  const auto rule = find_rule_by_arn(rule_arn);
  if (!rule || rule->state == RuleState::disabled) return {};
  EventEnvelope event{.id = make_uuid_v4(random_),
                      .scope = rule->scope,
                      .event_time = due,
                      .source = "aws.events",
                      .type = "Scheduled Event",
                      .resources = {rule_arn},
                      .detail = Object{}};
  const auto targets = list_targets(rule->scope, rule->bus, rule->name, "", targets_read_max);
  if (targets) trigger(*rule, *targets, to_event_document(event), {rule_arn, rule->name, state_.now()}, event.id);
  // times missed while the server was down are one
  plan_schedule(*rule, state_.now());
  return {};
}

void Rules::count(const Rule& rule, const char* metric, double value) {
  if (!metrics_) return;
  Dimensions dimensions{{"RuleName", rule.name}};
  if (rule.bus != default_bus) dimensions.emplace_back("EventBusName", rule.bus);
  metrics_->record(rule.scope, "AWS/Events", metric, dimensions, value, "Count");
}

void Rules::count(const TargetDelivery& delivery, const char* metric) {
  if (metrics_) metrics_->record(delivery.scope, "AWS/Events", metric, {{"RuleName", rule_name_of(delivery.rule_arn)}}, 1, "Count");
}

}  // namespace tocsin::events
