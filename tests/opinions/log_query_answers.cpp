// Answers log queries over made rows and says each plan in SQL, so that others can give a second opinion (README.md).
//   log_query_answers waiting|blocks|merged < TASK.json > ANSWERS.ndjson
// TASK: {"now", "from", "to" (ms), "rows": [[group, ms, stream, message]], "tables": {name: csv}, "queries": [{"text", "groups",
// "language"}]}.
#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <iterator>

#include "base/simulated_executor.h"
#include "diagnose/log_query/log_queries.h"
#include "diagnose/log_query/query_parser.h"
#include "diagnose/query_languages/query_languages.h"
#include "sql_emitter.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::opinions {
namespace {

namespace json = boost::json;
const Scope shop{"111122223333", "eu-west-1"};

class Answers {
 public:
  Answers(const json::object& task, std::string where)
      : task_(task), where_(std::move(where)), now_ms_(task.at("now").to_number<std::int64_t>()), clock_(instant_from_ms(now_ms_)) {
    if (!store_.open()) throw std::runtime_error("the store does not open");
    queries_.bind_lookup_tables([this](const Scope&, const std::string& name) { return tables_.contains(name) ? tables_[name] : nullptr; });
    for (const auto& [name, csv] : task.at("tables").as_object())
      tables_[std::string(name)] =
          std::make_shared<const diagnose::LookupTable>(*diagnose::LookupTable::parse(std::string(csv.as_string())));
    load();
  }

  void run(std::ostream& out) {
    for (const json::value& query : task_.at("queries").as_array()) out << json::serialize(answer(query.as_object())) << "\n";
  }

 private:
  void load() {
    std::size_t appended = 0;
    for (const json::value& each : task_.at("rows").as_array()) {
      const json::array& row = each.as_array();
      const std::string group(row[0].as_string()), stream(row[2].as_string());
      if (!store_.append(*telemetry::ensure_stream(store_, shop, group, stream),
                         {{row[1].to_number<std::int64_t>(), std::string(row[3].as_string())}}))
        throw std::runtime_error("a row is not taken");
      if (where_ != "waiting" && ++appended % 7 == 0) put_away();
    }
    put_away();
  }

  void put_away() {
    if (where_ == "waiting") return;
    if (!store_.flush()) throw std::runtime_error("rows are not put away");
    if (where_ == "merged")
      while (store_.merge_small_blocks() > 0) continue;
  }

  json::object answer(const json::object& asked) {
    const std::string text(asked.at("text").as_string());
    std::string language = "CWLI";
    if (const auto* given = asked.if_contains("language")) language = std::string(given->as_string());
    const std::int64_t from = task_.at("from").to_number<std::int64_t>(), to = task_.at("to").to_number<std::int64_t>();
    diagnose::LogQueries::Start start{.scope = shop, .text = text, .group_names = {}, .range = {{}, from, to, {}}, .user = {}};
    start.language = language;
    const auto which = language == "SQL"   ? diagnose::QueryLanguage::sql
                       : language == "PPL" ? diagnose::QueryLanguage::ppl
                                           : diagnose::QueryLanguage::insights;
    if (language != "CWLI") start.parse = [which](std::string_view query) { return diagnose::parse_query_in(which, query); };
    const auto plan = diagnose::parse_query_in(which, text);
    for (const json::value& name : asked.at("groups").as_array()) start.group_names.emplace_back(name.as_string());
    if (plan && plan->source && language != "CWLI") start.group_names.clear();
    for (const std::string& name : start.group_names)
      if (const auto* group = store_.find_group(shop, name)) start.range.groups.push_back(group->id);
    const EmitterInput input{start.group_names, from, to, now_ms_, [this](const std::string& table, const std::string& column) {
                               return tables_.contains(table) && tables_[table]->column(column).has_value();
                             }};
    const auto id = queries_.start(std::move(start));
    if (!id) return refused(id.error());
    while (queries_.find(shop, *id)->status == diagnose::QueryStatus::running) executor_.run_ready();
    const diagnose::LogQuery* query = queries_.find(shop, *id);
    if (query->status != diagnose::QueryStatus::complete) return {{"failed", query->failure}};
    json::array rows;
    for (const diagnose::ResultRow& row : query->results) {
      json::array cells;
      for (const auto& [name, value] : row)
        if (name != "@ptr") cells.push_back(json::array{name, value});
      rows.push_back(std::move(cells));
    }
    return {{"rows", std::move(rows)}, {"sql", sql(*plan, input)}};
  }

  static json::object sql(const diagnose::QueryPlan& plan, const EmitterInput& input) {
    json::object engines;
    for (const auto& [name, dialect] : {std::pair("duckdb", Dialect::duckdb), std::pair("clickhouse", Dialect::clickhouse)}) {
      const auto emitted = emit(dialect, plan, input);
      json::array columns;
      if (emitted)
        for (const auto& [column, kind] : emitted->columns) columns.push_back(json::array{column, kind});
      engines[name] =
          emitted ? json::object{{"text", emitted->text}, {"columns", std::move(columns)}} : json::object{{"left_out", emitted.error()}};
    }
    return engines;
  }

  static json::object refused(const std::variant<diagnose::QueryError, Error>& error) {
    if (const auto* query = std::get_if<diagnose::QueryError>(&error))
      return {{"error", {{"begin", query->begin}, {"message", query->message}}}};
    return {{"error", {{"begin", 0}, {"message", std::get<Error>(error).message}}}};
  }

  const json::object& task_;
  std::string where_;
  std::int64_t now_ms_;
  ManualClock clock_;
  SimulatedExecutor executor_{clock_};
  SeededRandom random_{4};
  std::unique_ptr<storage::Database> database_ = storage::open_memory_database();
  telemetry::MemoryIngestLog log_;
  telemetry::BlockLogStore store_{executor_, *database_, log_};
  diagnose::LogQueries queries_{executor_, store_, random_};
  std::map<std::string, std::shared_ptr<const diagnose::LookupTable>> tables_;
};

}  // namespace
}  // namespace tocsin::opinions

int main(int count, char** words) {
  using namespace tocsin::opinions;
  const std::string where = count > 1 ? words[1] : "waiting";
  if (where == "prelude") {
    json::object both;
    for (const auto& [name, dialect] : {std::pair("duckdb", Dialect::duckdb), std::pair("clickhouse", Dialect::clickhouse)}) {
      json::array statements;
      for (const std::string& each : prelude(dialect)) statements.emplace_back(each);
      both[name] = std::move(statements);
    }
    std::cout << json::serialize(both) << "\n";
    return 0;
  }
  try {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    const json::value task = json::parse(text);
    Answers(task.as_object(), where).run(std::cout);
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
    return 1;
  }
  return 0;
}
