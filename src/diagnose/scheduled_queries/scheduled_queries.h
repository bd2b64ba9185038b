// The scheduled queries of all accounts, and their runs. Threads: on the StateExecutor; all but start() inside a unit of work.
#pragma once

#include <functional>
#include <memory>

#include "base/random.h"
#include "delivery/timers.h"
#include "diagnose/log_query/log_queries.h"
#include "diagnose/log_query/lookup_tables.h"
#include "model/event_envelope.h"
#include "storage/state_executor.h"
#include "telemetry/logs/settings/log_settings.h"

namespace tocsin::diagnose {

/// Starts a query as that role, as StartQuery with this input; the query's id, later, on the StateExecutor, outside a unit.
using StartAsRole = std::function<void(const Scope& scope, const std::string& role_arn, Object input,
                                       std::move_only_function<void(Result<std::string> query_id)> done)>;

class ScheduledQueries {
 public:
  struct Ways {
    StartAsRole start;
    std::function<Result<void>(const std::string& path, const std::string& content)> write_file;  ///< below the exports
    std::function<Result<void>(EventEnvelope)> append_event;
    /// Told, inside a unit, what a managed query gave: its rows, or why there are none.
    std::function<void(const Scope& scope, const std::string& manager, Instant triggered, const Result<std::vector<ResultRow>>& rows)>
        managed_ended;
  };
  /// All must outlive this object.
  ScheduledQueries(storage::StateExecutor& state, Random& random, delivery::Timers& timers, telemetry::LogSettings& settings,
                   LogQueries& queries, LookupTables& tables, Ways ways);
  /// Before the timers start.
  void start();

  /// `definition` has the members of CreateScheduledQuery. The id. `already_exists` for the name, `limit_exceeded` beyond 1,000, `invalid`.
  Result<std::string> create(const Scope& scope, Object definition);
  /// Creates or replaces the query of another part of the server, which is told the results. Listed as managed by the service. The ARN.
  Result<std::string> put_managed(const Scope& scope, const std::string& manager, Object definition);
  void remove_managed(const Scope& scope, const std::string& manager);
  /// By name or by ARN.
  std::optional<telemetry::LogSetting> find(const Scope& scope, const std::string& identifier);
  /// Replaces all but the name. `not_found`, `invalid`.
  Result<telemetry::LogSetting> update(const Scope& scope, const std::string& identifier, Object definition);
  Result<void> remove(const Scope& scope, const std::string& identifier);
  /// The newest first.
  std::vector<telemetry::LogSetting> runs(const Scope& scope, const std::string& id);

  static std::string arn(const Scope& scope, const std::string& id);

 private:
  Result<void> due(const Scope& scope, const std::string& id, Instant at);
  void plan(const telemetry::LogSetting& query, Instant after);
  void begun(const Scope& scope, const std::string& id, const std::string& run, Result<std::string> query_id);
  void ended(const Scope& scope, const std::string& id, const std::string& run, const LogQuery& query);
  Object deliver(const telemetry::LogSetting& query, const Document& destination, const LogQuery& result);
  Array deliver_all(const telemetry::LogSetting& query, const LogQuery& result);
  void keep_run(const Scope& scope, const std::string& id, const std::string& run, Object body);
  void tell(const telemetry::LogSetting& query, const Object& run, const Result<std::vector<ResultRow>>& rows);

  storage::StateExecutor& state_;
  Random& random_;
  delivery::Timers& timers_;
  telemetry::LogSettings& settings_;
  LogQueries& queries_;
  LookupTables& tables_;
  Ways ways_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// Rows as CSV with a header: the columns in the order in which they first come.
std::string rows_as_csv(const std::vector<ResultRow>& rows);

}  // namespace tocsin::diagnose
