#include "storage/embedded/sqlite_database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <span>

#include "base/log.h"
#include "storage/embedded/file_lock.h"
#include "storage/embedded/sqlite_memory.h"
#include "storage/embedded/sqlite_statements.h"

namespace tocsin::storage {
namespace {

constexpr std::string_view part = "storage/embedded";

// EXTRA, before WAL is turned on: the rollback journal of that very change must be gone for good, or a power cut could bring it back and
// undo the change with all that was committed since; in WAL mode it is the same as FULL. The exclusive lock comes first and spares the
// shared-memory file; pages that become free can be given back (a file that was made without that keeps them for itself); at most 16 MiB of cache keep the process small, and 4000 pages of WAL let pages that change all the time be copied back
// once for many changes.
constexpr const char* settings =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=EXTRA; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-16384;"
    "PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=33554432;"
    "CREATE TABLE IF NOT EXISTS storage_migrations (owner TEXT PRIMARY KEY, version INTEGER NOT NULL)";

enum class Failure { storage, constraint, defect };

Failure classify(int code) {
  switch (code & 0xff) {
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
    case SQLITE_AUTH:
      return Failure::defect;
    case SQLITE_CONSTRAINT:
      return Failure::constraint;
    default:
      return Failure::storage;
  }
}

void bind(sqlite3_stmt* statement, int index, const SqlValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    sqlite3_bind_int64(statement, index, *integer);
  else if (const auto* real = std::get_if<double>(&value))
    sqlite3_bind_double(statement, index, *real);
  // the parameter outlives the step, so SQLite need not copy it
  else if (const auto* text = std::get_if<std::string>(&value))
    sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  else
    sqlite3_bind_null(statement, index);
}

SqlValue read(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, column);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_NULL:
      return std::monostate{};
    default: {
      const void* bytes = sqlite3_column_blob(statement, column);
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      return bytes ? std::string(static_cast<const char*>(bytes), size) : std::string();
    }
  }
}

Row read_row(sqlite3_stmt* statement) {
  std::vector<SqlValue> values;
  const int count = sqlite3_column_count(statement);
  values.reserve(static_cast<std::size_t>(count));
  for (int column = 0; column < count; ++column) values.push_back(read(statement, column));
  return Row(std::move(values));
}

[[noreturn]] void abort_with(std::string_view sql, std::string_view message) {
  log::error(part, "a statement is wrong; this is a defect", {{"error", std::string(message)}, {"sql", std::string(sql)}});
  std::abort();
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(sqlite3* connection, FileLock lock) : lock_(std::move(lock)), connection_(connection), statements_(connection) {}
  ~SqliteDatabase() override {
    statements_.clear();
    sqlite3_close(connection_);
  }

  Result<void> migrate(std::string_view owner, const std::vector<Migration>& migrations) override;
  Result<void> clear(const std::vector<std::string_view>& kept_tables) override;
  Rows query(std::string_view sql, std::initializer_list<Parameter> parameters) override {
    return rows_of(sql, {parameters.begin(), parameters.size()});
  }
  Rows query(std::string_view sql, const std::vector<Parameter>& parameters) override { return rows_of(sql, parameters); }
  std::int64_t execute(std::string_view sql, std::initializer_list<Parameter> parameters) override;

  void begin_group() override;
  void begin_reading_group() override {
    begin_group();
    reading_ = true;
  }
  Result<void> commit_group() override;
  void enter() override;
  void leave(bool keep) override;
  bool poisoned() const override { return poisoned_; }

 private:
  using Parameters = std::span<const Parameter>;

  Rows rows_of(std::string_view sql, Parameters parameters);
  template <typename OnRow>
  void run(std::string_view sql, Parameters parameters, OnRow on_row);
  sqlite3_stmt* prepare(std::string_view sql, Parameters parameters);
  void failed(int code, std::string_view sql);
  bool control(std::string_view sql);
  Result<void> migrate_within(std::string_view owner, const std::vector<Migration>& migrations);
  Result<void> unavailable() const { return fail(ErrorKind::unavailable, "The state could not be written: " + last_failure_); }
  bool transaction_is_gone() const { return sqlite3_get_autocommit(connection_) != 0; }

  FileLock lock_;
  sqlite3* connection_;
  SqliteStatements statements_;
  int depth_ = 0;
  bool in_group_ = false;
  bool reading_ = false;
  bool group_lost_ = false;
  bool poisoned_ = false;
  std::string last_failure_;
};

void SqliteDatabase::failed(int code, std::string_view sql) {
  last_failure_ = sqlite3_errmsg(connection_);
  const Failure failure = classify(code);
  if (failure == Failure::defect) abort_with(sql, last_failure_);
  if (!poisoned_) {
    const auto what = failure == Failure::constraint ? "a constraint refused a write; the unit of work is undone"
                                                     : "storage failed; the unit of work is undone";
    log::error(part, what, {{"error", last_failure_}, {"code", std::to_string(code)}, {"sql", std::string(sql.substr(0, 200))}});
  }
  poisoned_ = true;
  if (in_group_ && transaction_is_gone()) group_lost_ = true;
}

sqlite3_stmt* SqliteDatabase::prepare(std::string_view sql, Parameters parameters) {
  if (depth_ == 0 && !in_group_) poisoned_ = false;
  if (poisoned_) return nullptr;
  int code = SQLITE_OK;
  sqlite3_stmt* statement = statements_.find_or_prepare(sql, &code);
  if (!statement) {
    if (code == SQLITE_OK) abort_with(sql, "an empty statement");
    failed(code, sql);
    return nullptr;
  }
  if (static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)) != parameters.size())
    abort_with(sql, "the number of parameters differs");
  int index = 0;
  for (const Parameter& parameter : parameters) bind(statement, ++index, parameter.value());
  return statement;
}

template <typename OnRow>
void SqliteDatabase::run(std::string_view sql, Parameters parameters, OnRow on_row) {
  sqlite3_stmt* statement = prepare(sql, parameters);
  if (!statement) return;
  int code;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) on_row(statement);
  if (code != SQLITE_DONE) failed(code, sql);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

Rows SqliteDatabase::rows_of(std::string_view sql, Parameters parameters) {
  Rows rows;
  run(sql, parameters, [&rows](sqlite3_stmt* statement) { rows.push_back(read_row(statement)); });
  if (poisoned_) rows.clear();
  return rows;
}

std::int64_t SqliteDatabase::execute(std::string_view sql, std::initializer_list<Parameter> parameters) {
  if (reading_ && !poisoned_) {
    last_failure_ = "a write in a group that only reads";
    poisoned_ = true;
  }
  const std::int64_t before = sqlite3_total_changes64(connection_);
  run(sql, {parameters.begin(), parameters.size()}, [](sqlite3_stmt*) {});
  return poisoned_ ? 0 : sqlite3_total_changes64(connection_) - before;
}

/// BEGIN, COMMIT, SAVEPOINT and the like: these also run when the unit is poisoned.
bool SqliteDatabase::control(std::string_view sql) {
  int code = SQLITE_OK;
  sqlite3_stmt* statement = statements_.find_or_prepare(sql, &code);
  if (statement) {
    code = sqlite3_step(statement);
    if (code != SQLITE_DONE) failed(code, sql);
    sqlite3_reset(statement);
    return code == SQLITE_DONE;
  }
  failed(code, sql);
  return false;
}

void SqliteDatabase::begin_group() {
  in_group_ = true;
  group_lost_ = poisoned_ = false;
  if (!control("BEGIN")) group_lost_ = true;
}

Result<void> SqliteDatabase::commit_group() {
  const bool committed = !group_lost_ && control("COMMIT");
  if (!committed && !transaction_is_gone()) control("ROLLBACK");
  in_group_ = reading_ = group_lost_ = poisoned_ = false;
  if (!committed) return unavailable();
  return {};
}

void SqliteDatabase::enter() {
  if (depth_++ == 0) poisoned_ = group_lost_;
  if (!group_lost_ && !control("SAVEPOINT unit")) poisoned_ = true;
}

void SqliteDatabase::leave(bool keep) {
  if (!transaction_is_gone()) {
    if (!keep || poisoned_) {
      if (!control("ROLLBACK TO unit") && in_group_) group_lost_ = true;
    }
    if (!control("RELEASE unit") && in_group_) group_lost_ = true;
  }
  if (--depth_ == 0) poisoned_ = group_lost_;
}

Result<void> SqliteDatabase::migrate(std::string_view owner, const std::vector<Migration>& migrations) {
  if (in_group_) return atomically([&] { return migrate_within(owner, migrations); });
  begin_group();
  Result<void> migrated = atomically([&] { return migrate_within(owner, migrations); });
  const Result<void> committed = commit_group();
  return committed ? migrated : committed;
}

Result<void> SqliteDatabase::migrate_within(std::string_view owner, const std::vector<Migration>& migrations) {
  const auto row = query_one("SELECT version FROM storage_migrations WHERE owner=?", {owner});
  const std::int64_t version = row ? row->integer(0) : 0;
  const std::int64_t newest = migrations.empty() ? 0 : migrations.back().version;
  if (version > newest)
    return fail(ErrorKind::conflict, "The tables of " + std::string(owner) + " have version " + std::to_string(version) +
                                         "; this release knows " + std::to_string(newest) +
                                         ". Use a newer release, or restore the data of an older one.");
  for (const Migration& migration : migrations) {
    if (migration.version <= version || poisoned_) continue;
    const int code = sqlite3_exec(connection_, migration.sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) failed(code, migration.sql);
  }
  if (newest > version)
    execute("INSERT INTO storage_migrations (owner, version) VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET version=excluded.version",
            {owner, newest});
  if (poisoned_) return unavailable();
  return {};
}

Result<void> SqliteDatabase::clear(const std::vector<std::string_view>& kept_tables) {
  begin_group();
  (void)atomically([&]() -> Result<void> {
    for (const Row& row : query("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", {})) {
      const std::string& table = row.text(0);
      if (table == "storage_migrations" || std::find(kept_tables.begin(), kept_tables.end(), table) != kept_tables.end()) continue;
      execute("DELETE FROM \"" + table + '"', {});
    }
    if (poisoned_) return unavailable();
    return {};
  });
  return commit_group();
}

Result<std::unique_ptr<Database>> open(const char* vfs_name, const std::string& path, FileLock lock) {
  use_pooled_sqlite_memory();
  sqlite3* connection = nullptr;
  // NOMUTEX: a Database is touched from one executor only
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2(path.c_str(), &connection, flags, vfs_name);
  if (code == SQLITE_OK) {
    sqlite3_extended_result_codes(connection, 1);
    code = sqlite3_exec(connection, settings, nullptr, nullptr, nullptr);
  }
  if (code != SQLITE_OK) {
    std::string message = path + ": " + (connection ? sqlite3_errmsg(connection) : "out of memory");
    sqlite3_close(connection);
    return fail(ErrorKind::unavailable, std::move(message));
  }
  return std::make_unique<SqliteDatabase>(connection, std::move(lock));
}

/// State holds secrets, so the file is made for its owner alone; SQLite gives its WAL the same mode.
void make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite_database(const std::string& path) {
  auto lock = FileLock::take(path + ".lock");
  if (!lock) return std::unexpected(lock.error());
  make_private(path);
  return open(nullptr, path, std::move(*lock));
}

std::unique_ptr<Database> open_memory_database() {
  auto opened = open(nullptr, ":memory:", {});
  if (!opened) abort_with("", opened.error().message);
  return std::move(*opened);
}

Result<std::unique_ptr<Database>> open_sqlite_database_on(const std::string& vfs_name, const std::string& path) {
  return open(vfs_name.c_str(), path, {});
}

}  // namespace tocsin::storage
