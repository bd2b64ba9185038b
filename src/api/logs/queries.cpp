#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "api/logs/answers.h"
#include "api/logs/query_operations.h"
#include "diagnose/query_languages/query_languages.h"
#include "telemetry/logs/data_protection/data_masks.h"

namespace tocsin::api::logs {
namespace {

using diagnose::LogQuery;
using diagnose::QueryStatus;
constexpr std::size_t groups_max = 50;
constexpr std::size_t rows_default = 10'000;
constexpr std::size_t described_default = 1000;
constexpr const char* not_found = "The specified query does not exist.";

std::string_view status_name(QueryStatus status) {
  switch (status) {
    case QueryStatus::running:
      return "Running";
    case QueryStatus::complete:
      return "Complete";
    case QueryStatus::failed:
      return "Failed";
    case QueryStatus::cancelled:
      return "Cancelled";
    case QueryStatus::timeout:
      return "Timeout";
  }
  return "Unknown";
}

std::vector<std::string> texts_at(const Call& call, std::string_view key) {
  std::vector<std::string> texts;
  for (const Document& each : array_at(call.input, key)) texts.emplace_back(each.get_string());
  return texts;
}

Checked<std::vector<std::string>> queried_names(const Call& call) {
  std::vector<std::string> names = texts_at(call, "logGroupNames"), identifiers = texts_at(call, "logGroupIdentifiers");
  const auto name = text_at(call.input, "logGroupName");
  if (int{name.has_value()} + int{!names.empty()} + int{!identifiers.empty()} > 1)
    return invalid_parameter("Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified.");
  if (name) names.push_back(*name);
  for (const std::string& identifier : identifiers) names.push_back(group_name_of(identifier));
  if (names.size() > groups_max) return invalid_parameter("At most 50 log groups can be queried.");
  return names;
}

/// Seconds; what can only be milliseconds is taken as such, as the service does.
std::int64_t to_milliseconds(std::int64_t time, std::int64_t within_second) {
  constexpr std::int64_t seconds_max = 100'000'000'000;
  return time > seconds_max ? time : time * 1000 + within_second;
}

std::unexpected<ServiceError> malformed(const diagnose::QueryError& error) {
  auto refused = refuse("MalformedQueryException", error.message);
  refused.error().members["queryCompileError"] =
      Object{{"location", Object{{"startCharOffset", error.begin}, {"endCharOffset", error.end}}}, {"message", error.message}};
  return refused;
}

Array to_documents(const diagnose::ResultRow& row) {
  Array fields;
  for (const auto& [name, value] : row) fields.emplace_back(Object{{"field", name}, {"value", value}});
  return fields;
}

Object statistics_of(const LogQuery& query, std::size_t results) {
  const auto number = [](auto value) { return static_cast<double>(value); };
  return {{"recordsMatched", number(query.records_matched)},
          {"recordsScanned", number(query.figures.records_scanned)},
          {"estimatedRecordsSkipped", number(query.figures.records_skipped)},
          {"bytesScanned", number(query.figures.bytes_scanned)},
          {"estimatedBytesSkipped", number(query.figures.bytes_skipped)},
          {"logGroupsScanned", number(query.group_names.size())},
          {"resultCount", number(results)}};
}

Object to_document(const LogQuery& query, Instant now) {
  return {{"queryLanguage", query.language},
          {"queryId", query.id},
          {"queryString", query.text},
          {"status", status_name(query.status)},
          {"createTime", to_ms(query.started)},
          {"logGroupName", query.group_names.empty() ? std::string() : query.group_names.front()},
          {"queryDuration", to_ms(query.run ? now : query.ended) - to_ms(query.started)},
          {"bytesScanned", static_cast<double>(query.figures.bytes_scanned)},
          {"userIdentity", query.user}};
}

Checked<std::size_t> page_offset(const Call& call, const ListTokens& tokens) {
  const auto start = page_start(call, tokens);
  if (!start) return std::unexpected(start.error());
  std::size_t offset = 0;
  std::from_chars(start->data(), start->data() + start->size(), offset);
  return offset;
}

}  // namespace

Reply start_query(LogStore& store, LogQueries& queries, const Call& call, const MayUnmask& may_unmask) {
  const auto language = diagnose::parse_query_language(text_or(call.input, "queryLanguage", "CWLI"));
  if (!language) return invalid_parameter("The query language " + text_or(call.input, "queryLanguage") + " is not offered.");
  auto names = queried_names(call);
  if (!names) return std::unexpected(names.error());
  const std::int64_t start = integer_or(call.input, "startTime", 0), end = integer_or(call.input, "endTime", 0);
  if (end < start) return invalid_parameter("End time should not be before start time.");
  LogQueries::Start query{
      .scope = call.scope, .text = text_or(call.input, "queryString"), .group_names = *names, .range = {}, .user = call.principal.arn};
  query.language = std::string(to_text(*language));
  if (*language != diagnose::QueryLanguage::insights)
    query.parse = [language = *language](std::string_view text) { return diagnose::parse_query_in(language, text); };
  for (const std::string& name : *names) {
    const auto group = group_named(store, call.scope, name);
    if (!group)
      return refuse("ResourceNotFoundException", "Log group '" + name + "' does not exist for account ID '" + call.scope.account + "'");
    query.range.groups.push_back((*group)->id);
    query.may_unmask = query.may_unmask && (!may_unmask || may_unmask(call, **group));
  }
  // what SOURCE chooses is not known here: whoever unmasks by it must be allowed to everywhere
  if (names->empty() && may_unmask) query.may_unmask = may_unmask(call, {.scope = call.scope, .name = "*"});
  query.range.from_ms = to_milliseconds(start, 0);
  query.range.to_ms = to_milliseconds(end, 999);
  if (const auto limit = integer_at(call.input, "limit")) query.range.rows_max = static_cast<std::size_t>(*limit);
  auto id = queries.start(std::move(query));
  if (id) return Object{{"queryId", *id}};
  if (const auto* error = std::get_if<diagnose::QueryError>(&id.error())) return malformed(*error);
  return to_service_error(std::get<Error>(id.error()));
}

Reply get_query_results(LogQueries& queries, const ListTokens& tokens, const Call& call) {
  const LogQuery* query = queries.find(call.scope, text_or(call.input, "queryId"));
  if (!query) return refuse("ResourceNotFoundException", not_found);
  const auto offset = page_offset(call, tokens);
  if (!offset) return std::unexpected(offset.error());
  const auto rows_max = static_cast<std::size_t>(integer_or(call.input, "maxItems", rows_default));
  const std::vector<diagnose::ResultRow> partial = query->run ? query->run->results() : std::vector<diagnose::ResultRow>{};
  const auto& rows = query->run ? partial : query->results;
  const std::size_t end = std::min(rows.size(), *offset + (rows_max == 0 ? rows_default : rows_max));
  Array page;
  for (std::size_t i = *offset; i < end; ++i) page.emplace_back(to_documents(rows[i]));
  Object out{{"queryLanguage", query->language},
             {"results", std::move(page)},
             {"statistics", statistics_of(*query, rows.size())},
             {"status", status_name(query->status)}};
  if (end < rows.size() && !query->run) out["nextToken"] = tokens.seal(call, std::to_string(end));
  return out;
}

Reply stop_query(LogQueries& queries, const Call& call) {
  const auto stopped = queries.stop(call.scope, text_or(call.input, "queryId"));
  if (!stopped) return refuse("ResourceNotFoundException", not_found);
  if (!*stopped) return invalid_parameter("The specified query has already ended.");
  return Object{{"success", true}};
}

Reply describe_queries(LogQueries& queries, const ListTokens& tokens, const Call& call) {
  const auto group = text_at(call.input, "logGroupName"), status = text_at(call.input, "status");
  const auto offset = page_offset(call, tokens);
  if (!offset) return std::unexpected(offset.error());
  std::vector<const LogQuery*> wanted;
  for (const LogQuery* query : queries.list(call.scope)) {
    const bool of_group = !group || std::find(query->group_names.begin(), query->group_names.end(), *group) != query->group_names.end();
    if (of_group && (!status || *status == status_name(query->status))) wanted.push_back(query);
  }
  const std::size_t end =
      std::min(wanted.size(), *offset + static_cast<std::size_t>(integer_or(call.input, "maxResults", described_default)));
  Array page;
  for (std::size_t i = *offset; i < end; ++i) page.emplace_back(to_document(*wanted[i], call.now));
  Object out{{"queries", std::move(page)}};
  if (end < wanted.size()) out["nextToken"] = tokens.seal(call, std::to_string(end));
  return out;
}

Reply get_log_record(LogRooms& rooms, const Call& call) {
  LogStore& store = rooms.store;
  auto row = diagnose::row_at(store, call.scope, text_or(call.input, "logRecordPointer"));
  if (!row)
    return row.error().kind == ErrorKind::not_found ? refuse("ResourceNotFoundException", row.error().message)
                                                    : Reply(invalid_parameter(row.error().message));
  if (!truth_or(call.input, "unmask", false))
    if (const auto masks = telemetry::masks_of(rooms.settings, *store.group(row->group)); !masks.empty())
      row->message = masks.masked(row->message, row->ingested_ms);
  Object record{{"@message", row->message},
                {"@timestamp", std::to_string(row->position.time_ms)},
                {"@ingestionTime", std::to_string(row->ingested_ms)},
                {"@log", call.scope.account + ':' + store.group(row->group)->name},
                {"@ptr", text_or(call.input, "logRecordPointer")}};
  if (const telemetry::LogStream* stream = store.stream(row->stream)) record["@logStream"] = stream->name;
  diagnose::Discovery discovery;
  for (const auto& [name, value] : discovery.all(row->message)) record[name] = diagnose::text_of(value);
  return Object{{"logRecord", std::move(record)}};
}

}  // namespace tocsin::api::logs
