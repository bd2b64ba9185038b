#include "diagnose/log_query/record.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/encoding.h"

namespace tocsin::diagnose {

void Record::begin(const telemetry::LogRowView& row, std::uint64_t id, std::string_view original) {
  row_ = row;
  original_ = original;
  kept_ = false;
  event_ = true;
  id_ = id;
  std::fill(states_.begin(), states_.end(), State::unknown);
}

void Record::keep() {
  if (kept_ || !event_) return;
  own_original_ = original_.data() == row_.message.data() ? std::string_view() : original_;
  own_message_ = message();
  original_ = {};
  row_.message = {};
  row_.fields = nullptr;
  kept_ = true;
}

void Record::forget_found() {
  for (std::size_t i = 0; i < states_.size(); ++i)
    if (states_[i] == State::found) {
      values_[i] = Value();
      states_[i] = State::unknown;
    }
}

std::string_view Record::original() const {
  if (!kept_) return row_.fields ? message() : original_;
  return own_original_.empty() ? own_message_ : own_original_;
}

void Record::begin_table() {
  row_ = {};
  original_ = {};
  kept_ = event_ = false;
  std::fill(states_.begin(), states_.end(), State::unknown);
}

const Value& Record::field(FieldSlot slot, const FieldSources& from) {
  static const Value nothing;
  if (slot == no_slot) return nothing;
  const auto at = static_cast<std::size_t>(slot);
  if (states_[at] == State::unknown) {
    values_[at] = found(slot, from);
    states_[at] = State::found;
  }
  return values_[at];
}

Value Record::found(FieldSlot slot, const FieldSources& from) {
  const FieldNames::Name& name = from.names.at(slot);
  for (const auto& [owner, rest] : name.owners)
    if (is_made(owner))
      if (const auto* structure = std::get_if<Structure>(&values_[static_cast<std::size_t>(owner)])) return at_path(**structure, rest);
  if (!event_) return {};
  const telemetry::LogRowView& row = row_;
  switch (name.origin) {
    case FieldOrigin::message:
      return std::string(message());
    case FieldOrigin::timestamp:
      return Moment{row.position.time_ms};
    case FieldOrigin::ingestion_time:
      return Moment{row.ingested_ms};
    case FieldOrigin::pointer:
      return pointer_to(row);
    case FieldOrigin::log_stream: {
      const telemetry::LogStream* stream = from.store.stream(row.stream);
      return stream ? Value(stream->name) : Value();
    }
    case FieldOrigin::nothing:
      return {};
    case FieldOrigin::discovered:
      return discovered(slot, from);
    case FieldOrigin::unmasked:
      // its own id, for the masked message has fields of the same names
      return name.path.empty() ? Value(std::string(original())) : from.discovery.field(~id_, original(), name.path);
    default:
      break;
  }
  const telemetry::LogGroup* group = from.store.group(row.group);
  if (!group) return {};
  if (name.origin == FieldOrigin::account) return group->scope.account;
  if (name.origin == FieldOrigin::region) return group->scope.region;
  if (name.origin == FieldOrigin::log) return group->scope.account + ':' + group->name;
  const auto tag = group->tags.find(name.path);
  return tag == group->tags.end() ? Value() : Value(tag->second);
}

const telemetry::LogFieldColumn* Record::column(FieldSlot slot, const FieldSources& from) {
  if (!row_.fields || slot == no_slot || is_made(slot)) return nullptr;
  if (columns_of_ != row_.fields) {
    columns_of_ = row_.fields;
    columns_.assign(values_.size(), nullptr);
  }
  auto& column = columns_[static_cast<std::size_t>(slot)];
  if (!column) {
    const FieldNames::Name& name = from.names.at(slot);
    if (name.origin != FieldOrigin::discovered || !name.owners.empty()) return nullptr;
    column = &row_.fields->field(name.path);
  }
  return column;
}

Value Record::discovered(FieldSlot slot, const FieldSources& from) {
  if (const auto* column = this->column(slot, from)) {
    const telemetry::LogFieldValue value = column->at(row_.index, scratch_);
    switch (value.kind) {
      case telemetry::LogFieldValue::Kind::absent:
        return {};
      case telemetry::LogFieldValue::Kind::text:
        return std::string(value.text);
      case telemetry::LogFieldValue::Kind::number:
        return number_value(value.number);
      case telemetry::LogFieldValue::Kind::unknown:
        break;
    }
  }
  return from.discovery.field(id_, message(), from.names.at(slot).path);
}

Value Record::structure(FieldSlot slot, const FieldSources& from) const {
  if (slot == no_slot || !event_ || is_made(slot)) return {};
  const FieldNames::Name& name = from.names.at(slot);
  return name.origin == FieldOrigin::discovered ? from.discovery.structure(id_, message(), name.path) : Value();
}

std::size_t Record::bytes() const { return made_bytes() + (event_ && !kept_ ? message().size() : 0); }

std::size_t Record::made_bytes() const {
  std::size_t bytes = sizeof(Record) + values_.size() * (sizeof(Value) + 1) + own_message_.size() + own_original_.size();
  for (const Value& value : values_) bytes += bytes_of(value);
  return bytes;
}

std::string pointer_to(const telemetry::LogRowView& row) {
  return to_hex(fmt::format("{}:{}:{}", row.group, row.position.time_ms, row.position.sequence));
}

Result<telemetry::LogRow> row_at(telemetry::LogStore& store, const Scope& scope, const std::string& pointer) {
  static const re2::RE2 form(R"((\d{1,9}):(-?\d{1,18}):(\d{1,20}))");
  telemetry::LogPosition position;
  telemetry::LogGroupId id = 0;
  const auto text = from_hex(pointer);
  if (!text || !re2::RE2::FullMatch(*text, form, &id, &position.time_ms, &position.sequence))
    return fail(ErrorKind::invalid, "The log record pointer is not valid.");
  const telemetry::LogGroup* group = store.group(id);
  if (group && group->scope == scope)
    for (telemetry::LogRow& row : read_all(store, {.groups = {id}, .from_ms = position.time_ms, .to_ms = position.time_ms}))
      if (row.position == position) return std::move(row);
  return fail(ErrorKind::not_found, "The specified log record does not exist.");
}

}  // namespace tocsin::diagnose
