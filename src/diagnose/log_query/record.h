// One row as a query sees it: the fields of an event, discovered in its message when asked for, under those that the query made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnose/log_query/discovery.h"
#include "diagnose/log_query/field_names.h"
#include "diagnose/log_query/value.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::diagnose {

/// Where the fields of events that are not in their messages come from.
struct FieldSources {
  telemetry::LogStore& store;
  Discovery& discovery;
  const FieldNames& names;
};

class Record {
 public:
  Record() = default;
  explicit Record(std::size_t slots) : values_(slots), states_(slots, State::unknown) {}

  /// Becomes the row of that event, whose message must stay as it is until the record is kept, forgotten or begun again.
  void begin(const telemetry::LogRowView& row, std::uint64_t id) { begin(row, id, row.message); }
  /// `original`: the message without masks, for as long as the message.
  void begin(const telemetry::LogRowView& row, std::uint64_t id, std::string_view original);
  /// Owns its event from now on.
  void keep();
  /// Becomes a row of a table, without fields.
  void begin_table();

  /// Nothing when there is no such field.
  const Value& field(FieldSlot slot, const FieldSources& from);
  void set(FieldSlot slot, Value value) {
    values_[static_cast<std::size_t>(slot)] = std::move(value);
    states_[static_cast<std::size_t>(slot)] = State::made;
  }
  /// Forgets what was found in the event, which can be found again: copies are then small.
  void forget_found();
  bool is_made(FieldSlot slot) const { return states_[static_cast<std::size_t>(slot)] == State::made; }
  /// The list or map that was discovered under the name of the slot.
  Value structure(FieldSlot slot, const FieldSources& from) const;
  bool is_event() const { return event_; }
  /// Where the event is, without its message.
  const telemetry::LogRowView& place() const { return row_; }
  std::string_view message() const {
    if (kept_) return own_message_;
    return row_.fields ? row_.fields->message(row_.index) : row_.message;
  }
  /// What a discovered field is by the columns that the event lies in; nullptr when there are none, or the query made the field.
  const telemetry::LogFieldColumn* column(FieldSlot slot, const FieldSources& from);
  /// The blocks of the rows that were given are gone from now on.
  void forget_columns() {
    columns_of_ = nullptr;
    ++columns_age_;
  }
  /// Tells blocks apart that stood at the same address one after the other.
  std::uint64_t columns_age() const { return columns_age_; }
  std::int64_t time_ms() const { return event_ ? row_.position.time_ms : 0; }
  std::size_t bytes() const;
  /// Without its event: what a copy costs while it is not kept.
  std::size_t made_bytes() const;

 private:
  enum class State : std::uint8_t { unknown, found, made };
  Value found(FieldSlot slot, const FieldSources& from);
  std::string_view original() const;
  Value discovered(FieldSlot slot, const FieldSources& from);

  telemetry::LogRowView row_;
  std::string_view original_;
  std::string own_message_;
  std::string own_original_;  ///< empty when it is the message
  bool kept_ = false;
  bool event_ = false;
  std::uint64_t id_ = 0;
  std::vector<Value> values_;
  std::vector<State> states_;
  const telemetry::LogFields* columns_of_ = nullptr;  ///< the block that `columns_` are of
  std::vector<const telemetry::LogFieldColumn*> columns_;
  std::uint64_t columns_age_ = 0;
  std::string scratch_;
};

/// Opaque; `row_at` finds the event by it.
std::string pointer_to(const telemetry::LogRowView& row);
/// `invalid` for what is no pointer, `not_found` when the event is gone or is another scope's.
Result<telemetry::LogRow> row_at(telemetry::LogStore& store, const Scope& scope, const std::string& pointer);

}  // namespace tocsin::diagnose
