#include "diagnose/scheduled_queries/scheduled_queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/ids.h"
#include "diagnose/scheduled_queries/scheduled_query.h"
#include "model/arn.h"

namespace tocsin::diagnose {
namespace {

namespace log_setting = telemetry::log_setting;
using telemetry::LogSetting;
constexpr const char* timer_kind = "logs.scheduled_query";
constexpr std::string_view arn_prefix = "scheduled-query:";
constexpr std::int64_t queries_max = 1000;
constexpr std::size_t runs_kept = 100;

std::string timer_key(const Scope& scope, const std::string& id) { return scope.account + '/' + scope.region + '/' + id; }

std::string status_of(QueryStatus status) {
  switch (status) {
    case QueryStatus::complete:
      return "Complete";
    case QueryStatus::timeout:
      return "Timeout";
    case QueryStatus::running:
      return "Running";
    case QueryStatus::failed:
    case QueryStatus::cancelled:
      break;
  }
  return "Failed";
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string rows_as_json(const LogSetting& query, const LogQuery& result) {
  Array rows;
  for (const ResultRow& row : result.results) {
    Object fields;
    for (const auto& [name, value] : row) fields[name] = value;
    rows.emplace_back(std::move(fields));
  }
  return to_json(Object{{"scheduledQueryArn", ScheduledQueries::arn(query.scope, query.name)},
                        {"queryId", result.id},
                        {"queryString", result.text},
                        {"status", status_of(result.status)},
                        {"statistics", Object{{"recordsMatched", result.records_matched},
                                              {"recordsScanned", result.figures.records_scanned},
                                              {"bytesScanned", result.figures.bytes_scanned}}},
                        {"results", std::move(rows)}});
}

}  // namespace

std::string rows_as_csv(const std::vector<ResultRow>& rows) {
  std::vector<std::string> columns;
  for (const ResultRow& row : rows)
    for (const auto& [name, value] : row)
      if (name != "@ptr" && std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
  std::string csv;
  for (std::size_t i = 0; i < columns.size(); ++i) csv += (i ? "," : "") + csv_field(columns[i]);
  csv += '\n';
  for (const ResultRow& row : rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto field = std::find_if(row.begin(), row.end(), [&](const auto& each) { return each.first == columns[i]; });
      csv += (i ? "," : "") + (field == row.end() ? std::string() : csv_field(field->second));
    }
    csv += '\n';
  }
  return csv;
}

ScheduledQueries::ScheduledQueries(storage::StateExecutor& state, Random& random, delivery::Timers& timers,
                                   telemetry::LogSettings& settings, LogQueries& queries, LookupTables& tables, Ways ways)
    : state_(state), random_(random), timers_(timers), settings_(settings), queries_(queries), tables_(tables), ways_(std::move(ways)) {}

void ScheduledQueries::start() {
  timers_.handle(timer_kind, [this](const std::string&, Instant at, const Document& payload) {
    return due({text_or(payload, "account"), text_or(payload, "region")}, text_or(payload, "id"), at);
  });
}

std::string ScheduledQueries::arn(const Scope& scope, const std::string& id) {
  return make_arn("logs", scope, std::string(arn_prefix) + id);
}

Result<std::string> ScheduledQueries::create(const Scope& scope, Object definition) {
  if (auto sound = check_scheduled_query(definition); !sound) return std::unexpected(sound.error());
  const std::string name = text_or(definition, "name");
  if (find(scope, name)) return fail(ErrorKind::already_exists, "A scheduled query with the name " + name + " already exists.");
  if (settings_.count(log_setting::scheduled_query, scope, "") >= queries_max)
    return fail(ErrorKind::limit_exceeded, "The maximum of 1000 scheduled queries is reached.");
  const std::int64_t now_ms = to_ms(state_.now());
  definition["creationTime"] = definition["lastUpdatedTime"] = now_ms;
  if (!definition.contains("state")) definition["state"] = "ENABLED";
  if (!definition.contains("timezone")) definition["timezone"] = "UTC";
  const LogSetting query{scope, "", make_uuid_v4(random_), std::move(definition)};
  settings_.put(log_setting::scheduled_query, query);
  plan(query, state_.now());
  return query.name;
}

Result<std::string> ScheduledQueries::put_managed(const Scope& scope, const std::string& manager, Object definition) {
  const std::string name = text_or(definition, "name");
  definition["manager"] = manager;
  definition["scheduleType"] = "AWS_MANAGED";
  if (find(scope, name)) {
    auto query = update(scope, name, std::move(definition));
    if (!query) return std::unexpected(query.error());
    return arn(scope, query->name);
  }
  auto id = create(scope, std::move(definition));
  if (!id) return id;
  return arn(scope, *id);
}

void ScheduledQueries::remove_managed(const Scope& scope, const std::string& manager) {
  for (const LogSetting& each : settings_.list(log_setting::scheduled_query, scope, {.owner = ""}))
    if (text_or(each.body, "manager") == manager) (void)remove(scope, arn(scope, each.name));
}

std::optional<LogSetting> ScheduledQueries::find(const Scope& scope, const std::string& identifier) {
  if (const auto parsed = parse_arn(identifier)) {
    if (parsed->account != scope.account || !parsed->resource.starts_with(arn_prefix)) return std::nullopt;
    const std::string id = parsed->resource.substr(arn_prefix.size());
    auto body = settings_.get(log_setting::scheduled_query, scope, "", id);
    if (!body) return std::nullopt;
    return LogSetting{scope, "", id, std::move(*body)};
  }
  for (LogSetting& each : settings_.list(log_setting::scheduled_query, scope, {.owner = ""}))
    if (text_or(each.body, "name") == identifier) return std::move(each);
  return std::nullopt;
}

Result<LogSetting> ScheduledQueries::update(const Scope& scope, const std::string& identifier, Object definition) {
  auto query = find(scope, identifier);
  if (!query) return fail(ErrorKind::not_found, "The specified scheduled query does not exist.");
  definition["name"] = text_or(query->body, "name");
  if (auto sound = check_scheduled_query(definition); !sound) return std::unexpected(sound.error());
  for (const char* kept : {"creationTime", "lastTriggeredTime", "lastExecutionStatus"})
    if (const Document* value = tocsin::find(query->body, kept)) definition[kept] = *value;
  for (const char* kept : {"state", "timezone"})
    if (const Document* value = tocsin::find(query->body, kept); value && !definition.contains(kept)) definition[kept] = *value;
  definition["lastUpdatedTime"] = to_ms(state_.now());
  query->body = std::move(definition);
  settings_.put(log_setting::scheduled_query, *query);
  plan(*query, state_.now());
  return std::move(*query);
}

Result<void> ScheduledQueries::remove(const Scope& scope, const std::string& identifier) {
  const auto query = find(scope, identifier);
  if (!query) return fail(ErrorKind::not_found, "The specified scheduled query does not exist.");
  settings_.remove(log_setting::scheduled_query, scope, "", query->name);
  for (const LogSetting& run : settings_.list(log_setting::scheduled_run, scope, {.owner = query->name}))
    settings_.remove(log_setting::scheduled_run, scope, query->name, run.name);
  timers_.cancel(timer_kind, timer_key(scope, query->name));
  return {};
}

std::vector<LogSetting> ScheduledQueries::runs(const Scope& scope, const std::string& id) {
  auto found = settings_.list(log_setting::scheduled_run, scope, {.owner = id});
  std::reverse(found.begin(), found.end());
  return found;
}

void ScheduledQueries::plan(const LogSetting& query, Instant after) {
  const std::string key = timer_key(query.scope, query.name);
  const auto next = next_run(query.body, after, instant_from_ms(integer_or(query.body, "creationTime", 0)));
  if (next)
    timers_.set(timer_kind, key, *next, Object{{"account", query.scope.account}, {"region", query.scope.region}, {"id", query.name}});
  else
    timers_.cancel(timer_kind, key);
}

Result<void> ScheduledQueries::due(const Scope& scope, const std::string& id, Instant at) {
  auto body = settings_.get(log_setting::scheduled_query, scope, "", id);
  if (!body || text_or(*body, "state", "ENABLED") != "ENABLED") return {};
  const auto before = integer_at(*body, "lastTriggeredTime");
  const QuerySpan span = span_of_run(*body, at, before ? std::optional(instant_from_ms(*before)) : std::nullopt);
  body->as_object()["lastTriggeredTime"] = to_ms(at);
  body->as_object()["lastExecutionStatus"] = "Running";
  const LogSetting query{scope, "", id, *body};
  settings_.put(log_setting::scheduled_query, query);
  plan(query, std::max(at, state_.now()));
  const std::string run = fmt::format("{:015}", to_ms(at));
  keep_run(scope, id, run, {{"executionStatus", "Running"}, {"triggeredTimestamp", to_ms(at)}});
  Object input{{"queryLanguage", text_or(*body, "queryLanguage", "CWLI")},
               {"queryString", text_or(*body, "queryString")},
               {"startTime", span.from_s},
               {"endTime", span.to_s}};
  if (const Array& groups = array_at(*body, "logGroupIdentifiers"); !groups.empty()) input["logGroupIdentifiers"] = groups;
  state_.after_commit([this, scope, id, run, input = std::move(input), role = text_or(*body, "executionRoleArn")]() mutable {
    ways_.start(scope, role, std::move(input),
                [this, scope, id, run](Result<std::string> query_id) { begun(scope, id, run, std::move(query_id)); });
  });
  return {};
}

void ScheduledQueries::begun(const Scope& scope, const std::string& id, const std::string& run, Result<std::string> query_id) {
  if (query_id) queries_.when_ended(*query_id, [this, scope, id, run](const LogQuery& query) { ended(scope, id, run, query); });
  state_.submit([this, scope, id, run, query_id = std::move(query_id)]() -> Result<void> {
    const auto before = settings_.get(log_setting::scheduled_run, scope, id, run);
    Object body = before ? before->get_object() : Object{};
    if (query_id) {
      body["queryId"] = *query_id;
    } else {
      body["executionStatus"] = query_id.error().kind == ErrorKind::invalid ? "InvalidQuery" : "Failed";
      body["errorMessage"] = query_id.error().message;
    }
    keep_run(scope, id, run, body);
    if (!query_id)
      if (const auto query = settings_.get(log_setting::scheduled_query, scope, "", id))
        tell({scope, "", id, *query}, body, std::unexpected(query_id.error()));
    return {};
  });
}

void ScheduledQueries::ended(const Scope& scope, const std::string& id, const std::string& run, const LogQuery& result) {
  // the results may be gone when the unit's turn comes
  auto copy = std::make_shared<LogQuery>();
  copy->id = result.id;
  copy->text = result.text;
  copy->status = result.status;
  copy->results = result.results;
  copy->figures = result.figures;
  copy->records_matched = result.records_matched;
  copy->failure = result.failure;
  state_.submit([this, scope, id, run, copy]() -> Result<void> {
    const auto body = settings_.get(log_setting::scheduled_query, scope, "", id);
    const auto before = settings_.get(log_setting::scheduled_run, scope, id, run);
    if (!body || !before) return {};
    const LogSetting query{scope, "", id, *body};
    Object changed = before->get_object();
    changed["queryId"] = copy->id;
    changed["executionStatus"] = status_of(copy->status);
    if (!copy->failure.empty()) changed["errorMessage"] = copy->failure;
    changed["recordsMatched"] = copy->records_matched;
    if (copy->status == QueryStatus::complete) changed["destinations"] = deliver_all(query, *copy);
    keep_run(scope, id, run, changed);
    Result<std::vector<ResultRow>> rows = copy->results;
    if (copy->status != QueryStatus::complete)
      rows = fail(ErrorKind::unavailable, copy->failure.empty() ? "The query did not complete." : copy->failure);
    tell(query, changed, rows);
    return {};
  });
}

Array ScheduledQueries::deliver_all(const LogSetting& query, const LogQuery& result) {
  Array delivered;
  const Document* destination = tocsin::find(query.body, "destinationConfiguration");
  if (destination && destination->is_object()) delivered.emplace_back(deliver(query, *destination, result));
  if (delivered.size() == 1 && delivered[0].get_object().empty()) delivered.clear();
  return delivered;
}

Object ScheduledQueries::deliver(const LogSetting& query, const Document& destination, const LogQuery& result) {
  Object out;
  Result<void> done;
  if (const Document* s3 = tocsin::find(destination, "s3Configuration")) {
    const std::string uri = text_or(*s3, "destinationIdentifier");
    const std::string file = "/" + text_or(query.body, "name") + "/" + result.id + ".json";
    done = ways_.write_file(path_of_s3_uri(uri + file), rows_as_json(query, result));
    out = {{"destinationType", "S3"},
           {"destinationIdentifier", uri},
           {"processedIdentifier", uri + (uri.ends_with('/') ? file.substr(1) : file)}};
  } else if (const Document* table = tocsin::find(destination, "lookupTableConfiguration")) {
    const std::string name = text_or(*table, "tableName"), csv = rows_as_csv(result.results);
    auto kept = tables_.describe(query.scope, name) ? tables_.update(query.scope, name, text_at(*table, "description"), csv)
                                                    : tables_.create(query.scope, name, text_or(*table, "description"), csv);
    if (!kept) done = std::unexpected(kept.error());
    out = {{"destinationType", "LOOKUP_TABLE"}, {"destinationIdentifier", name}, {"processedIdentifier", name}};
  } else {
    return out;
  }
  out["status"] = done ? "COMPLETE" : "FAILED";
  if (!done) out["errorMessage"] = done.error().message;
  return out;
}

void ScheduledQueries::keep_run(const Scope& scope, const std::string& id, const std::string& run, Object body) {
  const std::string status = text_or(body, "executionStatus");
  settings_.put(log_setting::scheduled_run, {scope, id, run, std::move(body)});
  if (auto query = settings_.get(log_setting::scheduled_query, scope, "", id)) {
    query->as_object()["lastExecutionStatus"] = status;
    settings_.put(log_setting::scheduled_query, {scope, "", id, *query});
  }
  if (status != "Running") return;
  const auto all = settings_.list(log_setting::scheduled_run, scope, {.owner = id});
  for (std::size_t i = 0; i + runs_kept < all.size(); ++i) settings_.remove(log_setting::scheduled_run, scope, id, all[i].name);
}

void ScheduledQueries::tell(const LogSetting& query, const Object& run, const Result<std::vector<ResultRow>>& rows) {
  // who manages it tells of it in words of its own
  if (const auto manager = text_at(query.body, "manager")) {
    if (ways_.managed_ended) ways_.managed_ended(query.scope, *manager, instant_from_ms(integer_or(run, "triggeredTimestamp", 0)), rows);
    return;
  }
  const std::string own_arn = arn(query.scope, query.name);
  Object detail{{"scheduledQueryArn", own_arn},
                {"scheduledQueryName", text_or(query.body, "name")},
                {"queryId", text_or(run, "queryId")},
                {"queryString", text_or(query.body, "queryString")},
                {"queryLanguage", text_or(query.body, "queryLanguage", "CWLI")},
                {"logGroupIdentifiers", array_at(query.body, "logGroupIdentifiers")},
                {"status", text_or(run, "executionStatus")},
                {"recordsMatched", integer_or(run, "recordsMatched", 0)}};
  if (const Document* error = tocsin::find(run, "errorMessage")) detail["errorMessage"] = *error;
  (void)ways_.append_event({.scope = query.scope,
                            .event_time = state_.now(),
                            .source = "aws.logs",
                            .type = "Scheduled Query Completed",
                            .subject_arn = own_arn,
                            .resources = {own_arn},
                            .detail = std::move(detail)});
}

}  // namespace tocsin::diagnose
