#include "diagnose/log_query/pipeline.h"

#include <algorithm>

namespace tocsin::diagnose {
namespace {

/// Whether rows come out as they came in, fewer perhaps.
bool is_row_wise(const Command& command) {
  if (const auto* parse = std::get_if<ParseCommand>(&command)) return !parse->multi;
  return std::holds_alternative<FieldsCommand>(command) || std::holds_alternative<DisplayCommand>(command) ||
         std::holds_alternative<FilterCommand>(command) || std::holds_alternative<JsonCommand>(command) ||
         std::holds_alternative<LookupCommand>(command);
}

/// Of rows that are groups then it is of no matter which came first.
bool is_orderless(const Command& command) {
  const auto* stats = std::get_if<StatsCommand>(&command);
  if (!stats) return std::holds_alternative<CountFrequentCommand>(command);
  return std::none_of(stats->aggregates.begin(), stats->aggregates.end(), [](const Aggregate& each) {
    return each.statistic == Statistic::earliest || each.statistic == Statistic::latest || each.statistic == Statistic::rate;
  });
}

bool is_by_time(const SortCommand& sort) { return sort.keys.size() == 1 && sort.keys[0].expression.is_field("@timestamp"); }

bool sorts_by_time(const Command& command) {
  const auto* sort = std::get_if<SortCommand>(&command);
  return sort && is_by_time(*sort);
}

/// Sorting before or behind filters gives the same; behind them there is less to sort, and what matches is known.
std::vector<const Command*> ordered(const QueryPlan& plan) {
  std::vector<const Command*> commands;
  for (const Command& command : plan.commands) {
    if (std::holds_alternative<FilterCommand>(command)) {
      auto at = commands.end();
      while (at != commands.begin() && std::holds_alternative<SortCommand>(**(at - 1))) --at;
      commands.insert(at, &command);
    } else {
      commands.push_back(&command);
    }
  }
  return commands;
}

/// A filter by a text of the message that the scan looks for itself.
bool is_held(const Command& command, const QueryPlan& plan) {
  const auto* filter = std::get_if<FilterCommand>(&command);
  if (!filter || filter->condition.kind != Expression::Kind::contains || !filter->condition.name.empty()) return false;
  const Expression& of = filter->condition.parts[0];
  const auto* text = std::get_if<std::string>(&filter->condition.constant);
  return text && of.is_field("@message") && std::find(plan.literals.begin(), plan.literals.end(), *text) != plan.literals.end();
}

/// Counts what matches on its way.
class CountStage final : public StageOf<CountStage> {
 public:
  explicit CountStage(std::uint64_t& count) : count_(count) {}
  bool push(Record& record) override {
    ++count_;
    return next->push(record);
  }

 private:
  std::uint64_t& count_;
};

}  // namespace

class Pipeline::End final : public StageOf<End> {
 public:
  End(const QueryPlan& plan, Ending ending) : plan_(plan), ending_(std::move(ending)) {}

  bool push(Record& record) override {
    // what is cut off still counts as found, so more is listened to
    if (size() >= ending_.rows_max) return ending_.values.empty();
    return ending_.values.empty() ? show(record) : keep(record);
  }
  std::vector<ResultRow> shown;
  InnerRows values;

 private:
  std::size_t size() const { return shown.size() + values.size(); }

  bool show(Record& record) {
    ResultRow row;
    std::size_t bytes = sizeof(ResultRow);
    for (const FieldSlot slot : plan_.shown) {
      const Value& value = context->field(record, slot);
      if (is_null(value)) continue;
      row.emplace_back(plan_.names->at(slot).text, text_of(value));
      bytes += sizeof(row[0]) + row.back().second.size();
    }
    if (record.is_event() && plan_.events) row.emplace_back("@ptr", pointer_to(record.place()));
    shown.push_back(std::move(row));
    return context->budget->take(bytes);
  }

  bool keep(Record& record) {
    std::vector<Value> row;
    std::size_t bytes = sizeof(row);
    std::string key;
    for (const FieldSlot slot : ending_.values) {
      row.push_back(context->field(record, slot));
      bytes += sizeof(Value) + bytes_of(row.back());
      if (ending_.distinct) (key += key_text_of(row.back())) += '\x1f';
    }
    if (ending_.distinct && !seen_.insert(key).second) return true;
    values.push_back(std::move(row));
    return context->budget->take(bytes + key.size());
  }

  const QueryPlan& plan_;
  Ending ending_;
  std::unordered_set<std::string> seen_;
};

std::unique_ptr<Stage> make_stage(const Command& command, const QueryPlan& plan) {
  if (auto stage = make_row_stage(command)) return stage;
  if (auto stage = make_table_stage(command, plan)) return stage;
  if (auto stage = make_series_stage(command, plan)) return stage;
  if (const auto* relevance = std::get_if<RelevantFieldsCommand>(&command)) return make_relevance_stage(*relevance, plan);
  return make_pattern_stage(command, plan);
}

Pipeline::Pipeline(const QueryPlan& plan, const StageContext& context, Ending ending) : context_(context) {
  const auto commands = ordered(plan);
  all_match_rows_ = ending.values.empty() ? ending.rows_max : 0;
  bool events_in_order = true, matching_found = false;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const Command& command = *commands[i];
    const auto* limited = std::get_if<LimitCommand>(&command);
    if (limited)
      all_match_rows_ = std::min(all_match_rows_, limited->rows);
    else if (std::holds_alternative<FilterCommand>(command) || (!is_row_wise(command) && !sorts_by_time(command)))
      all_match_rows_ = 0;
    if (!is_row_wise(command) && !matching_found) {
      any_order_ = is_orderless(command);
      matching_ = stages_.size();
      matching_found = true;
    }
    if (const auto* sort = std::get_if<SortCommand>(&command); sort && events_in_order && is_by_time(*sort)) {
      newest_first_ = sort->keys[0].descending;
      events_in_order = false;
      continue;
    }
    if (!is_row_wise(command)) events_in_order = false;
    auto stage = make_stage(command, plan);
    if (!stage) continue;
    if (auto* sort = dynamic_cast<SortStage*>(stage.get())) {
      // through what leaves every row in
      std::size_t behind = i + 1;
      while (behind < commands.size() && is_row_wise(*commands[behind]) && !std::holds_alternative<FilterCommand>(*commands[behind]))
        ++behind;
      const auto* limit = behind < commands.size() ? std::get_if<LimitCommand>(commands[behind]) : nullptr;
      if (limit || behind == commands.size()) sort->want_only(limit ? limit->rows : ending.rows_max);
    }
    stages_.push_back(std::move(stage));
  }
  if (!matching_found) matching_ = stages_.size();
  end_ = std::make_unique<End>(plan, std::move(ending));
  chain(context);
  // through filters that the scan holds already
  wants_number_ = std::all_of(commands.begin(), commands.begin() + static_cast<std::ptrdiff_t>(std::min(matching_, commands.size())),
                              [&](const Command* command) { return is_held(*command, plan); }) &&
                  matching_ + 1 < stages_.size() && stages_[matching_ + 1]->counts_rows_only();
}

void Pipeline::take_number(std::uint64_t rows) {
  matched_ += rows;
  stages_[matching_ + 1]->count_rows(rows);
}

Pipeline::Pipeline(const Pipeline& other, const StageContext& context) : context_(context), matching_(other.matching_) {
  for (std::size_t i = 0; i < other.stages_.size(); ++i)
    if (i != matching_) stages_.push_back(other.stages_[i]->clone());
  end_ = std::make_unique<End>(*other.end_);
  chain(context);
}

Pipeline::~Pipeline() = default;

void Pipeline::chain(const StageContext& context) {
  stages_.insert(stages_.begin() + static_cast<std::ptrdiff_t>(matching_), std::make_unique<CountStage>(matched_));
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    stages_[i]->context = &context;
    stages_[i]->next = i + 1 < stages_.size() ? stages_[i + 1].get() : end_.get();
  }
  end_->context = &context;
}

bool Pipeline::only_counts() const { return all_match_rows_ > 0 && matched_ >= all_match_rows_; }

bool Pipeline::push(Record& record) { return stages_.front()->push(record) && !context_.budget->exceeded(); }

void Pipeline::finish() {
  for (auto& stage : stages_) {
    if (context_.budget->exceeded()) return;
    stage->finish();
  }
}

const std::vector<ResultRow>& Pipeline::shown() const { return end_->shown; }
InnerRows& Pipeline::values() { return end_->values; }

std::vector<ResultRow> Pipeline::shown_so_far() const {
  // a copy is finished with memory of its own
  MemoryBudget budget(SIZE_MAX / 2);
  StageContext context = context_;
  context.budget = &budget;
  Pipeline copy(*this, context);
  copy.finish();
  return std::move(copy.end_->shown);
}

}  // namespace tocsin::diagnose
