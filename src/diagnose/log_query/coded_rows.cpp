#include "diagnose/log_query/coded_rows.h"

#include <algorithm>

namespace tocsin::diagnose {
namespace {

bool add_fields(const Expression& expression, std::vector<FieldSlot>& slots) {
  switch (expression.kind) {
    case Expression::Kind::constant:
      return true;
    case Expression::Kind::field:
      if (expression.slot == no_slot) return false;
      if (std::find(slots.begin(), slots.end(), expression.slot) == slots.end()) slots.push_back(expression.slot);
      return true;
    case Expression::Kind::operation:
    case Expression::Kind::negative:
    case Expression::Kind::logical_not:
    case Expression::Kind::contains:
    case Expression::Kind::matches:
    case Expression::Kind::in:
      return std::all_of(expression.parts.begin(), expression.parts.end(), [&](const Expression& part) { return add_fields(part, slots); });
    default:
      return false;
  }
}

}  // namespace

std::optional<std::size_t> CodedRows::combination(Record& record, const FieldSources& sources, std::optional<std::size_t>& fresh) {
  const telemetry::LogFields* fields = record.is_event() ? record.place().fields : nullptr;
  if (!fields || slots_.empty()) return std::nullopt;
  if (fields != of_ || record.columns_age() != age_) fresh = begin(record, sources);
  if (columns_.empty()) return std::nullopt;
  const std::uint32_t index = record.place().index;
  std::size_t at = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::uint16_t code = columns_[i]->codes[index];
    if (record.is_made(slots_[i]) || columns_[i]->values[code].kind == telemetry::LogFieldValue::Kind::unknown) return std::nullopt;
    at = at * columns_[i]->values.size() + code;
  }
  return at;
}

std::size_t CodedRows::begin(Record& record, const FieldSources& sources) {
  constexpr std::size_t combinations_max = 1u << 16;
  of_ = record.place().fields;
  age_ = record.columns_age();
  columns_.clear();
  std::size_t combinations = 1;
  for (const FieldSlot slot : slots_) {
    const auto* column = record.column(slot, sources);
    if (!column || column->codes.empty() || (combinations *= column->values.size()) > combinations_max) {
      columns_.clear();
      return 0;
    }
    columns_.push_back(column);
  }
  return combinations;
}

std::optional<std::vector<FieldSlot>> fields_of_condition(const Expression& condition) {
  std::vector<FieldSlot> slots;
  constexpr std::size_t fields_max = 3;
  if (!add_fields(condition, slots) || slots.empty() || slots.size() > fields_max) return std::nullopt;
  return slots;
}

}  // namespace tocsin::diagnose
