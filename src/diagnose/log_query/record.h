// One row as a query sees it: the fields of an event, discovered in its message when asked for, under those that the query made.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"
#include "diagnose/log_query/value.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::diagnose {

class Record {
 public:
  Record() = default;
  explicit Record(telemetry::LogRow row) : row_(std::move(row)) {}

  /// Nothing when there is no such field. Of JSON the leaves by their dotted paths (`a.b.0.c`; a name with dots in it is found too); a
  /// discovered "@x" as "@@x".
  Value field(telemetry::LogStore& store, const std::string& name) const;
  void set(const std::string& name, Value value) { made_[name] = std::move(value); }
  /// What the query set under that name, or nullptr.
  const Value* made(const std::string& name) const;
  const std::optional<telemetry::LogRow>& row() const { return row_; }

 private:
  Value discovered(std::string_view path) const;

  std::optional<telemetry::LogRow> row_;  ///< none behind stats
  std::map<std::string, Value> made_;
  mutable std::optional<Document> json_;
};

/// Opaque; `row_at` finds the event by it.
std::string pointer_to(const telemetry::LogRow& row);
/// `invalid` for what is no pointer, `not_found` when the event is gone or is another scope's.
Result<telemetry::LogRow> row_at(telemetry::LogStore& store, const Scope& scope, const std::string& pointer);

}  // namespace tocsin::diagnose
