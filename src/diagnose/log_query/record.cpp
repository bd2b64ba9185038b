#include "diagnose/log_query/record.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <boost/json.hpp>
#include <charconv>

#include "base/encoding.h"

namespace tocsin::diagnose {
namespace {

Value to_value(const Document& document) {
  if (document.is_string()) return std::string(document.get_string());
  if (document.is_bool()) return std::string(document.get_bool() ? "true" : "false");
  if (const auto number = as_number(document)) return *number;
  return {};
}

const Document* element(const Array& array, std::string_view index) {
  std::size_t at = 0;
  const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), at);
  return error == std::errc() && end == index.data() + index.size() && at < array.size() ? &array[at] : nullptr;
}

/// The whole rest of the path may be one name; else each of its beginnings, the longest first.
Value at_path(const Document& document, std::string_view path, int depth = 0) {
  if (depth > 32 || path.empty()) return {};
  for (std::size_t end = path.size(); end != std::string_view::npos && end > 0; end = path.rfind('.', end - 1)) {
    const std::string_view name = path.substr(0, end);
    const Document* child = document.is_object()  ? find(document, name)
                            : document.is_array() ? element(document.get_array(), name)
                                                  : nullptr;
    if (child && end == path.size()) return to_value(*child);
    if (child)
      if (Value value = at_path(*child, path.substr(end + 1), depth + 1); !is_null(value)) return value;
    if (end == 0) break;
  }
  return {};
}

/// The JSON that a text is, or the first that stands in it.
Document json_in(std::string_view message) {
  const std::size_t begin = message.find('{'), end = message.rfind('}');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  auto document = parse_json(message.substr(begin, end - begin + 1));
  return document ? std::move(*document) : Document{};
}

}  // namespace

Value Record::field(telemetry::LogStore& store, const std::string& name) const {
  if (const auto made = made_.find(name); made != made_.end()) return made->second;
  if (!row_) return {};
  if (!name.starts_with('@')) return discovered(name);
  if (name == "@message") return row_->message;
  if (name == "@timestamp") return Moment{row_->position.time_ms};
  if (name == "@ingestionTime") return Moment{row_->ingested_ms};
  if (name == "@ptr") return pointer_to(*row_);
  if (name == "@logStream") {
    const telemetry::LogStream* stream = store.stream(row_->stream);
    return stream ? Value(stream->name) : Value();
  }
  const telemetry::LogGroup* group = store.group(row_->group);
  if (name == "@log") return group ? Value(group->scope.account + ':' + group->name) : Value();
  if (name == "@aws.account") return group ? Value(group->scope.account) : Value();
  if (name == "@aws.region") return group ? Value(group->scope.region) : Value();
  return name.starts_with("@@") ? discovered(std::string_view(name).substr(1)) : Value();
}

const Value* Record::made(const std::string& name) const {
  const auto found = made_.find(name);
  return found == made_.end() ? nullptr : &found->second;
}

Value Record::discovered(std::string_view path) const {
  if (!json_) json_ = json_in(row_->message);
  return at_path(*json_, path);
}

std::string pointer_to(const telemetry::LogRow& row) {
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
