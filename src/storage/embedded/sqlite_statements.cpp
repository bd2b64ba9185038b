#include "storage/embedded/sqlite_statements.h"

namespace tocsin::storage {
namespace {
// each costs a few KiB; more than the server's code holds, so only statements built at run time ever empty the cache
constexpr std::size_t kept_max = 600;
}  // namespace

sqlite3_stmt* SqliteStatements::find_or_prepare(std::string_view sql, int* code) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return found->second;
  if (statements_.size() >= kept_max) clear();
  sqlite3_stmt* statement = nullptr;
  *code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (*code != SQLITE_OK) return nullptr;
  statements_.emplace(std::string(sql), statement);
  return statement;
}

void SqliteStatements::clear() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  statements_.clear();
}

}  // namespace tocsin::storage
