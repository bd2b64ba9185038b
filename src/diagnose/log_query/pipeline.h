// A plan's stages in a chain, and the rows that come out of its end.
#pragma once

#include "diagnose/log_query/sort_stage.h"
#include "diagnose/log_query/stage.h"

namespace tocsin::diagnose {

/// Names and values in the query's order; what is missing is left out. A row of an event ends in @ptr.
using ResultRow = std::vector<std::pair<std::string, std::string>>;

class Pipeline {
 public:
  /// What is done with the rows at the end: shown, or the values of these slots kept.
  struct Ending {
    std::size_t rows_max = 10'000;
    std::vector<FieldSlot> values;  ///< empty: rows are shown
    bool distinct = false;          ///< only rows that differ from those before
  };
  /// `plan` and `context` must outlive it.
  Pipeline(const QueryPlan& plan, const StageContext& context, Ending ending);
  ~Pipeline();

  /// The order in which events should come: the newest first unless the plan sorts by @timestamp alone.
  bool newest_first() const { return newest_first_; }
  /// No further row is shown, and every one matches: they need only be counted.
  bool only_counts() const;
  void count(std::uint64_t rows) { matched_ += rows; }
  /// The events may come in any order: what is made of them is the same.
  bool any_order() const { return any_order_; }
  /// Only the number of the rows is asked for: of all that have the texts that the scan holds.
  bool wants_number() const { return wants_number_; }
  void take_number(std::uint64_t rows);
  /// False when no further rows are of use.
  bool push(Record& record);
  void finish();
  std::uint64_t matched() const { return matched_; }
  const std::vector<ResultRow>& shown() const;
  InnerRows& values();
  /// What would be shown if nothing more came.
  std::vector<ResultRow> shown_so_far() const;

 private:
  class End;
  Pipeline(const Pipeline& other, const StageContext& context);
  void chain(const StageContext& context);

  std::vector<std::unique_ptr<Stage>> stages_;
  std::unique_ptr<End> end_;
  const StageContext& context_;
  std::size_t matching_ = 0;  ///< the stage that gets the rows which match
  bool newest_first_ = true, any_order_ = false, wants_number_ = false;
  std::size_t all_match_rows_ = 0;  ///< when nothing filters: how many rows are wanted
  std::uint64_t matched_ = 0;
};

}  // namespace tocsin::diagnose
