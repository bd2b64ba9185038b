// The small SQL layer over SQLite (embedded) and PostgreSQL (distributed): what both understand, with ? for parameters.
// Threads: a Database belongs to its StateExecutor and is touched only from there.
//
// A failed statement (full disk, broken file) does not throw and need not be checked at each call: it poisons the unit of work. Until the
// unit ends, reads give nothing and writes do nothing; then the unit is rolled back and its caller is told ErrorKind::unavailable. So code
// reads as if storage never failed, and nothing of a failed unit is ever seen. A statement that is wrong (syntax, unknown table) is a
// defect and aborts the process with its text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/document.h"
#include "base/result.h"

namespace tocsin::storage {

/// NULL, integer, real or text. Text holds any bytes.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string>;

/// One row of an answer. Columns count from 0; a NULL reads as 0, "" or nullopt.
class Row {
 public:
  explicit Row(std::vector<SqlValue> values) : values_(std::move(values)) {}
  std::int64_t integer(std::size_t column) const;
  double real(std::size_t column) const;
  const std::string& text(std::size_t column) const;
  bool truth(std::size_t column) const { return integer(column) != 0; }
  Instant instant(std::size_t column) const { return instant_from_ns(integer(column)); }
  /// The column holds JSON text that we wrote.
  Document document(std::size_t column) const;
  bool is_null(std::size_t column) const { return std::holds_alternative<std::monostate>(values_[column]); }
  std::size_t size() const { return values_.size(); }

 private:
  std::vector<SqlValue> values_;
};

using Rows = std::vector<Row>;

/// A statement's parameter: integers, reals, text, truth, Instant (ns), Document (JSON text), optional (NULL when empty).
class Parameter {
 public:
  Parameter(std::nullopt_t) {}
  Parameter(bool value) : value_(static_cast<std::int64_t>(value)) {}
  Parameter(int value) : value_(static_cast<std::int64_t>(value)) {}
  Parameter(std::int64_t value) : value_(value) {}
  Parameter(std::size_t value) : value_(static_cast<std::int64_t>(value)) {}
  Parameter(double value) : value_(value) {}
  Parameter(const char* value) : value_(std::string(value)) {}
  Parameter(std::string_view value) : value_(std::string(value)) {}
  Parameter(std::string value) : value_(std::move(value)) {}
  Parameter(Instant value) : value_(to_ns(value)) {}
  Parameter(const Document& value) : value_(to_json(value)) {}
  Parameter(const Object& value);
  template <typename T>
  Parameter(const std::optional<T>& value) {
    if (value) value_ = Parameter(*value).value_;
  }
  const SqlValue& value() const { return value_; }

 private:
  SqlValue value_;
};

/// One step of an owner's schema. Steps run in order, once each; a landed step is never edited.
struct Migration {
  int version;      ///< from 1, without gaps
  const char* sql;  ///< one or more statements
};

class Database {
 public:
  virtual ~Database() = default;

  /// Brings the owner's tables to the newest version, in a transaction of its own; called at start, outside a unit of work. Table names
  /// begin with the owner's name
  /// ("sns_topics"). Fails with `conflict` when the file is from a newer release.
  virtual Result<void> migrate(std::string_view owner, const std::vector<Migration>& migrations) = 0;

  /// Deletes every row but those of the tables named, in a transaction of its own; schemas and their versions stay. Called before the
  /// owners migrate, outside a unit of work.
  virtual Result<void> clear(const std::vector<std::string_view>& kept_tables) = 0;

  virtual Rows query(std::string_view sql, std::initializer_list<Parameter> parameters = {}) = 0;
  virtual Rows query(std::string_view sql, const std::vector<Parameter>& parameters) = 0;
  /// The number of rows changed.
  virtual std::int64_t execute(std::string_view sql, std::initializer_list<Parameter> parameters = {}) = 0;

  /// The first row, if any.
  std::optional<Row> query_one(std::string_view sql, std::initializer_list<Parameter> parameters = {});

  /// Runs `work` within a savepoint: an error (or exception) undoes what it wrote. Nests.
  template <typename Work>
  auto atomically(Work&& work) -> decltype(work()) {
    enter();
    try {
      auto result = work();
      leave(result.has_value());
      return result;
    } catch (...) {
      leave(false);
      throw;
    }
  }

  // --- for StateExecutor and engines
  virtual void begin_group() = 0;
  /// Begins a group in which every write fails its unit, so that its end needs no room on the disk.
  virtual void begin_reading_group() = 0;
  /// Makes the group durable (fsync). On failure everything since begin_group is undone.
  virtual Result<void> commit_group() = 0;
  virtual void enter() = 0;
  virtual void leave(bool keep) = 0;
  /// Whether a statement failed since the unit began; reset by leave of the outermost savepoint.
  virtual bool poisoned() const = 0;
};

}  // namespace tocsin::storage
