// Memory for SQLite. A savepoint keeps a copy of each page that it changes, in pieces of 1 KiB: a hundred pieces a unit of work, taken and
// given back. Here they come from a list of each thread's own instead of the heap.
#pragma once

namespace tocsin::storage {

/// Before the first database is opened; later calls change nothing. Any thread.
void use_pooled_sqlite_memory();

}  // namespace tocsin::storage
