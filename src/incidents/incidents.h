// The incident, from the trigger that opens it to its end: opens or joins, gathers evidence by itself, engages people, starts the runbook,
// collects what happens, and tells every change on the journal. Threads: only on the StateExecutor, inside a unit of work, unless said
// otherwise.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "incidents/incident.h"
#include "incidents/incident_store.h"
#include "incidents/partners.h"
#include "incidents/response_plans.h"

namespace tocsin::incidents {

/// Who is engaged and which runbook runs waits for the first evidence, so that a page can name the last change; but no longer than this.
inline constexpr Duration evidence_wait_max = std::chrono::seconds(4);

class Incidents {
 public:
  Incidents(storage::StateExecutor& state, Random& random, events::Journal& journal, delivery::Timers& timers);

  /// Bound by server/ before start(); an absent partner means that its part is not done, and the timeline says so.
  void set_runbook_starter(RunbookStarter& starter) { runbooks_ = &starter; }
  void set_engager(Engager& engager) { engager_ = &engager; }
  void add_evidence_source(EvidenceSource& source) { sources_.push_back(&source); }

  Result<void> migrate();
  /// Asks again for evidence that had not come when the server stopped. Not inside a unit.
  void start();

  struct Started {
    std::string arn;
    bool joined;
  };
  /// The entry for alarm actions, rule targets and StartIncident. not_found when the plan is not there.
  /// Without a dedupe string of the plan or the trigger, triggers of one ARN join one open incident of the plan; a person's never join.
  Result<Started> start_from_plan(const Scope& scope, const std::string& plan_arn, const Trigger& trigger);

  struct Change {
    std::optional<std::string> title, summary;
    std::optional<int> impact;
    std::optional<IncidentStatus> status;
    std::optional<Document> chat_channel;
    std::optional<Array> notification_targets;
    std::string by;
  };
  Result<void> update(const Scope& scope, const std::string& arn, const Change& change);
  /// Moves what customers are told; nothing when the signal says nothing new. `evidence_event_id` may be empty.
  Result<void> signal(const Scope& scope, const std::string& arn, CustomerSignal signal, const std::string& reason,
                      const std::string& evidence_event_id);
  /// A person's or a runbook's entry; types of event_names.h move the customer state. The id.
  Result<std::string> add_note(const Scope& scope, const std::string& arn, TimelineEvent note);
  /// Adds the id when the item has none; one of the same type, value and title is there already and stays one; limit_exceeded over 100.
  Result<std::string> add_related(const Scope& scope, const std::string& arn, RelatedItem item);
  /// Keeps it with the incident and on its timeline; the id.
  Result<std::string> add_evidence(const Scope& scope, const std::string& arn, Evidence evidence);

  /// The journal's consumer "incidents": attaches what concerns an open incident.
  Result<void> on_event(const EventEnvelope& event);

  IncidentStore& store() { return store_; }
  ResponsePlans& plans() { return plans_; }

 private:
  Result<Started> open(const ResponsePlan& plan, const Trigger& trigger, std::string dedupe);
  Result<Started> join(Incident incident, const Trigger& trigger);
  Incident draft(const ResponsePlan& plan, const Trigger& trigger, std::string dedupe);
  void begin_gathering(const Incident& incident);
  void ask(EvidenceSource& source, const Incident& incident);
  Result<void> take_answer(const Scope& scope, const std::string& arn, const std::string& source, Result<std::vector<Evidence>> answer);
  Result<void> proceed(const Scope& scope, const std::string& arn);
  void engage(Incident& incident, const ResponsePlan& plan);
  void start_runbook(Incident& incident, const ResponsePlan& plan);
  void attach(const Incident& incident, const EventEnvelope& event);
  Result<void> attach_and_signal(const Incident& incident, const EventEnvelope& event);
  void write_system(const Incident& incident, std::string type, std::string summary, std::string event_id, std::string command = {},
                    Array references = {});
  std::string publish(const Incident& incident, std::string_view type, Object detail = {});
  void publish_service_event(const Incident& incident);
  void move(Incident& incident, CustomerState to, const std::string& reason, const std::string& evidence_event_id);
  void close(Incident& incident);

  storage::StateExecutor& state_;
  Random& random_;
  events::Journal& journal_;
  delivery::Timers& timers_;
  IncidentStore store_;
  ResponsePlans plans_;
  RunbookStarter* runbooks_ = nullptr;
  Engager* engager_ = nullptr;
  std::vector<EvidenceSource*> sources_;
};

}  // namespace tocsin::incidents
