// Prepared statements of one connection, kept by their text.
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>
#include <unordered_map>

namespace tocsin::storage {

class SqliteStatements {
 public:
  explicit SqliteStatements(sqlite3* connection) : connection_(connection) {}
  SqliteStatements(const SqliteStatements&) = delete;
  ~SqliteStatements() { clear(); }

  /// The statement, reset and without parameters, owned by this object until the next call. nullptr with SQLite's code in `*code` when it
  /// cannot be prepared.
  sqlite3_stmt* find_or_prepare(std::string_view sql, int* code);
  void clear();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  sqlite3* connection_;
  std::unordered_map<std::string, sqlite3_stmt*, Hash, std::equal_to<>> statements_;
};

}  // namespace tocsin::storage
