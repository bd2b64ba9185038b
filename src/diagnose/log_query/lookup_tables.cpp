#include "diagnose/log_query/lookup_tables.h"

#include <boost/json.hpp>

namespace tocsin::diagnose {
namespace {

constexpr std::int64_t tables_max = 100;
constexpr std::size_t body_bytes_max = 10u << 20;
constexpr const char* missing = "The specified lookup table does not exist.";
constexpr const char* described = "SELECT name, description, columns, records, LENGTH(body), updated_ms FROM log_query_lookup_tables ";

Result<LookupTable> checked(const std::string& csv) {
  if (csv.size() > body_bytes_max) return fail(ErrorKind::invalid, "The table body must not exceed 10 MB.");
  return LookupTable::parse(csv);
}

Document columns_of(const LookupTable& table) {
  Array names;
  for (const std::string& name : table.columns()) names.emplace_back(name);
  return names;
}

StoredLookupTable from_row(const storage::Row& row) {
  StoredLookupTable table{.name = row.text(0),
                          .description = row.text(1),
                          .columns = {},
                          .records = row.integer(3),
                          .bytes = row.integer(4),
                          .updated_ms = row.integer(5)};
  const Document columns = row.document(2);
  for (const Document& name : columns.get_array()) table.columns.emplace_back(name.get_string());
  return table;
}

}  // namespace

Result<std::int64_t> LookupTables::create(const Scope& scope, const std::string& name, const std::string& description,
                                          const std::string& csv) {
  const auto table = checked(csv);
  if (!table) return std::unexpected(table.error());
  auto& database = state_.database();
  if (describe(scope, name)) return fail(ErrorKind::already_exists, "The specified lookup table already exists.");
  const auto count =
      database.query_one("SELECT COUNT(*) FROM log_query_lookup_tables WHERE account = ? AND region = ?", {scope.account, scope.region});
  if (count && count->integer(0) >= tables_max)
    return fail(ErrorKind::limit_exceeded, "The maximum number of lookup tables (100) has been reached.");
  const std::int64_t now_ms = to_ms(state_.now());
  database.execute(
      "INSERT INTO log_query_lookup_tables (account, region, name, description, body, records, columns, updated_ms) VALUES (?, ?, ?, ?, ?, "
      "?, ?, ?)",
      {scope.account, scope.region, name, description, csv, table->rows().size(), columns_of(*table), now_ms});
  return now_ms;
}

Result<std::int64_t> LookupTables::update(const Scope& scope, const std::string& name, const std::optional<std::string>& description,
                                          const std::string& csv) {
  const auto table = checked(csv);
  if (!table) return std::unexpected(table.error());
  const auto before = describe(scope, name);
  if (!before) return fail(ErrorKind::not_found, missing);
  const std::int64_t now_ms = to_ms(state_.now());
  state_.database().execute(
      "UPDATE log_query_lookup_tables SET description = ?, body = ?, records = ?, columns = ?, updated_ms = ? WHERE account = ? AND region "
      "= ? AND name = ?",
      {description.value_or(before->description), csv, table->rows().size(), columns_of(*table), now_ms, scope.account, scope.region,
       name});
  return now_ms;
}

bool LookupTables::remove(const Scope& scope, const std::string& name) {
  return state_.database().execute("DELETE FROM log_query_lookup_tables WHERE account = ? AND region = ? AND name = ?",
                                   {scope.account, scope.region, name}) > 0;
}

std::optional<StoredLookupTable> LookupTables::describe(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one(std::string(described) + "WHERE account = ? AND region = ? AND name = ?",
                                               {scope.account, scope.region, name});
  if (!row) return std::nullopt;
  return from_row(*row);
}

std::vector<StoredLookupTable> LookupTables::list(const Scope& scope, const std::string& prefix, const std::string& after,
                                                  std::size_t count_max) {
  std::vector<StoredLookupTable> all;
  for (const storage::Row& row : state_.database().query(
           std::string(described) + "WHERE account = ? AND region = ? AND name > ? ORDER BY name", {scope.account, scope.region, after})) {
    if (!row.text(0).starts_with(prefix)) continue;
    all.push_back(from_row(row));
    if (all.size() == count_max) break;
  }
  return all;
}

std::optional<std::string> LookupTables::body(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one("SELECT body FROM log_query_lookup_tables WHERE account = ? AND region = ? AND name = ?",
                                               {scope.account, scope.region, name});
  if (!row) return std::nullopt;
  return row->text(0);
}

std::shared_ptr<const LookupTable> LookupTables::find(const Scope& scope, const std::string& name) {
  const auto csv = body(scope, name);
  auto table = csv ? LookupTable::parse(*csv) : Result<LookupTable>(fail(ErrorKind::not_found, missing));
  return table ? std::make_shared<const LookupTable>(std::move(*table)) : nullptr;
}

}  // namespace tocsin::diagnose
