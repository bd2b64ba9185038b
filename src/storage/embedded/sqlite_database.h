// State in SQLite: one file in WAL mode with one writer, fsynced at each commit_group. Parameters are SQLite's ?; texts hold any bytes.
//
// Which failure does what (sqlite.org/rescode.html):
//  - I/O, full disk, corruption, busy, out of memory: poisons the unit. SQLite gives up the whole transaction for most of them; then the
//  rest of the group is
//    poisoned too and commit_group answers `unavailable`.
//  - a constraint (NOT NULL, UNIQUE, CHECK): poisons the unit and is logged as an error with its text. Use ON CONFLICT where a second row
//  is no defect.
//  - anything else (syntax, unknown table, wrong number of parameters): a defect; the process aborts with the text.
// SQL stays within what PostgreSQL understands too: ON CONFLICT, partial indices, CTEs; no rowid, no OR REPLACE. INTEGER means 64 bits in
// every schema.
#pragma once

#include <memory>
#include <string>

#include "storage/sql.h"

namespace tocsin::storage {

/// Opens or makes the file (mode 0600) and holds PATH.lock while the object lives. `unavailable` when another process holds it or the file
/// cannot be read.
Result<std::unique_ptr<Database>> open_sqlite_database(const std::string& path);

/// A database that is gone with the object; for tests. Aborts when it cannot be made.
std::unique_ptr<Database> open_memory_database();

/// The same engine on a registered SQLite VFS, without the lock file; for the simulated disk.
Result<std::unique_ptr<Database>> open_sqlite_database_on(const std::string& vfs_name, const std::string& path);

}  // namespace tocsin::storage
