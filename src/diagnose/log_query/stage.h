// What a plan becomes to be carried out: stages, each given rows by the one before and giving rows to the next. Stages that need all rows
// hold them until `finish`. A copy of all stages, finished, tells what is known so far.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "diagnose/log_query/evaluate.h"
#include "diagnose/log_query/lookup_table.h"
#include "telemetry/log_patterns/template_miner.h"

namespace tocsin::diagnose {

/// What all stages of a query may hold together; beyond it the query fails and says why.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  bool take(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > bytes_max_ && failure_.empty()) failure_ = "The query needs more memory than it may use.";
    return failure_.empty();
  }
  void give(std::size_t bytes) { bytes_ -= std::min(bytes, bytes_); }
  void fail(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
  }
  std::size_t bytes() const { return bytes_; }
  bool exceeded() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }

 private:
  std::size_t bytes_max_, bytes_ = 0;
  std::string failure_;
};

/// Rows of an inner query: the values of the slots that were asked for.
using InnerRows = std::vector<std::vector<Value>>;

struct StageContext {
  Surroundings around;
  MemoryBudget* budget = nullptr;
  /// What inner queries gave, in the order of the plan's joins, appendcols and diffs.
  const std::map<const void*, InnerRows>* inner = nullptr;
  const std::map<std::string, std::shared_ptr<const LookupTable>>* lookups = nullptr;
  telemetry::TemplateMiner* miner = nullptr;  ///< one for all of the query, so that its ranges have the same templates

  Value evaluate(const Expression& expression, Record& record) const { return diagnose::evaluate(expression, record, around); }
  const Value& field(Record& record, FieldSlot slot) const { return record.field(slot, around.sources); }
};

class Stage {
 public:
  virtual ~Stage() = default;
  /// The record is the stage's to change and keep. False when no further rows are of use.
  virtual bool push(Record& record) = 0;
  /// Gives what was held to the next stage. The chain then finishes the next.
  virtual void finish() {}
  virtual std::unique_ptr<Stage> clone() const = 0;
  /// It wants to know how many rows there are, and nothing of them: then it may be told by count_rows.
  virtual bool counts_rows_only() const { return false; }
  virtual void count_rows(std::uint64_t) {}

  Stage* next = nullptr;
  const StageContext* context = nullptr;
};

template <typename Derived>
class StageOf : public Stage {
 public:
  std::unique_ptr<Stage> clone() const override { return std::make_unique<Derived>(static_cast<const Derived&>(*this)); }
};

/// Rows held in memory, counted.
class HeldRows {
 public:
  bool hold(Record& record, const StageContext& context) {
    record.keep();
    const std::size_t bytes = record.bytes();
    bytes_ += bytes;
    rows.push_back(record);
    return context.budget->take(bytes);
  }
  void release(const StageContext& context) {
    context.budget->give(bytes_);
    bytes_ = 0;
    rows.clear();
  }
  /// All to the next stage.
  void pass_on(Stage& stage) {
    for (Record& record : rows)
      if (!stage.next->push(record)) break;
    release(*stage.context);
  }
  /// By a key of each, equal ones as they are.
  void order_by(const std::vector<double>& keys);
  std::vector<Record> rows;

 private:
  std::size_t bytes_ = 0;
};

/// The stage that carries the command out. `command` must outlive it.
std::unique_ptr<Stage> make_stage(const Command& command, const QueryPlan& plan);
std::unique_ptr<Stage> make_row_stage(const Command& command);
std::unique_ptr<Stage> make_table_stage(const Command& command, const QueryPlan& plan);
std::unique_ptr<Stage> make_series_stage(const Command& command, const QueryPlan& plan);
std::unique_ptr<Stage> make_pattern_stage(const Command& command, const QueryPlan& plan);
std::unique_ptr<Stage> make_relevance_stage(const RelevantFieldsCommand& command, const QueryPlan& plan);

/// A row after the other, with what each takes by the key of `slots`; nullopt when one of them is missing.
std::optional<std::string> key_of(Record& record, const std::vector<FieldSlot>& slots, const StageContext& context);

}  // namespace tocsin::diagnose
