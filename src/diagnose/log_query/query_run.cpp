#include "diagnose/log_query/query_run.h"

#include <algorithm>
#include <chrono>

namespace tocsin::diagnose {
namespace {

constexpr std::size_t rows_default = 10'000;
constexpr std::size_t rows_limit = 100'000;
constexpr std::size_t inner_rows_max = 1'000'000;

void add(telemetry::LogScan::Figures& sum, const telemetry::LogScan::Figures& figures) {
  sum.records_scanned += figures.records_scanned;
  sum.bytes_scanned += figures.bytes_scanned;
  sum.records_skipped += figures.records_skipped;
  sum.bytes_skipped += figures.bytes_skipped;
}

std::size_t rows_of(const QueryPlan& plan, const QueryRange& range) {
  std::size_t rows = range.rows_max.value_or(rows_default);
  for (const Command& command : plan.commands)
    if (const auto* limit = std::get_if<LimitCommand>(&command); limit && !range.rows_max) rows = std::max(rows, limit->rows);
  return std::min(rows, rows_limit);
}

bool is_estimate(const QueryPlan& plan) { return !plan.commands.empty() && std::holds_alternative<EstimateCommand>(plan.commands.back()); }

}  // namespace

QueryRun::QueryRun(QueryPlan plan, telemetry::LogStore& store, QueryRange range, std::int64_t now_ms, NamedLookupTables lookups,
                   QueryLimits limits)
    : plan_(std::move(plan)),
      store_(store),
      range_(std::move(range)),
      now_ms_(now_ms),
      lookups_(std::move(lookups)),
      limits_(limits),
      budget_(limits.bytes_max) {
  if (!is_estimate(plan_)) add_inner_jobs(plan_);
  Job& job = add_job(plan_, {.rows_max = rows_of(plan_, range_), .values = {}});
  job.inner = false;
  for (const std::string& table : tables_of(plan_))
    if (!lookups_.contains(table)) budget_.fail("The lookup table " + table + " does not exist.");
}

QueryRun::~QueryRun() = default;

std::vector<std::string> QueryRun::tables_of(const QueryPlan& plan) {
  std::vector<std::string> tables;
  const auto add_all = [&](const QueryPlan& inner) {
    for (std::string& table : tables_of(inner)) tables.push_back(std::move(table));
  };
  const std::function<void(const Expression&)> add_subqueries = [&](const Expression& expression) {
    if (expression.subquery) add_all(*expression.subquery);
    for (const Expression& part : expression.parts) add_subqueries(part);
  };
  for (const Command& command : plan.commands) {
    if (const auto* filter = std::get_if<FilterCommand>(&command)) add_subqueries(filter->condition);
    if (const auto* lookup = std::get_if<LookupCommand>(&command)) tables.push_back(lookup->table);
    if (const auto* join = std::get_if<JoinCommand>(&command)) add_all(*join->right);
    if (const auto* append = std::get_if<AppendColumnsCommand>(&command)) add_all(*append->plan);
  }
  return tables;
}

QueryRun::Job& QueryRun::add_job(const QueryPlan& plan, Pipeline::Ending ending) {
  Job job;
  job.plan = &plan;
  job.ending = std::move(ending);
  job.scan_plan = {.groups = range_.groups, .from_ms = range_.from_ms, .to_ms = range_.to_ms, .literals = plan.literals};
  if (plan.source && plan.source->start_ago_ms) job.scan_plan.from_ms = now_ms_ - *plan.source->start_ago_ms;
  if (plan.source && plan.source->end_ago_ms) job.scan_plan.to_ms = now_ms_ - *plan.source->end_ago_ms;
  jobs_.push_back(std::move(job));
  return jobs_.back();
}

void QueryRun::add_expression_jobs(const Expression& expression) {
  for (const Expression& part : expression.parts) add_expression_jobs(part);
  if (expression.kind != Expression::Kind::in_subquery) return;
  const std::size_t number = expression.number;
  if (subqueries_.size() <= number) subqueries_.resize(number + 1);
  Job& job = add_job(*expression.subquery, {.rows_max = inner_rows_max, .values = expression.subquery->shown, .distinct = true});
  job.done = [this, number](Pipeline& pipeline) {
    for (const auto& row : pipeline.values())
      if (!is_null(row[0])) subqueries_[number].insert(key_text_of(row[0]));
  };
}

void QueryRun::add_inner_jobs(const QueryPlan& plan) {
  for (const Command& command : plan.commands) {
    if (const auto* filter = std::get_if<FilterCommand>(&command)) add_expression_jobs(filter->condition);
    if (const auto* fields = std::get_if<FieldsCommand>(&command))
      for (const Column& column : fields->columns) add_expression_jobs(column.expression);
    if (const auto* display = std::get_if<DisplayCommand>(&command))
      for (const Column& column : display->columns) add_expression_jobs(column.expression);
    if (const auto* relevant = std::get_if<RelevantFieldsCommand>(&command)) add_expression_jobs(relevant->condition);
    const void* key = nullptr;
    const QueryPlan* inner = nullptr;
    std::vector<FieldSlot> values;
    if (const auto* join = std::get_if<JoinCommand>(&command)) {
      key = join;
      inner = join->right.get();
      for (const auto& [field, slot] : join->keys) values.push_back(slot);
      for (const auto& [theirs, ours] : join->right_copies) values.push_back(theirs);
    } else if (const auto* append = std::get_if<AppendColumnsCommand>(&command)) {
      key = append;
      inner = append->plan.get();
      for (const auto& [theirs, ours] : append->copies) values.push_back(theirs);
    } else if (const auto* diff = std::get_if<DiffCommand>(&command)) {
      add_diff_job(plan, *diff);
    }
    if (!inner) continue;
    Job& job = add_job(*inner, {.rows_max = inner_rows_max, .values = values});
    job.done = [this, key](Pipeline& pipeline) { inner_[key] = std::move(pipeline.values()); };
  }
}

/// The same query over the other range, up to its patterns.
void QueryRun::add_diff_job(const QueryPlan& plan, const DiffCommand& diff) {
  auto earlier = std::make_unique<QueryPlan>(plan);
  while (!std::holds_alternative<DiffCommand>(earlier->commands.back())) earlier->commands.pop_back();
  earlier->commands.pop_back();
  std::vector<FieldSlot> values;
  for (const char* name : {"@pattern", "@patternShape", "@sampleCount", "@PatternId", "@regexString", "@tokens"})
    values.push_back(earlier->names->slot(name));
  Job& job = add_job(*earlier, {.rows_max = inner_rows_max, .values = values});
  std::tie(job.scan_plan.from_ms, job.scan_plan.to_ms) = shifted(diff.shift);
  own_plans_.push_back(std::move(earlier));
  job.done = [this, key = &diff](Pipeline& pipeline) { inner_[key] = std::move(pipeline.values()); };
}

std::pair<std::int64_t, std::int64_t> QueryRun::shifted(const TimeShift& shift) const {
  const std::int64_t from = range_.from_ms, to = range_.to_ms;
  if (shift.kind == TimeShift::Kind::days) return {from - shift.count, to - shift.count};
  if (shift.kind == TimeShift::Kind::previous) return {from - (to - from + 1), from - 1};
  namespace chrono = std::chrono;
  const auto earlier = [&](std::int64_t time_ms) {
    const chrono::sys_time<chrono::milliseconds> at{chrono::milliseconds{time_ms}};
    const auto day = chrono::floor<chrono::days>(at);
    chrono::year_month_day date = chrono::year_month_day{day} - chrono::months{shift.count};
    if (!date.ok()) date = date.year() / date.month() / chrono::last;
    return chrono::duration_cast<chrono::milliseconds>((chrono::sys_days{date} + (at - day)).time_since_epoch()).count();
  };
  const std::int64_t begin = earlier(from);
  return {begin, begin + (to - from)};
}

Result<void> QueryRun::bind(const Scope& scope) {
  for (Job& job : jobs_) {
    if (!job.inner || !job.plan->source) continue;
    auto groups = select_groups(store_, scope, *job.plan->source);
    if (!groups) return std::unexpected(groups.error());
    job.scan_plan.groups = std::move(*groups);
  }
  return {};
}

void QueryRun::mask(const FindMask& find) {
  for (const Job& job : jobs_)
    for (const telemetry::LogGroupId group : job.scan_plan.groups)
      if (!masks_.contains(group))
        if (MaskLine mask = find(group)) masks_[group] = std::move(mask);
}

bool QueryRun::unmasks() const {
  return std::any_of(jobs_.begin(), jobs_.end(), [](const Job& job) { return job.plan->unmask || job.plan->names->has_unmasked(); });
}

/// What is masked reads as '*': a text with none of them stands in the line as it was, another may not.
std::vector<std::string> QueryRun::masked_literals(const std::vector<std::string>& literals) {
  std::vector<std::string> kept;
  std::copy_if(literals.begin(), literals.end(), std::back_inserter(kept), [](const std::string& text) { return !text.contains('*'); });
  return kept;
}

std::string_view QueryRun::shown_message(const Job& job, const telemetry::LogRowView& row) {
  if (masks_.empty() || job.plan->unmask) return row.message;
  const auto mask = masks_.find(row.group);
  if (mask == masks_.end()) return row.message;
  masked_ = mask->second(row.message, row.ingested_ms);
  return masked_;
}

void QueryRun::begin(Job& job) {
  const Surroundings around{.sources = {store_, discovery_, *job.plan->names},
                            .now_ms = now_ms_,
                            .from_ms = range_.from_ms,
                            .to_ms = range_.to_ms,
                            .subqueries = &subqueries_,
                            .aggregates = nullptr};
  job.context = std::make_unique<StageContext>(StageContext{around, &budget_, &inner_, &lookups_, &miner_});
  job.pipeline = std::make_unique<Pipeline>(*job.plan, *job.context, job.ending);
  job.scan_plan.newest_first = job.pipeline->newest_first();
  job.scan_plan.any_order = job.pipeline->any_order();
  job.scan_plan.values = job.plan->values;
  job.scan_plan.columns = masks_.empty() || job.plan->unmask;
  if (job.scan_plan.columns) job.context->around.held_texts = &job.scan_plan.literals;
  if (!masks_.empty() && !job.plan->unmask) {
    job.scan_plan.literals = masked_literals(job.scan_plan.literals);
    job.scan_plan.values = masked_literals(job.scan_plan.values);
  }
  job.scan = store_.scan(job.scan_plan);
  job.record = std::make_unique<Record>(job.plan->names->size());
  if (!job.inner) main_ = job.pipeline.get();
}

bool QueryRun::step(Instant now) {
  if (failed() || ended_) return false;
  if (is_estimate(plan_)) {
    estimate();
    return false;
  }
  Job& job = jobs_.front();
  if (!job.pipeline) begin(job);
  if (!job.began) job.began = now;
  if (job.inner && now - *job.began > limits_.inner_span_max) {
    budget_.fail("A query within the query ran for longer than 30 seconds.");
    return false;
  }
  std::vector<telemetry::LogRowView> rows;
  job.record->forget_columns();
  bool more = true;
  if (job.scan_plan.columns && job.pipeline->wants_number()) {
    std::uint64_t count = 0;
    more = job.scan->count_next(count);
    job.pipeline->take_number(count);
  } else {
    more = job.scan->next_views(rows);
  }
  for (telemetry::LogRowView row : rows) {
    // by columns only where nothing is masked, so that the original is the message
    const std::string_view original = row.message;
    if (!row.fields) row.message = shown_message(job, row);
    job.record->begin(row, ++records_, original);
    if (job.pipeline->push(*job.record)) continue;
    more = false;
    break;
  }
  if (more && job.pipeline->only_counts()) {
    job.pipeline->count(job.scan->count_rest());
    more = false;
  }
  if (!more && !failed()) end(job);
  return !failed() && !ended_;
}

void QueryRun::end(Job& job) {
  job.pipeline->finish();
  if (failed()) return;
  if (!job.inner) {
    results_ = job.pipeline->shown();
    ended_ = true;
    return;
  }
  job.done(*job.pipeline);
  add(figures_, job.scan->figures());
  jobs_.pop_front();
}

void QueryRun::estimate() {
  const auto expected = store_.scan(jobs_.back().scan_plan)->expected();
  results_ = {
      {{"@estimatedBytes", std::to_string(expected.bytes_scanned)}, {"@estimatedRecords", std::to_string(expected.records_scanned)}}};
  ended_ = true;
}

std::vector<ResultRow> QueryRun::results() const {
  if (ended_) return results_;
  if (!main_ || failed()) return {};
  // what holds much is dear to copy: who asks again and again hears of it in growing steps
  constexpr std::size_t cheap_bytes = 256u << 10;
  const bool cheap = budget_.bytes() < cheap_bytes;
  if (cheap || partial_records_ == 0 || records_ > partial_records_ * 2) {
    partial_ = main_->shown_so_far();
    partial_records_ = std::max<std::uint64_t>(records_, 1);
  }
  return partial_;
}

telemetry::LogScan::Figures QueryRun::figures() const {
  telemetry::LogScan::Figures sum = figures_;
  if (!jobs_.empty() && jobs_.front().scan) add(sum, jobs_.front().scan->figures());
  return sum;
}

}  // namespace tocsin::diagnose
