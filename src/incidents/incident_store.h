// Incidents, their timelines, related items and evidence as stored. No rules here: those are in incidents.h.
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "incidents/incident.h"
#include "storage/state_executor.h"

namespace tocsin::incidents {

class IncidentStore {
 public:
  explicit IncidentStore(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  void insert(const Incident& incident);
  void replace(const Incident& incident);
  std::optional<Incident> find(const Scope& scope, const std::string& arn);
  /// By its UUID alone; for public and review links, which carry no scope.
  std::optional<Incident> find_by_id(const std::string& id);
  std::optional<Incident> find_open(const Scope& scope, const std::string& dedupe);
  /// Newest first, those after the place `after` ("" = from the newest); a place is what place_of gives.
  std::vector<Incident> list(const Scope& scope, const std::string& after, std::size_t count_max);
  static std::string place_of(const Incident& incident);
  /// With its timeline, related items, evidence and links.
  void remove(const Scope& scope, const std::string& arn);

  /// The same journal event is kept once for an incident: false when it is there.
  bool add_event(const Incident& incident, const TimelineEvent& event);
  void replace_event(const Scope& scope, const std::string& incident_arn, const TimelineEvent& event);
  void remove_event(const Scope& scope, const std::string& incident_arn, const std::string& id);
  std::optional<TimelineEvent> find_event(const Scope& scope, const std::string& incident_arn, const std::string& id);
  /// By event time, oldest first.
  std::vector<TimelineEvent> timeline(const Scope& scope, const std::string& incident_arn);

  void add_related(const Incident& incident, const RelatedItem& item);
  void remove_related(const Scope& scope, const std::string& incident_arn, const std::string& id);
  /// In the order in which they were added.
  std::vector<RelatedItem> related(const Scope& scope, const std::string& incident_arn);

  void add_evidence(const Incident& incident, const Evidence& evidence);
  /// By gathered time.
  std::vector<Evidence> evidence(const Scope& scope, const std::string& incident_arn);

  /// What ties events to an incident: an alarm's ARN, an execution's, a correlation.
  void link(const Incident& incident, const std::string& link);
  std::vector<Incident> open_linked(const Scope& scope, const std::vector<std::string>& links);
  /// The last known state of a linked alarm; the incident counts as mitigated when none is ALARM.
  void set_link_state(const Incident& incident, const std::string& link, const std::string& alarm_state);
  bool any_link_in(const Incident& incident, const std::string& alarm_state);

  /// What the opening still waits for: evidence sources by name, and "" for what is done after them.
  void await(const Incident& incident, const std::string& what);
  bool settle(const Scope& scope, const std::string& incident_arn, const std::string& what);
  bool awaits_evidence(const Scope& scope, const std::string& incident_arn);
  struct Awaited {
    Scope scope;
    std::string incident_arn;
    std::string what;
  };
  std::vector<Awaited> awaited();

  /// The outcome recorded for a client's token, if the call was made before.
  std::optional<std::string> outcome_of(const Scope& scope, const std::string& operation, const std::string& token);
  void record_outcome(const Scope& scope, const std::string& operation, const std::string& token, const std::string& outcome);

 private:
  storage::StateExecutor& state_;
};

}  // namespace tocsin::incidents
