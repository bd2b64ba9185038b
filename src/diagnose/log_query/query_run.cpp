#include "diagnose/log_query/query_run.h"

#include <algorithm>

namespace tocsin::diagnose {
namespace {

constexpr std::size_t groups_max = 100'000;
constexpr std::size_t bytes_max = 64u << 20;

void apply(const FieldsCommand& command, Record& record, const Surroundings& around) {
  for (const Column& column : command.columns)
    if (column.expression.kind != Expression::Kind::field || column.expression.field != column.name)
      record.set(column.name, evaluate(column.expression, record, around));
}

void apply(const ParseCommand& command, Record& record, const Surroundings& around) {
  const Value source = evaluate(command.source, record, around);
  if (is_null(source)) return;
  const std::string text = text_of(source);
  std::vector<re2::StringPiece> found(command.names.size() + 1);
  if (!command.regex->Match(text, 0, text.size(), re2::RE2::UNANCHORED, found.data(), static_cast<int>(found.size()))) return;
  for (std::size_t i = 0; i < command.names.size(); ++i)
    if (!command.names[i].empty() && found[i + 1].data())
      record.set(command.names[i], std::string(found[i + 1].data(), found[i + 1].size()));
}

}  // namespace

QueryRun::QueryRun(QueryPlan plan, telemetry::LogStore& store, QueryRange range, std::int64_t now_ms)
    : plan_(std::move(plan)), around_{store, now_ms}, rows_max_(range.rows_max) {
  for (std::size_t i = 0; i < plan_.commands.size(); ++i) {
    if (std::holds_alternative<StatsCommand>(plan_.commands[i])) stats_.push_back(i);
    if (const auto* sort = std::get_if<SortCommand>(&plan_.commands[i])) sort_ = sort;
    if (const auto* limit = std::get_if<LimitCommand>(&plan_.commands[i])) rows_max_ = std::min(rows_max_, limit->rows);
  }
  plan_scan(range);
}

void QueryRun::plan_scan(const QueryRange& range) {
  telemetry::LogScanPlan scan{
      .groups = range.groups, .from_ms = range.from_ms, .to_ms = range.to_ms, .newest_first = true, .literals = plan_.literals};
  if (sort_) {
    const auto& key = sort_->keys.front();
    scan_sorts_ = sort_->keys.size() == 1 && key.expression.kind == Expression::Kind::field && key.expression.field == "@timestamp";
    if (scan_sorts_) scan.newest_first = key.descending;
  }
  if (!stats_.empty()) scan_sorts_ = !sort_;
  scan_ = around_.store.scan(std::move(scan));
}

bool QueryRun::step() {
  std::vector<telemetry::LogRow> rows;
  const bool more = scan_->next(rows);
  for (telemetry::LogRow& row : rows)
    if (!take(Record(std::move(row)))) return false;
  return more;
}

/// False when no more rows are needed.
bool QueryRun::take(Record record) {
  const std::size_t section_end = stats_.empty() ? plan_.commands.size() : stats_.front();
  if (!pass(record, 0, section_end)) return true;
  ++matched_;
  if (!stats_.empty()) {
    aggregate(std::get<StatsCommand>(plan_.commands[stats_.front()]), record, groups_, overflowed_);
    return !overflowed_;
  }
  candidates_.push_back(candidate(record, 0));
  for (const auto& [name, value] : candidates_.back().row) bytes_ += name.size() + value.size();
  if (bytes_ > bytes_max) overflowed_ = true;
  if (scan_sorts_) return candidates_.size() < rows_max_ && !overflowed_;
  if (candidates_.size() >= rows_max_ * 2 + 1000 || overflowed_) {
    keep_best(candidates_);
    bytes_ = 0;
    for (const Candidate& kept : candidates_)
      for (const auto& [name, value] : kept.row) bytes_ += name.size() + value.size();
    overflowed_ = bytes_ > bytes_max;
  }
  return !overflowed_;
}

bool QueryRun::pass(Record& record, std::size_t from, std::size_t to) const {
  for (std::size_t i = from; i < to; ++i) {
    const Command& command = plan_.commands[i];
    if (const auto* filter = std::get_if<FilterCommand>(&command)) {
      if (!is_true(evaluate(filter->condition, record, around_))) return false;
    } else if (const auto* fields = std::get_if<FieldsCommand>(&command)) {
      apply(*fields, record, around_);
    } else if (const auto* parse = std::get_if<ParseCommand>(&command)) {
      apply(*parse, record, around_);
    }
  }
  return true;
}

void QueryRun::aggregate(const StatsCommand& stats, const Record& record, Groups& groups, bool& overflowed) const {
  std::vector<Value> by;
  std::string key;
  for (const Column& column : stats.by) {
    by.push_back(evaluate(column.expression, record, around_));
    key += (is_null(by.back()) ? '0' : '1') + text_of(by.back()) + '\x1f';
  }
  if (groups.size() >= groups_max && !groups.contains(key)) {
    overflowed = true;
    return;
  }
  Group& group = groups[key];
  if (group.states.empty()) {
    group.by = std::move(by);
    for (const StatisticColumn& column : stats.columns) group.states.emplace_back(column.statistic);
  }
  const std::int64_t time_ms = record.row() ? record.row()->position.time_ms : 0;
  for (std::size_t i = 0; i < stats.columns.size(); ++i)
    group.states[i].add(stats.columns[i].statistic == Statistic::count ? Value() : evaluate(stats.columns[i].expression, record, around_),
                        time_ms);
}

std::vector<Record> QueryRun::records_of(const StatsCommand& stats, const Groups& groups) const {
  std::vector<const Group*> ordered;
  for (const auto& [key, group] : groups) ordered.push_back(&group);
  std::stable_sort(ordered.begin(), ordered.end(), [](const Group* a, const Group* b) {
    for (std::size_t i = 0; i < a->by.size(); ++i)
      if (const int order = compare_natural(a->by[i], b->by[i]); order != 0) return order < 0;
    return false;
  });
  std::vector<Record> records;
  const Group nothing{{}, std::vector<StatisticState>()};
  // without "by" there is a row even when nothing matched
  if (ordered.empty() && stats.by.empty()) ordered.push_back(&nothing);
  for (const Group* group : ordered) {
    Record record;
    for (std::size_t i = 0; i < stats.by.size(); ++i) record.set(stats.by[i].name, group->by[i]);
    for (std::size_t i = 0; i < stats.columns.size(); ++i) {
      const StatisticColumn& column = stats.columns[i];
      record.set(column.name, (group->states.empty() ? StatisticState(column.statistic) : group->states[i]).result(column.percentile));
    }
    records.push_back(std::move(record));
  }
  return records;
}

std::vector<ResultRow> QueryRun::results() const {
  std::vector<Candidate> candidates = candidates_;
  if (!stats_.empty()) {
    std::vector<Record> records = records_of(std::get<StatsCommand>(plan_.commands[stats_.front()]), groups_);
    bool overflowed = false;
    for (std::size_t i = 1; i < stats_.size(); ++i) {
      const auto& next = std::get<StatsCommand>(plan_.commands[stats_[i]]);
      Groups groups;
      for (Record& record : records)
        if (pass(record, stats_[i - 1] + 1, stats_[i])) aggregate(next, record, groups, overflowed);
      records = records_of(next, groups);
    }
    for (Record& record : records)
      if (pass(record, stats_.back() + 1, plan_.commands.size())) candidates.push_back(candidate(record, stats_.back()));
  }
  keep_best(candidates);
  std::vector<ResultRow> rows;
  for (Candidate& each : candidates) rows.push_back(std::move(each.row));
  return rows;
}

QueryRun::Candidate QueryRun::candidate(const Record& record, std::size_t section) const {
  Candidate candidate;
  if (sort_ && !scan_sorts_)
    for (const SortCommand::Key& key : sort_->keys) {
      const Value* named = record.made(key.text);
      candidate.keys.push_back(named ? *named : evaluate(key.expression, record, around_));
    }
  candidate.row = project(record, section);
  return candidate;
}

void QueryRun::keep_best(std::vector<Candidate>& candidates) const {
  if (sort_ && !scan_sorts_)
    std::stable_sort(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
      for (std::size_t i = 0; i < a.keys.size(); ++i)
        if (const int order = compare_natural(a.keys[i], b.keys[i]); order != 0) return sort_->keys[i].descending ? order > 0 : order < 0;
      return false;
    });
  if (candidates.size() > rows_max_) candidates.resize(rows_max_);
}

/// Shows what the last display names; else the columns of stats, of all fields commands and of parse, in their order; else @timestamp and
/// @message.
ResultRow QueryRun::project(const Record& record, std::size_t section) const {
  ResultRow row;
  const auto show = [&](const std::string& name, const Value& value) {
    const bool shown = std::any_of(row.begin(), row.end(), [&](const auto& each) { return each.first == name; });
    if (!shown && !is_null(value)) row.emplace_back(name, text_of(value));
  };
  const auto show_columns = [&](const std::vector<Column>& columns) {
    for (const Column& column : columns) {
      const Value* made = record.made(column.name);
      show(column.name, made ? *made : evaluate(column.expression, record, around_));
    }
  };
  const DisplayCommand* display = nullptr;
  for (std::size_t i = section; i < plan_.commands.size(); ++i)
    if (const auto* command = std::get_if<DisplayCommand>(&plan_.commands[i])) display = command;
  if (display) {
    show_columns(display->columns);
  } else {
    bool fields_named = false;
    for (std::size_t i = section; i < plan_.commands.size(); ++i) fields_named |= std::holds_alternative<FieldsCommand>(plan_.commands[i]);
    if (record.row() && !fields_named)
      for (const char* name : {"@timestamp", "@message"}) show(name, record.field(around_.store, name));
    for (std::size_t i = section; i < plan_.commands.size(); ++i) {
      if (const auto* fields = std::get_if<FieldsCommand>(&plan_.commands[i])) show_columns(fields->columns);
      if (const auto* parse = std::get_if<ParseCommand>(&plan_.commands[i]))
        for (const std::string& name : parse->names) show(name, record.field(around_.store, name));
      if (const auto* stats = std::get_if<StatsCommand>(&plan_.commands[i])) {
        show_columns(stats->by);
        for (const StatisticColumn& column : stats->columns) show(column.name, record.field(around_.store, column.name));
      }
    }
  }
  if (record.row()) row.emplace_back("@ptr", pointer_to(*record.row()));
  return row;
}

}  // namespace tocsin::diagnose
