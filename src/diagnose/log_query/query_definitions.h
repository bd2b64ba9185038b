// Saved queries of an account in a region. Threads: on the StateExecutor, inside a unit of work.
#pragma once

#include "base/random.h"
#include "diagnose/log_query/saved_query.h"
#include "model/scope.h"
#include "storage/state_executor.h"

namespace tocsin::diagnose {

struct QueryDefinition {
  std::string id, name, language = "CWLI";
  SavedQuery query;
  std::vector<std::string> group_names;
  std::int64_t modified_ms = 0;
};

class QueryDefinitions {
 public:
  QueryDefinitions(storage::StateExecutor& state, Random& random) : state_(state), random_(random) {}
  Result<void> migrate();

  /// Its id; a new one when `definition.id` is empty. `not_found`; `limit_exceeded` beyond 1,000; `invalid` parameters.
  Result<std::string> put(const Scope& scope, QueryDefinition definition);
  /// In the order of names, those behind `after` ("NAME\nID").
  std::vector<QueryDefinition> list(const Scope& scope, const std::string& prefix, const std::optional<std::string>& language,
                                    const std::string& after, std::size_t count_max);
  std::optional<SavedQuery> find(const Scope& scope, const std::string& name);
  /// False when there is none.
  bool remove(const Scope& scope, const std::string& id);

 private:
  storage::StateExecutor& state_;
  Random& random_;
};

}  // namespace tocsin::diagnose
