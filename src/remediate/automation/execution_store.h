// Executions in the state database. Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "remediate/automation/execution.h"
#include "storage/sql.h"

namespace tocsin::remediate {

class ExecutionStore {
 public:
  explicit ExecutionStore(storage::Database& database) : database_(database) {}
  Result<void> migrate();

  void add(const Execution& execution);
  void save(const Execution& execution);
  std::optional<Execution> find(const Scope& scope, const std::string& id);
  std::optional<Execution> find_by_token(const Scope& scope, const std::string& client_token);
  std::vector<Execution> active();
  std::int64_t active_count(const Scope& scope);
  struct Numbered {
    std::int64_t number;
    Execution execution;
  };
  /// Newest first, numbers below `before` (0: from the newest).
  std::vector<Numbered> list(const Scope& scope, std::int64_t before, std::size_t count_max);

 private:
  storage::Database& database_;
};

}  // namespace tocsin::remediate
