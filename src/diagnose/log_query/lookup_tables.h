// The lookup tables of an account in a region. Threads: on the StateExecutor, inside a unit of work.
#pragma once

#include "diagnose/log_query/lookup_table.h"
#include "model/scope.h"
#include "storage/state_executor.h"

namespace tocsin::diagnose {

struct StoredLookupTable {
  std::string name, description;
  std::vector<std::string> columns;
  std::int64_t records = 0, bytes = 0, updated_ms = 0;
};

/// Its tables are made by QueryDefinitions::migrate.
class LookupTables {
 public:
  explicit LookupTables(storage::StateExecutor& state) : state_(state) {}

  /// `already_exists`, `limit_exceeded` beyond 100, `invalid` CSV.
  Result<std::int64_t> create(const Scope& scope, const std::string& name, const std::string& description, const std::string& csv);
  /// Replaces the whole content. `not_found`, `invalid`.
  Result<std::int64_t> update(const Scope& scope, const std::string& name, const std::optional<std::string>& description,
                              const std::string& csv);
  bool remove(const Scope& scope, const std::string& name);
  std::optional<StoredLookupTable> describe(const Scope& scope, const std::string& name);
  /// In the order of names, those behind `after`.
  std::vector<StoredLookupTable> list(const Scope& scope, const std::string& prefix, const std::string& after, std::size_t count_max);
  std::optional<std::string> body(const Scope& scope, const std::string& name);
  /// Ready for queries, or nullptr.
  std::shared_ptr<const LookupTable> find(const Scope& scope, const std::string& name);

 private:
  storage::StateExecutor& state_;
};

}  // namespace tocsin::diagnose
