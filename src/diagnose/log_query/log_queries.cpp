#include "diagnose/log_query/log_queries.h"

#include <algorithm>

#include "base/ids.h"
#include "base/log.h"
#include "diagnose/log_query/query_parser.h"

namespace tocsin::diagnose {
namespace {
constexpr std::size_t running_max = 100;
constexpr std::size_t kept_max = 200;
constexpr Duration kept_for = std::chrono::hours(1);
constexpr Duration run_for = std::chrono::hours(1);
}  // namespace

LogQueries::~LogQueries() = default;

std::expected<std::string, std::variant<QueryError, Error>> LogQueries::start(Start start) {
  forget_old();
  const auto running =
      std::count_if(queries_.begin(), queries_.end(), [&](const auto& query) { return query->run && query->scope == start.scope; });
  if (static_cast<std::size_t>(running) >= running_max)
    return std::unexpected(Error{ErrorKind::limit_exceeded, "Account maximum query concurrency limit of [100] reached.", {}});
  const auto text = expand_saved_queries(
      start.text, [&](const std::string& name) { return find_saved_query_ ? find_saved_query_(start.scope, name) : std::nullopt; });
  if (!text) return std::unexpected(text.error());
  auto plan = start.parse ? start.parse(*text) : parse_query(*text);
  if (!plan) return std::unexpected(plan.error());
  if (auto chosen = choose_groups(*plan, start); !chosen) return std::unexpected(chosen.error());
  NamedLookupTables tables;
  for (const std::string& name : QueryRun::tables_of(*plan)) {
    auto table = find_lookup_table_ ? find_lookup_table_(start.scope, name) : nullptr;
    if (!table) return std::unexpected(Error{ErrorKind::not_found, "The lookup table " + name + " does not exist.", {}});
    tables[name] = std::move(table);
  }
  auto query = std::make_unique<LogQuery>();
  query->id = make_uuid_v4(random_);
  query->scope = start.scope;
  query->text = std::move(start.text);
  query->group_names = std::move(start.group_names);
  query->user = std::move(start.user);
  query->language = std::move(start.language);
  query->started = executor_.now();
  query->run = std::make_unique<QueryRun>(std::move(*plan), store_, std::move(start.range), to_ms(executor_.now()), std::move(tables));
  if (auto bound = query->run->bind(start.scope); !bound) return std::unexpected(bound.error());
  if (query->run->unmasks() && !start.may_unmask)
    return std::unexpected(Error{ErrorKind::denied, "The query unmasks sensitive data, which needs the permission logs:Unmask.", {}});
  if (find_mask_) query->run->mask(find_mask_);
  queries_.push_back(std::move(query));
  post_slice(queries_.back()->id);
  return queries_.back()->id;
}

/// SOURCE in the text, or the groups of the request; not both, and one of them.
Result<void> LogQueries::choose_groups(const QueryPlan& plan, Start& start) const {
  if (!plan.source) {
    if (start.group_names.empty()) return fail(ErrorKind::invalid, "Either the request or a SOURCE command must choose the log groups.");
    return {};
  }
  if (!start.group_names.empty())
    return fail(ErrorKind::invalid, "The log groups are chosen by the request or by a SOURCE command, not by both.");
  auto groups = select_groups(store_, start.scope, *plan.source);
  if (!groups) return std::unexpected(groups.error());
  start.range.groups = std::move(*groups);
  for (const telemetry::LogGroupId id : start.range.groups)
    if (const telemetry::LogGroup* group = store_.group(id)) start.group_names.push_back(group->name);
  return {};
}

LogQuery* LogQueries::find_any(const std::string& id) {
  const auto found = std::find_if(queries_.begin(), queries_.end(), [&](const auto& query) { return query->id == id; });
  return found == queries_.end() ? nullptr : found->get();
}

const LogQuery* LogQueries::find(const Scope& scope, const std::string& id) const {
  const auto found =
      std::find_if(queries_.begin(), queries_.end(), [&](const auto& query) { return query->id == id && query->scope == scope; });
  return found == queries_.end() ? nullptr : found->get();
}

void LogQueries::post_slice(const std::string& id) {
  executor_.post([this, id, living = std::weak_ptr(alive_)] {
    if (living.expired()) return;
    if (LogQuery* query = find_any(id); query && query->run) slice(*query);
  });
}

void LogQueries::slice(LogQuery& query) {
  const bool more = query.run->step(executor_.now());
  query.figures = query.run->figures();
  query.records_matched = query.run->records_matched();
  if (query.run->failed()) {
    query.failure = query.run->failure();
    log::warning("diagnose/log_query", "a query failed", {{"query", query.id}, {"error", query.failure}});
    return end(query, QueryStatus::failed);
  }
  if (!more) return end(query, QueryStatus::complete);
  if (executor_.now() - query.started > run_for) return end(query, QueryStatus::timeout);
  post_slice(query.id);
}

void LogQueries::end(LogQuery& query, QueryStatus status) {
  // a stopped query keeps what it has found
  if (status != QueryStatus::failed) query.results = query.run->results();
  query.run.reset();
  query.status = status;
  query.ended = executor_.now();
  for (const auto& told : std::exchange(query.when_ended, {})) told(query);
}

void LogQueries::when_ended(const std::string& id, std::function<void(const LogQuery&)> told) {
  LogQuery* query = find_any(id);
  if (query && query->run)
    query->when_ended.push_back(std::move(told));
  else if (query)
    told(*query);
}

Result<bool> LogQueries::stop(const Scope& scope, const std::string& id) {
  if (!find(scope, id)) return fail(ErrorKind::not_found, "The specified query does not exist.");
  LogQuery& query = *find_any(id);
  if (!query.run) return false;
  end(query, QueryStatus::cancelled);
  return true;
}

std::vector<const LogQuery*> LogQueries::list(const Scope& scope) const {
  std::vector<const LogQuery*> found;
  for (auto at = queries_.rbegin(); at != queries_.rend(); ++at)
    if ((*at)->scope == scope) found.push_back(at->get());
  return found;
}

void LogQueries::forget_old() {
  std::size_t surplus = queries_.size() >= kept_max ? queries_.size() - kept_max + 1 : 0;
  std::erase_if(queries_, [&](const auto& query) {
    if (query->run) return false;
    const bool old = executor_.now() - query->ended > kept_for || surplus > 0;
    if (old && surplus > 0) --surplus;
    return old;
  });
}

}  // namespace tocsin::diagnose
