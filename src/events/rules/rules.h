// Buses, rules and targets: every event of the journal is matched against its bus's rules, and each match reaches the targets or their dead
// letters. https://docs.aws.amazon.com/eventbridge/latest/userguide/ Threads: only on the StateExecutor, inside a unit of work. Errors:
// `reason` is the service's error shape.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "delivery/outbox.h"
#include "delivery/queues/queues.h"
#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "events/rules/rule.h"
#include "events/rules/target_dispatch.h"
#include "model/self_metrics.h"
#include "storage/state_executor.h"

namespace tocsin::events {

struct InputContext;

struct TargetFailure {
  std::string target_id;
  std::string code;
  std::string message;
};

class Rules {
 public:
  /// `metrics` may be null. Queues and other buses are reached without binding.
  Rules(storage::StateExecutor& state, Random& random, Journal& journal, delivery::Outbox& outbox, delivery::Timers& timers,
        delivery::Queues& queues, SelfMetrics* metrics);
  ~Rules();

  Result<void> migrate();
  /// What answers for targets whose ARN names `service` ("sns", "logs", "ssm", "ssm-incidents"). Before start().
  void bind(std::string service, DispatchTarget dispatch);
  /// The same for those that answer later; also by "SERVICE:RESOURCE TYPE" ("events:api-destination").
  void bind_later(std::string service, DispatchLater dispatch);
  /// Asked before an event goes to a bus of another account; an error refuses it. None: no such event goes.
  void set_bus_admission(DispatchTarget admit) { admit_to_bus_ = std::move(admit); }
  /// Subscribes to the journal as "rules"; registers the carrier "event-target" and the timers "events.schedule". Before the start of
  /// journal, outbox and timers.
  void start();

  /// Refuses a target whose service is not offered, in the service's words.
  Result<void> offers(const Arn& target) const;
  /// Carries out one delivery as a rule's target would have it: tried at once, again by its RetryPolicy, then its dead letters.
  void submit(const TargetDelivery& delivery);
  /// Gives an event of an archive to the rules of its bus once more, to all or to those named by ARN. Not seen by anyone else.
  void replay(const EventEnvelope& event, const std::string& replay_name, const std::vector<std::string>& rule_arns);

  // --- buses; `name` may be an ARN of this scope
  Result<EventBus> create_bus(const EventBus& bus);
  Result<EventBus> find_bus(const Scope& scope, const std::string& name);
  /// What PutPermission set, as JSON; empty without one. Only reads.
  std::string bus_policy(const Scope& scope, const std::string& name);
  std::vector<EventBus> list_buses(const Scope& scope, const std::string& prefix, const std::string& after, int count_max);
  /// Definition, policy and tags are replaced.
  Result<void> update_bus(const EventBus& bus);
  Result<void> remove_bus(const Scope& scope, const std::string& name);

  // --- rules
  /// Replaces what is there; its targets stay. Tags are kept of an existing rule.
  Result<Rule> put_rule(Rule rule);
  Result<Rule> find_rule(const Scope& scope, const std::string& bus, const std::string& name);
  Result<std::vector<Rule>> list_rules(const Scope& scope, const std::string& bus, const std::string& prefix, const std::string& after,
                                       int count_max);
  Result<void> set_state(const Scope& scope, const std::string& bus, const std::string& name, RuleState state);
  Result<void> set_rule_tags(const Rule& rule, const Tags& tags);
  /// A rule that is not there is no error; one with targets is.
  Result<void> remove_rule(const Scope& scope, const std::string& bus, const std::string& name);
  Result<Rule> find_rule_by_arn(const std::string& rule_arn);

  // --- targets
  Result<std::vector<TargetFailure>> put_targets(const Scope& scope, const std::string& bus, const std::string& rule, const Array& targets);
  Result<std::vector<TargetFailure>> remove_targets(const Scope& scope, const std::string& bus, const std::string& rule,
                                                    const std::vector<std::string>& ids);
  Result<std::vector<Target>> list_targets(const Scope& scope, const std::string& bus, const std::string& rule, const std::string& after,
                                           int count_max);
  Result<std::vector<std::string>> rule_names_by_target(const Scope& scope, const std::string& bus, const std::string& target_arn,
                                                        const std::string& after, int count_max);

 private:
  class RetryCarrier;
  /// By account, region and bus; good while the bus's generation is the same.
  struct Cache;

  Result<void> consume(const EventEnvelope& event);
  const DispatchLater* later_of(const Arn& target) const;
  /// `event_key` names the occasion: the event's id, and the replay's name with it.
  void trigger(const Rule& rule, const std::vector<Target>& targets, const Document& event, const InputContext& context,
               const std::string& event_key);
  void deliver(const Rule& rule, const Target& target, const Document& event, const InputContext& context, const std::string& event_key);
  Result<void> dispatch(const TargetDelivery& delivery);
  Result<void> dispatch_to_queue(const TargetDelivery& delivery);
  Result<void> dispatch_to_bus(const TargetDelivery& delivery);
  Result<void> admit_to_bus(const TargetDelivery& delivery, const Scope& bus_scope);
  Result<void> dispatch_new_event(const TargetDelivery& delivery);
  void enqueue(const TargetDelivery& delivery, bool tried_before);
  void retry_later(const TargetDelivery& delivery, const Error& error);
  Result<void> settled(const delivery::Settlement& settlement);
  struct Exhaustion;
  void to_dead_letters(const TargetDelivery& delivery, const std::string& error_code, const std::string& error_message,
                       const Exhaustion& exhaustion);
  Result<void> fire_schedule(const std::string& rule_arn, Instant due);
  void plan_schedule(const Rule& rule, Instant after);
  Result<void> check_rule(const Rule& rule);
  Result<void> check_target(const Document& target, const Rule& rule);
  void touch_bus(const Scope& scope, const std::string& bus);
  void count(const Rule& rule, const char* metric, double value = 1);
  void count(const TargetDelivery& delivery, const char* metric);

  storage::StateExecutor& state_;
  Random& random_;
  Journal& journal_;
  delivery::Outbox& outbox_;
  delivery::Timers& timers_;
  delivery::Queues& queues_;
  SelfMetrics* metrics_;
  std::map<std::string, DispatchTarget> dispatchers_;
  std::map<std::string, DispatchLater> later_;
  DispatchTarget admit_to_bus_;
  std::unique_ptr<RetryCarrier> carrier_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace tocsin::events
