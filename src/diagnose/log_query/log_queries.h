// The log queries that run or have run: started, asked for, stopped. They are not kept over a restart; results are kept for an hour, of the
// last 200 queries.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/executor.h"
#include "base/random.h"
#include "diagnose/log_query/query_error.h"
#include "diagnose/log_query/query_run.h"
#include "diagnose/log_query/saved_query.h"

namespace tocsin::diagnose {

enum class QueryStatus { running, complete, failed, cancelled, timeout };

struct LogQuery {
  std::string id;
  Scope scope;
  std::string text;
  std::vector<std::string> group_names;
  std::string user;  ///< the caller's ARN
  std::string language = "CWLI";
  Instant started{}, ended{};
  QueryStatus status = QueryStatus::running;
  std::vector<ResultRow> results;  ///< also while it runs: what is known so far is asked of `run`
  std::unique_ptr<QueryRun> run;   ///< gone when it has ended
  telemetry::LogScan::Figures figures;
  std::uint64_t records_matched = 0;
  std::string failure;  ///< why it failed
  std::vector<std::function<void(const LogQuery&)>> when_ended;
};

/// The table of that name, or nullptr.
using FindLookupTable = std::function<std::shared_ptr<const LookupTable>(const Scope&, const std::string& name)>;

/// Everything runs on `executor`, in slices of a few milliseconds; it must be the store's. At most 100 queries run at once in a scope; one
/// runs for an hour at most.
class LogQueries {
 public:
  LogQueries(Executor& executor, telemetry::LogStore& store, Random& random) : executor_(executor), store_(store), random_(random) {}
  /// Where queries find the lookup tables that they name. Without it there are none.
  void bind_lookup_tables(FindLookupTable find) { find_lookup_table_ = std::move(find); }
  /// Where $Name(…) in a query is found.
  void bind_saved_queries(std::function<std::optional<SavedQuery>(const Scope&, const std::string& name)> find) {
    find_saved_query_ = std::move(find);
  }
  /// How the lines of a group are masked. Without it they are shown as they are.
  void bind_masks(FindMask find) { find_mask_ = std::move(find); }
  ~LogQueries();

  struct Start {
    Scope scope;
    std::string text;
    std::vector<std::string> group_names;  ///< none when the text chooses them by SOURCE
    QueryRange range;
    std::string user;
    std::string language = "CWLI";
    /// Reads the text, when it is in another language.
    std::function<Parsed<QueryPlan>(std::string_view)> parse = {};
    bool may_unmask = true;  ///< else a query that says `unmask` is `denied`
  };
  /// The query's id, or why its text is wrong, or `limit_exceeded`, or `not_found` for a group or lookup table that it names, or `invalid`
  /// when neither the text nor the request names a group.
  std::expected<std::string, std::variant<QueryError, Error>> start(Start start);
  /// nullptr when there is none; valid until the next call of this class.
  const LogQuery* find(const Scope& scope, const std::string& id) const;
  /// False when it has ended already. `not_found`.
  Result<bool> stop(const Scope& scope, const std::string& id);
  /// `told` on the executor when the query ends, at once when it has, and never when there is none.
  void when_ended(const std::string& id, std::function<void(const LogQuery&)> told);
  /// The newest first.
  std::vector<const LogQuery*> list(const Scope& scope) const;

 private:
  Result<void> choose_groups(const QueryPlan& plan, Start& start) const;
  LogQuery* find_any(const std::string& id);
  void post_slice(const std::string& id);
  void slice(LogQuery& query);
  void end(LogQuery& query, QueryStatus status);
  void forget_old();

  Executor& executor_;
  telemetry::LogStore& store_;
  Random& random_;
  FindLookupTable find_lookup_table_;
  std::function<std::optional<SavedQuery>(const Scope&, const std::string&)> find_saved_query_;
  FindMask find_mask_;
  std::vector<std::unique_ptr<LogQuery>> queries_;  ///< in the order of their starts
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::diagnose
