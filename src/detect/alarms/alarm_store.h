// The rows of alarms, their history, evidence and progress. Only inside a unit of work, but for migrate().
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "detect/alarms/alarm.h"
#include "detect/alarms/suppression.h"
#include "model/scope.h"
#include "storage/sql.h"

namespace tocsin::detect {

enum class AlarmKind { metric, composite, log };
/// "MetricAlarm", "CompositeAlarm", "LogAlarm".
std::string_view to_text(AlarmKind kind);
/// A metric alarm for any other text.
AlarmKind alarm_kind_of(std::string_view text);

struct AlarmRecord {
  Scope scope;
  std::string name;
  AlarmKind kind = AlarmKind::metric;
  Document definition;         ///< the members of the Put operation, defaults filled in, without Tags and ActionsEnabled
  std::int64_t revision = 0;   ///< another one with each change of the definition
  std::int64_t cadence_s = 0;  ///< 0 for composites
  bool actions_enabled = true;
  AlarmState state = AlarmState::insufficient_data;
  std::string reason;
  std::string reason_data;       ///< JSON text, may be empty
  std::string evaluation_state;  ///< "" or the service's word
  Instant state_updated{};
  Instant state_transitioned{};
  Instant configured{};
  Instant warm_until{};
  Suppression suppression;  ///< of a composite's actions

  std::string arn() const;
};

/// Told of every row that is written or removed, at once: the unit may still be undone.
class AlarmWatcher {
 public:
  virtual ~AlarmWatcher() = default;
  virtual void touched(const Scope& scope, const std::string& name) = 0;
};

struct AlarmFilter {
  std::vector<std::string> names;  ///< empty: all
  std::string name_prefix;
  std::set<AlarmKind> kinds;  ///< empty: all
  std::optional<AlarmState> state;
  std::string action_prefix;
  std::string after_name;
  std::size_t count_max = 50;
};

struct HistoryItem {
  std::int64_t sequence = 0;
  std::string alarm_name;
  AlarmKind kind = AlarmKind::metric;
  Instant time{};
  std::string type;  ///< ConfigurationUpdate, StateUpdate, Action
  std::string summary;
  std::string data;                         ///< JSON text
  std::string contributor_id = {};          ///< of a contributor's change or action
  std::string contributor_attributes = {};  ///< JSON text of an object
};

/// One time series of an alarm that watches several.
struct ContributorRecord {
  std::string id;
  Document attributes;  ///< an object of texts
  AlarmState state = AlarmState::ok;
  std::string reason;
  Instant transitioned{};
  Instant turned{};     ///< since when it is there, or gone, without interruption
  bool present = true;  ///< the last evaluation returned it
};

struct HistoryFilter {
  std::string alarm_name;
  std::string contributor_id = {};
  std::set<AlarmKind> kinds;
  std::string type;
  std::optional<Instant> from, to;
  bool oldest_first = false;
  std::optional<std::int64_t> after_sequence;
  std::size_t count_max = 100;
};

class AlarmStore {
 public:
  explicit AlarmStore(storage::Database& database) : database_(database) {}

  Result<void> migrate();

  void put(const AlarmRecord& alarm);
  bool remove(const Scope& scope, const std::string& name);
  std::optional<AlarmRecord> find(const Scope& scope, const std::string& name);
  /// In the order of names; at most count_max + 1, so that the caller sees whether there are more.
  std::vector<AlarmRecord> list(const Scope& scope, const AlarmFilter& filter);
  std::vector<AlarmRecord> of_metric(const Scope& scope, const std::string& metric_namespace, const std::string& name);
  std::size_t count(const Scope& scope);

  void watch(AlarmWatcher& watcher) { watcher_ = &watcher; }
  /// Every alarm that is evaluated as time passes, in the order of scope and name.
  void each_evaluated(const std::function<void(const AlarmRecord&)>& take);
  void put_state(const AlarmRecord& alarm);
  /// `at`: the state counts as updated then.
  void put_evaluation_state(const Scope& scope, const std::string& name, std::string_view evaluation_state, Instant at);
  void put_warm_until(const Scope& scope, const std::string& name, Instant warm_until);
  bool put_actions_enabled(const Scope& scope, const std::string& name, bool enabled, Instant configured);

  /// The item's sequence number.
  std::int64_t add_history(const Scope& scope, const HistoryItem& item);
  std::vector<HistoryItem> history(const Scope& scope, const HistoryFilter& filter);
  /// What was evaluated for a transition, by the sequence of its history item.
  void put_evidence(const Scope& scope, std::int64_t sequence, const std::string& alarm_name, Instant window_end,
                    const Document& datapoints);
  std::optional<Document> evidence(const Scope& scope, std::int64_t sequence);
  void trim(Instant history_before, Instant evidence_before);

  /// Composites and what their rules name.
  void put_children(const Scope& scope, const std::string& parent, const std::vector<std::string>& children);
  std::vector<std::string> parents_of(const Scope& scope, const std::string& child);
  std::vector<std::string> children_of(const Scope& scope, const std::string& parent);

  /// The alarm that suppresses a composite's actions; "" for none.
  void put_suppressor(const Scope& scope, const std::string& composite, const std::string& suppressor);
  std::string suppressor_of(const Scope& scope, const std::string& composite);
  std::vector<std::string> suppressed_by(const Scope& scope, const std::string& suppressor);

  /// In the order of ids.
  std::vector<ContributorRecord> contributors(const Scope& scope, const std::string& alarm);
  void put_contributor(const Scope& scope, const std::string& alarm, const ContributorRecord& contributor);
  void remove_contributor(const Scope& scope, const std::string& alarm, const std::string& id);
  void remove_contributors(const Scope& scope, const std::string& alarm);

  std::optional<std::int64_t> evaluated_to(std::int64_t cadence_s);
  void put_evaluated_to(std::int64_t cadence_s, std::int64_t at_s);

  void put_tags(const std::string& arn, const std::vector<std::pair<std::string, std::string>>& tags);
  void remove_tags(const std::string& arn, const std::vector<std::string>& keys);
  void remove_all_tags(const std::string& arn);
  std::vector<std::pair<std::string, std::string>> tags(const std::string& arn);

 private:
  void touch(const Scope& scope, const std::string& name) {
    if (watcher_) watcher_->touched(scope, name);
  }
  storage::Database& database_;
  AlarmWatcher* watcher_ = nullptr;
};

}  // namespace tocsin::detect
