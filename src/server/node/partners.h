// What one stage asks of another, each interface of an asker bound to the one who answers.
#pragma once

#include <memory>

#include "api/dispatch/dispatcher.h"
#include "detect/alarms/alarm_actions.h"
#include "detect/log_alarms/log_alarms.h"
#include "diagnose/investigations/host_looker.h"
#include "events/rules/target_dispatch.h"
#include "incidents/partners.h"
#include "remediate/automation/api_caller.h"
#include "remediate/automation/evidence_keeper.h"
#include "remediate/commands/command.h"

namespace tocsin::server {

struct Rooms;

/// What a universal target calls a service, and what its model is named: "cloudwatchlogs" is "logs".
std::string universal_service_name(const std::string& service);

/// Who keeps evidence, as the author of its commands.
inline constexpr const char* runbook_author = "tocsin:evidence";

/// Steps of runbooks, and targets of rules, call our own API, under the role that they name.
class OwnApi final : public remediate::ApiCaller {
 public:
  explicit OwnApi(Rooms& rooms) : rooms_(rooms) {}
  /// Before anything starts.
  void bind(api::Dispatcher& dispatcher) { dispatcher_ = &dispatcher; }
  void call(remediate::ApiRequest request, Record record, Task lost) override;
  /// A schedule's universal target: `aws-sdk:SERVICE:apiAction` with the request as its input, as the schedule's role.
  /// StartQuery as the role, for a scheduled query; the query's id, outside a unit.
  void start_query(const Scope& scope, const std::string& role_arn, Object input, std::move_only_function<void(Result<std::string>)> done);
  void call_universal(events::TargetDelivery delivery, std::move_only_function<void(Result<void>)> done);

 private:
  void call_as(Principal principal, remediate::ApiRequest request, std::shared_ptr<Record> record, std::shared_ptr<Task> lost);
  Rooms& rooms_;
  api::Dispatcher* dispatcher_ = nullptr;
};

/// An incident's runbook is an automation execution.
class RunbookBinding final : public incidents::RunbookStarter {
 public:
  explicit RunbookBinding(Rooms& rooms) : rooms_(rooms) {}
  Result<std::string> start_runbook(const Request& request) override;

 private:
  Rooms& rooms_;
};

/// Keeps what the hosts of a command look like now, with the incident, by a command of our own to their agents.
class HostEvidence final : public remediate::EvidenceKeeper {
 public:
  explicit HostEvidence(Rooms& rooms) : rooms_(rooms) {}
  void keep(remediate::EvidenceRequest request, Done done) override;

 private:
  void add(remediate::EvidenceRequest request, std::vector<remediate::Invocation> invocations, Done done);
  Rooms& rooms_;
};

/// Looks at hosts for an investigation, by commands of our own; hosts that are not connected are passed over.
class HostLooks final : public diagnose::HostLooker {
 public:
  explicit HostLooks(Rooms& rooms) : rooms_(rooms) {}
  void look(const Scope& scope, std::map<std::string, std::string> scripts_by_instance, Duration at_most, Done done) override;

 private:
  Rooms& rooms_;
};

/// An alarm's actions: topics and response plans.
class AlarmActionBinding final : public detect::AlarmActions {
 public:
  explicit AlarmActionBinding(Rooms& rooms) : rooms_(rooms) {}
  Result<void> run(const detect::AlarmActionRequest& request) override;

 private:
  Result<void> publish(const detect::AlarmActionRequest& request);
  Result<void> open_incident(const detect::AlarmActionRequest& request);
  Rooms& rooms_;
};

/// A log alarm's query is a scheduled query that belongs to it.
class LogAlarmBinding final : public detect::LogAlarmQueries {
 public:
  explicit LogAlarmBinding(Rooms& rooms) : rooms_(rooms) {}
  Result<std::string> put(const Scope& scope, const std::string& alarm, Object scheduled_query) override;
  void remove(const Scope& scope, const std::string& alarm) override;

 private:
  Rooms& rooms_;
};

}  // namespace tocsin::server
