#include "diagnose/log_query/log_queries.h"

#include <algorithm>

#include "base/ids.h"
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
  auto plan = parse_query(start.text);
  if (!plan) return std::unexpected(plan.error());
  auto query = std::make_unique<LogQuery>();
  query->id = make_uuid_v4(random_);
  query->scope = start.scope;
  query->text = std::move(start.text);
  query->group_names = std::move(start.group_names);
  query->user = std::move(start.user);
  query->started = executor_.now();
  query->run = std::make_unique<QueryRun>(std::move(*plan), store_, std::move(start.range), to_ms(executor_.now()));
  queries_.push_back(std::move(query));
  post_slice(queries_.back()->id);
  return queries_.back()->id;
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
  const bool more = query.run->step();
  query.figures = query.run->figures();
  query.records_matched = query.run->records_matched();
  if (query.run->overflowed()) return end(query, QueryStatus::failed);
  if (!more) return end(query, QueryStatus::complete);
  if (executor_.now() - query.started > run_for) return end(query, QueryStatus::timeout);
  post_slice(query.id);
}

void LogQueries::end(LogQuery& query, QueryStatus status) {
  if (status == QueryStatus::complete) query.results = query.run->results();
  query.run.reset();
  query.status = status;
  query.ended = executor_.now();
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
