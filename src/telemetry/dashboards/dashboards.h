// Dashboards and saved query definitions. Only inside a unit of work, but for migrate().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/scope.h"
#include "storage/sql.h"

namespace tocsin::telemetry {

struct Dashboard {
  std::string account;
  std::string name;
  std::string body;
  Instant modified{};

  /// Dashboards are global: "arn:aws:cloudwatch::123456789012:dashboard/name".
  std::string arn() const;
};

enum class DefinitionType { metric_math, sql, promql };
std::string_view to_text(DefinitionType type);
std::optional<DefinitionType> parse_definition_type(std::string_view text);

struct QueryDefinition {
  Scope scope;
  std::string id;
  std::string path;
  std::string expression;
  DefinitionType type = DefinitionType::metric_math;
  Instant created{};
  Instant updated{};

  std::string arn() const;
};

class Dashboards {
 public:
  /// Must outlive this object.
  explicit Dashboards(storage::Database& database) : database_(database) {}
  Result<void> migrate();

  /// Whether it was new.
  bool put(const Dashboard& dashboard);
  std::optional<Dashboard> find(const std::string& account, const std::string& name);
  /// In the order of names, after `after`.
  std::vector<Dashboard> list(const std::string& account, const std::string& prefix, const std::string& after, std::size_t count_max);
  void remove(const std::string& account, const std::string& name);

  void put_definition(const QueryDefinition& definition);
  std::optional<QueryDefinition> find_definition(const Scope& scope, const std::string& id);
  std::optional<QueryDefinition> definition_at(const Scope& scope, const std::string& path);
  std::vector<QueryDefinition> definitions(const Scope& scope, const std::string& after_id, std::size_t count_max);
  void remove_definition(const Scope& scope, const std::string& id);

 private:
  storage::Database& database_;
};

}  // namespace tocsin::telemetry
