#include "remediate/automation/execution_store.h"

#include <boost/json.hpp>

namespace tocsin::remediate {

Result<void> ExecutionStore::migrate() {
  return database_.migrate(
      "automation",
      {{1,
        "CREATE TABLE automation_executions (account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL,"
        " is_active INTEGER NOT NULL, client_token TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (account, region, id));"
        "CREATE UNIQUE INDEX automation_by_number ON automation_executions (account, region, number);"
        "CREATE INDEX automation_active ON automation_executions (is_active) WHERE is_active = 1;"}});
}

void ExecutionStore::add(const Execution& execution) {
  const Scope& scope = execution.scope;
  database_.execute(
      "INSERT INTO automation_executions (account, region, id, number, is_active, client_token, state) VALUES (?, ?, ?,"
      " (SELECT COALESCE(MAX(number), 0) + 1 FROM automation_executions WHERE account = ? AND region = ?), 1, ?, ?)",
      {scope.account, scope.region, execution.id, scope.account, scope.region, execution.client_token, to_document(execution)});
}

void ExecutionStore::save(const Execution& execution) {
  database_.execute("UPDATE automation_executions SET is_active = ?, state = ? WHERE account = ? AND region = ? AND id = ?",
                    {!is_over(execution.status), to_document(execution), execution.scope.account, execution.scope.region, execution.id});
}

std::optional<Execution> ExecutionStore::find(const Scope& scope, const std::string& id) {
  const auto row = database_.query_one("SELECT state FROM automation_executions WHERE account = ? AND region = ? AND id = ?",
                                       {scope.account, scope.region, id});
  return row ? std::optional(execution_from(row->document(0))) : std::nullopt;
}

std::optional<Execution> ExecutionStore::find_by_token(const Scope& scope, const std::string& client_token) {
  const auto row = database_.query_one("SELECT state FROM automation_executions WHERE account = ? AND region = ? AND client_token = ?",
                                       {scope.account, scope.region, client_token});
  return row ? std::optional(execution_from(row->document(0))) : std::nullopt;
}

std::vector<Execution> ExecutionStore::active() {
  std::vector<Execution> executions;
  for (const auto& row : database_.query("SELECT state FROM automation_executions WHERE is_active = 1 ORDER BY account, region, number"))
    executions.push_back(execution_from(row.document(0)));
  return executions;
}

std::int64_t ExecutionStore::active_count(const Scope& scope) {
  const auto row = database_.query_one("SELECT COUNT(*) FROM automation_executions WHERE account = ? AND region = ? AND is_active = 1",
                                       {scope.account, scope.region});
  return row ? row->integer(0) : 0;
}

std::vector<ExecutionStore::Numbered> ExecutionStore::list(const Scope& scope, std::int64_t before, std::size_t count_max) {
  std::vector<Numbered> executions;
  for (const auto& row : database_.query("SELECT number, state FROM automation_executions WHERE account = ? AND region = ? AND (? = 0 OR "
                                         "number < ?) ORDER BY number DESC LIMIT ?",
                                         {scope.account, scope.region, before, before, count_max}))
    executions.push_back({row.integer(0), execution_from(row.document(1))});
  return executions;
}

}  // namespace tocsin::remediate
