// Alerts that other tools report, each told once: the first report of one is an event, its repetitions are counted, its end is an event
// that names the first. Threads: only on the StateExecutor, inside a unit of work.
//
// Events: source "tocsin.SOURCE" (tocsin.alertmanager, tocsin.grafana, tocsin.webhook.NAME, tocsin.mail, tocsin.heartbeats, tocsin.probes),
// detail-type "Reported Alert State Change", detail {status: firing | resolved, alertKey, alertName, severity, summary, description,
// labels, annotations, startsAt, endsAt, generatorURL, occurrences, firingEventId}.
#pragma once

#include <vector>

#include "delivery/timers.h"
#include "detect/reports/reported_alert.h"
#include "events/journal/journal.h"
#include "storage/state_executor.h"

namespace tocsin::detect {

enum class Reported {
  opened,    ///< it is new: an event
  repeated,  ///< it fires on
  resolved,  ///< it is over: an event
  unknown,   ///< over, and never heard of: nothing
};

struct OpenAlert {
  ReportedAlert alert;
  std::string event_id;
  Instant last_at;
  std::int64_t occurrences = 1;
};

inline constexpr const char* reported_alert_type = "Reported Alert State Change";

class Reports {
 public:
  Reports(storage::StateExecutor& state, events::Journal& journal, delivery::Timers& timers)
      : state_(state), journal_(journal), timers_(timers) {}

  Result<void> migrate();
  /// Before timers.start().
  void start();

  Reported take(const Scope& scope, const ReportedAlert& alert);
  /// What fires, by source and key; of one source, or of all when it is empty.
  std::vector<OpenAlert> open(const Scope& scope, const std::string& source, int count_max);

 private:
  std::string tell(const Scope& scope, const ReportedAlert& alert, std::int64_t occurrences, const std::string& firing_event_id);
  void keep_until(const Scope& scope, const ReportedAlert& alert);
  Result<void> expire(const Document& payload);

  storage::StateExecutor& state_;
  events::Journal& journal_;
  delivery::Timers& timers_;
};

}  // namespace tocsin::detect
