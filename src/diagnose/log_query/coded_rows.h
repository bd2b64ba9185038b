// Rows of one block by the values of a few fields: where these fields have few values in it, a row is one of their combinations, and what
// depends on them alone is found out once for each.
#pragma once

#include <optional>
#include <vector>

#include "diagnose/log_query/query_plan.h"
#include "diagnose/log_query/record.h"

namespace tocsin::diagnose {

class CodedRows {
 public:
  explicit CodedRows(std::vector<FieldSlot> slots) : slots_(std::move(slots)) {}

  /// The row's combination; nothing when it must be looked at itself. `fresh` tells that numbers mean something else from now on, with how
  /// many there are.
  std::optional<std::size_t> combination(Record& record, const FieldSources& sources, std::optional<std::size_t>& fresh);

 private:
  std::size_t begin(Record& record, const FieldSources& sources);

  std::vector<FieldSlot> slots_;
  const telemetry::LogFields* of_ = nullptr;
  std::uint64_t age_ = 0;
  std::vector<const telemetry::LogFieldColumn*> columns_;
};

/// The fields that the condition depends on, when it depends on nothing else.
std::optional<std::vector<FieldSlot>> fields_of_condition(const Expression& condition);

}  // namespace tocsin::diagnose
