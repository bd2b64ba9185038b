// Archives of a bus's events, and their replays. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
// Threads: only on the StateExecutor, inside a unit of work. Errors: `reason` is the service's error shape.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "events/rules/rules.h"
#include "storage/state_executor.h"

namespace tocsin::events {

struct Archive {
  Scope scope;
  std::string name;
  std::string bus;
  std::string description;
  std::string pattern;  ///< empty: everything
  std::string key_identifier;
  std::int64_t retention_days = 0;  ///< 0: for ever
  Instant created_at;
  std::int64_t event_count = 0;
  std::int64_t size_bytes = 0;

  std::string arn() const;
};

enum class ReplayState { starting, running, cancelling, completed, cancelled, failed };
std::string_view to_text(ReplayState state);

struct Replay {
  Scope scope;
  std::string name;
  std::string archive;
  std::string description;
  Document destination;  ///< Arn, FilterArns
  Instant from, to;      ///< event times
  ReplayState state = ReplayState::starting;
  std::string reason;
  Instant started_at;
  std::optional<Instant> ended_at;
  std::optional<Instant> last_replayed;

  std::string arn() const;
};

struct ListFilter {
  std::string prefix, source_arn, state;
  std::string after;
  int count_max = 100;
};

class Archives {
 public:
  Archives(storage::StateExecutor& state, Journal& journal, delivery::Timers& timers, Rules& rules);
  ~Archives();
  Result<void> migrate();
  /// Subscribes to the journal as "archives"; registers the timers "events.replay" and "events.archive-retention". Before their start.
  void start();

  Result<Archive> create(Archive archive, const std::string& source_arn);
  Result<Archive> find(const Scope& scope, const std::string& name);
  /// What is not given stays.
  struct Changes {
    std::optional<std::string> description, pattern, key_identifier;
    std::optional<std::int64_t> retention_days;
  };
  Result<Archive> update(const Scope& scope, const std::string& name, const Changes& changes);
  Result<void> remove(const Scope& scope, const std::string& name);
  Result<std::vector<Archive>> list(const Scope& scope, const ListFilter& filter);

  Result<Replay> start_replay(Replay replay, const std::string& source_arn);
  Result<Replay> find_replay(const Scope& scope, const std::string& name);
  Result<Replay> cancel_replay(const Scope& scope, const std::string& name);
  Result<std::vector<Replay>> list_replays(const Scope& scope, const ListFilter& filter);

 private:
  Result<void> keep(const EventEnvelope& event);
  Result<void> check_pattern(const std::string& pattern);
  Result<void> replay_some(const std::string& replay_arn);
  Result<void> end_of_retention();
  void store(const Replay& replay);
  struct Compiled;
  Compiled& compiled(const Scope& scope, const std::string& bus);

  storage::StateExecutor& state_;
  Journal& journal_;
  delivery::Timers& timers_;
  Rules& rules_;
  std::unique_ptr<std::map<std::string, Compiled>> compiled_;  ///< by bus; emptied by every change
};

}  // namespace tocsin::events
