// Stages that need all rows: groups, order, totals.
#include <algorithm>
#include <cmath>

#include "diagnose/log_query/coded_rows.h"
#include "diagnose/log_query/function_names.h"
#include "diagnose/log_query/sort_stage.h"
#include "diagnose/log_query/stage.h"
#include "diagnose/log_query/statistics.h"

namespace tocsin::diagnose {
namespace {

constexpr std::size_t groups_max = 100'000;

class StatsStage final : public StageOf<StatsStage> {
 public:
  explicit StatsStage(const StatsCommand& command) : command_(command) {}

  bool push(Record& record) override {
    Group* group = known_group_of(record);
    if (!group) return false;
    const std::int64_t time_ms = record.time_ms();
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < command_.aggregates.size(); ++i) {
      const Aggregate& aggregate = command_.aggregates[i];
      if (aggregate.statistic == Statistic::count)
        group->states[i].count_row();
      else if (const auto number = number_in_columns(aggregate, record))
        bytes += group->states[i].add_number(*number, time_ms);
      else if (aggregate.expression.kind == Expression::Kind::field)
        bytes += group->states[i].add(context->field(record, aggregate.expression.slot), time_ms);
      else
        bytes += group->states[i].add(context->evaluate(aggregate.expression, record), time_ms);
    }
    return bytes == 0 || context->budget->take(bytes);
  }

  bool counts_rows_only() const override {
    return command_.by.empty() && std::all_of(command_.aggregates.begin(), command_.aggregates.end(),
                                              [](const Aggregate& each) { return each.statistic == Statistic::count; });
  }
  void count_rows(std::uint64_t rows) override {
    if (rows == 0) return;
    Record none(context->around.sources.names.size());
    if (Group* group = group_of(none))
      for (StatisticState& state : group->states) state.count_rows(rows);
  }

  /// What the row's group came to, set in the row itself.
  void fill_columns(Record& row) {
    const Group* group = group_of(row);
    if (!group) return;
    const auto results = results_of(*group);
    Surroundings around = context->around;
    around.aggregates = &results;
    for (const Column& column : command_.columns) row.set(column.slot, evaluate(column.expression, row, around));
  }

  void finish() override {
    std::vector<Group*> ordered;
    for (auto& [key, group] : groups_) ordered.push_back(&group);
    std::sort(ordered.begin(), ordered.end(), [](const Group* a, const Group* b) {
      for (std::size_t i = 0; i < a->by.size(); ++i)
        if (sorts_before(a->by[i], b->by[i]) != sorts_before(b->by[i], a->by[i])) return sorts_before(a->by[i], b->by[i]);
      return a->order < b->order;
    });
    Group nothing = new_group();
    // without "by" there is a row even when nothing matched
    if (ordered.empty() && command_.by.empty()) ordered.push_back(&nothing);
    Record row(context->around.sources.names.size());
    for (const Group* group : ordered) {
      fill(row, *group);
      if (!next->push(row)) break;
    }
  }

 private:
  struct Group {
    std::vector<Value> by;
    std::vector<StatisticState> states;
    std::size_t order = 0;
  };

  /// The group of each combination of the fields' values in a block, so that a row needs no key.
  struct KnownGroups {
    KnownGroups() = default;
    /// A copy of the stage has groups of its own.
    KnownGroups(const KnownGroups&) {}
    std::optional<CodedRows> rows;
    std::vector<Group*> groups;
    Group* of_times = nullptr;  ///< the group of all times from the first to the last
    std::int64_t first_ms = 0, last_ms = 0;
  };

  /// The group depends on the time alone, and never turns back as time goes on.
  bool is_by_time(const Record& record) const {
    if (command_.by.size() != 1 || !record.is_event()) return false;
    const Expression& by = command_.by[0].expression;
    return by.kind == Expression::Kind::call && by.function && (by.function->name == "bin" || by.function->name == "datefloor") &&
           by.parts.size() == 1 && by.parts[0].is_field("@timestamp") && !record.is_made(by.parts[0].slot);
  }

  Group* group_of_time(Record& record) {
    const std::int64_t time_ms = record.time_ms();
    if (known_.of_times && time_ms >= known_.first_ms && time_ms <= known_.last_ms) return known_.of_times;
    Group* group = group_of(record);
    if (group != known_.of_times) known_.first_ms = known_.last_ms = time_ms;
    known_.of_times = group;
    known_.first_ms = std::min(known_.first_ms, time_ms);
    known_.last_ms = std::max(known_.last_ms, time_ms);
    return group;
  }

  static std::vector<FieldSlot> plain_fields(const std::vector<Column>& columns) {
    std::vector<FieldSlot> slots;
    for (const Column& column : columns) {
      if (column.expression.kind != Expression::Kind::field) return {};
      slots.push_back(column.expression.slot);
    }
    return slots;
  }

  Group* known_group_of(Record& record) {
    if (is_by_time(record)) return group_of_time(record);
    if (!known_.rows) known_.rows.emplace(plain_fields(command_.by));
    std::optional<std::size_t> fresh;
    const auto at = known_.rows->combination(record, context->around.sources, fresh);
    if (fresh) known_.groups.assign(*fresh, nullptr);
    if (!at) return group_of(record);
    Group*& group = known_.groups[*at];
    if (!group) group = group_of(record);
    return group;
  }

  std::optional<double> number_in_columns(const Aggregate& aggregate, Record& record) {
    if (aggregate.expression.kind != Expression::Kind::field || !record.is_event() || !StatisticState::takes_numbers(aggregate.statistic))
      return std::nullopt;
    const auto* column = record.column(aggregate.expression.slot, context->around.sources);
    if (!column) return std::nullopt;
    const auto value = column->at(record.place().index, scratch_);
    return value.kind == telemetry::LogFieldValue::Kind::number ? std::optional(value.number) : std::nullopt;
  }

  Group new_group() const {
    Group group;
    for (const Aggregate& aggregate : command_.aggregates) group.states.emplace_back(aggregate.statistic);
    return group;
  }

  Group* group_of(Record& record) {
    key_.clear();
    by_.clear();
    for (std::size_t i = 0; i < command_.by.size(); ++i) {
      Value value = context->evaluate(command_.by[i].expression, record);
      if (is_structure(value)) value = {};
      if (auto* moment = std::get_if<Moment>(&value); moment && command_.bin == i) moment->ms += command_.offset_ms;
      key_ += is_null(value) ? '0' : '1';
      if (const auto* moment = std::get_if<Moment>(&value))
        key_.append(reinterpret_cast<const char*>(&moment->ms), sizeof moment->ms);
      else if (const auto* text = std::get_if<std::string>(&value))
        key_ += *text;
      else if (const auto* number = std::get_if<double>(&value))
        key_ += exact_text_of(*number);
      key_ += '\x1f';
      by_.push_back(std::move(value));
    }
    const auto found = groups_.find(key_);
    if (found != groups_.end()) return &found->second;
    if (groups_.size() >= groups_max) {
      context->budget->fail("The query makes more than 100,000 groups.");
      return nullptr;
    }
    std::size_t bytes = key_.size() * 2 + sizeof(Group) + 64 + command_.aggregates.size() * sizeof(StatisticState);
    for (const Value& value : by_) bytes += sizeof(Value) + bytes_of(value);
    if (!context->budget->take(bytes)) return nullptr;
    Group group = new_group();
    group.by = std::move(by_);
    group.order = groups_.size();
    by_.clear();
    return &groups_.emplace(key_, std::move(group)).first->second;
  }

  std::vector<Value> results_of(const Group& group) const {
    std::vector<Value> results;
    for (std::size_t i = 0; i < command_.aggregates.size(); ++i)
      results.push_back(group.states[i].result(command_.aggregates[i].parameter));
    return results;
  }

  void fill(Record& row, const Group& group) const {
    const auto results = results_of(group);
    Surroundings around = context->around;
    around.aggregates = &results;
    row.begin_table();
    for (std::size_t i = 0; i < command_.by.size(); ++i) row.set(command_.by[i].slot, group.by[i]);
    for (const Column& column : command_.columns) row.set(column.slot, evaluate(column.expression, row, around));
  }

  const StatsCommand& command_;
  std::unordered_map<std::string, Group> groups_;
  KnownGroups known_;
  std::string key_, scratch_;
  std::vector<Value> by_;
};

/// Holds the rows, and gives each what its group came to.
class EventStatsStage final : public StageOf<EventStatsStage> {
 public:
  explicit EventStatsStage(const EventStatsCommand& command) : command_(command), stats_(command.stats) {}

  bool push(Record& record) override {
    stats_.context = context;
    return held_.hold(record, *context) && stats_.push(held_.rows.back());
  }
  void finish() override {
    stats_.context = context;
    for (Record& row : held_.rows) {
      stats_.fill_columns(row);
      if (!next->push(row)) break;
    }
    held_.release(*context);
  }

 private:
  const EventStatsCommand& command_;
  StatsStage stats_;
  HeldRows held_;
};

class AddTotalsStage final : public StageOf<AddTotalsStage> {
 public:
  AddTotalsStage(const AddTotalsCommand& command, const QueryPlan& plan) : command_(command), plan_(plan) {}
  bool push(Record& record) override {
    std::optional<double> total;
    for (const FieldSlot slot : command_.slots) {
      const Value& value = context->field(record, slot);
      if (std::holds_alternative<Moment>(value) || plan_.names->at(slot).text == "@message") continue;
      const auto number = number_of(value);
      if (!number) continue;
      total = total.value_or(0) + *number;
      sums_[slot] += *number;
    }
    if (command_.rows && total) {
      record.set(command_.total, *total);
      sums_[command_.total] += *total;
    }
    return next->push(record);
  }
  void finish() override {
    if (!command_.columns || sums_.empty()) return;
    Record row(context->around.sources.names.size());
    row.begin_table();
    for (const auto& [slot, sum] : sums_) row.set(slot, sum);
    next->push(row);
  }

 private:
  const AddTotalsCommand& command_;
  const QueryPlan& plan_;
  std::map<FieldSlot, double> sums_;
};

class CountFrequentStage final : public StageOf<CountFrequentStage> {
 public:
  explicit CountFrequentStage(const CountFrequentCommand& command) : command_(command) {}
  bool push(Record& record) override {
    std::string key;
    std::vector<Value> values;
    for (const FieldSlot slot : command_.slots) {
      values.push_back(context->field(record, slot));
      ((key += is_null(values.back()) ? '0' : '1') += key_text_of(values.back())) += '\x1f';
    }
    auto [at, added] = counts_.try_emplace(key);
    ++at->second.first;
    if (!added) return true;
    at->second.second = std::move(values);
    if (counts_.size() > groups_max) context->budget->fail("The query makes more than 100,000 groups.");
    return context->budget->take(key.size() * 2 + 128);
  }
  void finish() override {
    std::vector<const Counted*> ordered;
    for (const auto& [key, counted] : counts_) ordered.push_back(&counted);
    std::sort(ordered.begin(), ordered.end(), [](const Counted* a, const Counted* b) {
      if (a->first != b->first) return a->first > b->first;
      for (std::size_t i = 0; i < a->second.size(); ++i)
        if (sorts_before(a->second[i], b->second[i]) != sorts_before(b->second[i], a->second[i]))
          return sorts_before(a->second[i], b->second[i]);
      return false;
    });
    Record row(context->around.sources.names.size());
    for (const Counted* each : ordered) {
      row.begin_table();
      for (std::size_t i = 0; i < command_.slots.size(); ++i) row.set(command_.slots[i], each->second[i]);
      row.set(command_.count, static_cast<double>(each->first));
      if (!next->push(row)) break;
    }
  }

 private:
  using Counted = std::pair<std::uint64_t, std::vector<Value>>;
  const CountFrequentCommand& command_;
  std::unordered_map<std::string, Counted> counts_;
};

/// The n-th row takes the columns of the inner query's n-th.
class AppendColumnsStage final : public StageOf<AppendColumnsStage> {
 public:
  explicit AppendColumnsStage(const AppendColumnsCommand& command) : command_(command) {}
  bool push(Record& record) override {
    const auto found = context->inner->find(&command_);
    if (found == context->inner->end()) {
      context->budget->fail("appendcols cannot be compared with another range.");
      return false;
    }
    const InnerRows& rows = found->second;
    if (at_ < std::min(rows.size(), command_.rows_max))
      for (std::size_t i = 0; i < command_.copies.size(); ++i) {
        const FieldSlot slot = command_.copies[i].second;
        if (command_.overwrite || is_null(context->field(record, slot))) record.set(slot, rows[at_][i]);
      }
    ++at_;
    return next->push(record);
  }

 private:
  const AppendColumnsCommand& command_;
  std::size_t at_ = 0;
};

}  // namespace

bool SortStage::push(Record& record) {
  Row row;
  for (const SortCommand::Key& key : command_.keys) row.keys.push_back(context->evaluate(key.expression, record));
  record.keep();
  row.record = record;
  row.bytes = row.record.bytes() + sizeof(Row);
  for (const Value& key : row.keys) row.bytes += sizeof(Value) + bytes_of(key);
  const std::size_t bytes = row.bytes;
  rows_.push_back(std::move(row));
  if (rows_max_ > 0 && rows_.size() >= rows_max_ * 2 + 1000) prune();
  return context->budget->take(bytes);
}

bool SortStage::before(const Row& a, const Row& b) const {
  for (std::size_t i = 0; i < command_.keys.size(); ++i)
    if (const int order = compare_natural(a.keys[i], b.keys[i]); order != 0) return command_.keys[i].descending ? order > 0 : order < 0;
  return false;
}

void SortStage::prune() {
  std::stable_sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) { return before(a, b); });
  for (std::size_t i = rows_max_; i < rows_.size(); ++i) context->budget->give(rows_[i].bytes);
  if (rows_.size() > rows_max_) rows_.resize(rows_max_);
}

void SortStage::finish() {
  std::stable_sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) { return before(a, b); });
  for (Row& row : rows_)
    if (!next->push(row.record)) break;
  rows_.clear();
}

std::unique_ptr<Stage> make_table_stage(const Command& command, const QueryPlan& plan) {
  if (const auto* stats = std::get_if<StatsCommand>(&command)) return std::make_unique<StatsStage>(*stats);
  if (const auto* each = std::get_if<EventStatsCommand>(&command)) return std::make_unique<EventStatsStage>(*each);
  if (const auto* sort = std::get_if<SortCommand>(&command)) return std::make_unique<SortStage>(*sort);
  if (const auto* totals = std::get_if<AddTotalsCommand>(&command)) return std::make_unique<AddTotalsStage>(*totals, plan);
  if (const auto* frequent = std::get_if<CountFrequentCommand>(&command)) return std::make_unique<CountFrequentStage>(*frequent);
  if (const auto* append = std::get_if<AppendColumnsCommand>(&command)) return std::make_unique<AppendColumnsStage>(*append);
  return nullptr;
}

}  // namespace tocsin::diagnose
