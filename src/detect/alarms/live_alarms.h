// The alarms that are evaluated, in memory: an evaluation that changes nothing reads no row. What the store writes marks an entry as stale
// (touched), and it is read again before its next evaluation; so a unit that is undone leaves nothing wrong behind.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "detect/alarms/alarm_store.h"

namespace tocsin::detect {

struct LiveAlarm {
  std::shared_ptr<const Scope> scope;
  std::string name;
  std::int64_t revision = 0;
  std::int64_t cadence_s = 0;
  std::unique_ptr<const AlarmTerms> terms;  ///< null: the definition cannot be evaluated
  AlarmState state = AlarmState::insufficient_data;
  bool stale = false;
  bool gone = false;
  std::string evaluation_state;
  Instant configured{};
  Instant warm_until{};
  bool warms_fully = false;  ///< it waits out its warm-up even when there is data
};

class LiveAlarms final : public AlarmWatcher {
 public:
  explicit LiveAlarms(AlarmStore& store) : store_(store) {}

  /// Reads all alarms; inside a unit of work.
  void load();
  /// AlarmWatcher: the row was written or removed.
  void touched(const Scope& scope, const std::string& name) override;

  /// Takes up what was put since; inside a unit of work, before a round.
  void refresh();
  /// Those of a cadence, in no order that means something. Stable while no refresh() happens.
  std::vector<LiveAlarm*>& of_cadence(std::int64_t cadence_s) { return by_cadence_[cadence_s]; }
  /// Reads a stale entry again; false when the alarm is gone.
  bool ensure_fresh(LiveAlarm& alarm);
  std::size_t size() const { return all_.size(); }

 private:
  struct Key {
    std::string_view account, region, name;
    bool operator==(const Key&) const = default;
  };
  static Key key_of(const LiveAlarm& alarm) { return {alarm.scope->account, alarm.scope->region, alarm.name}; }
  static Key key_of(const std::unique_ptr<LiveAlarm>& alarm) { return key_of(*alarm); }
  static const Key& key_of(const Key& key) { return key; }
  // an alarm is its own key: with a million of them the room of another counts
  struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(const Key& key) const;
    std::size_t operator()(const std::unique_ptr<LiveAlarm>& alarm) const { return (*this)(key_of(alarm)); }
  };
  struct SameKey {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return key_of(a) == key_of(b);
    }
  };

  void take_up(const AlarmRecord& record);
  void read_into(LiveAlarm& alarm, const AlarmRecord& record);
  std::shared_ptr<const Scope> interned(const Scope& scope);

  AlarmStore& store_;
  std::unordered_set<std::unique_ptr<LiveAlarm>, KeyHash, SameKey> all_;
  std::unordered_map<std::int64_t, std::vector<LiveAlarm*>> by_cadence_;
  std::unordered_map<std::string, std::shared_ptr<const Scope>> scopes_;
  void drop_gone();
  std::map<std::string, std::pair<Scope, std::string>> put_;  ///< touched, and not known yet
  std::vector<LiveAlarm*> gone_;                              ///< removed, or of another cadence now
};

}  // namespace tocsin::detect
