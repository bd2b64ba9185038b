// Carries a plan out over a scan, a bounded piece at a time.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "diagnose/log_query/evaluate.h"
#include "diagnose/log_query/statistics.h"

namespace tocsin::diagnose {

/// Names and values in the query's order; what is missing is left out. A row of an event ends in @ptr.
using ResultRow = std::vector<std::pair<std::string, std::string>>;

struct QueryRange {
  std::vector<telemetry::LogGroupId> groups;
  std::int64_t from_ms = 0, to_ms = 0;  ///< both inclusive
  std::size_t rows_max = 10'000;
};

/// Without sort the newest rows come first. Keeps at most twice the rows that it will show, and at most 64 MB of them: then `overflowed`.
class QueryRun {
 public:
  QueryRun(QueryPlan plan, telemetry::LogStore& store, QueryRange range, std::int64_t now_ms);
  /// One step of the scan. False when the query is done.
  bool step();
  /// What is known so far; all, when step has said false.
  std::vector<ResultRow> results() const;
  const telemetry::LogScan::Figures& figures() const { return scan_->figures(); }
  std::uint64_t records_matched() const { return matched_; }
  bool overflowed() const { return overflowed_; }

 private:
  struct Candidate {
    std::vector<Value> keys;
    ResultRow row;
  };
  struct Group {
    std::vector<Value> by;
    std::vector<StatisticState> states;
  };
  using Groups = std::map<std::string, Group>;

  void plan_scan(const QueryRange& range);
  bool pass(Record& record, std::size_t from, std::size_t to) const;
  void aggregate(const StatsCommand& stats, const Record& record, Groups& groups, bool& overflowed) const;
  std::vector<Record> records_of(const StatsCommand& stats, const Groups& groups) const;
  Candidate candidate(const Record& record, std::size_t section) const;
  ResultRow project(const Record& record, std::size_t section) const;
  void keep_best(std::vector<Candidate>& candidates) const;
  bool take(Record record);

  const QueryPlan plan_;
  Surroundings around_;
  std::unique_ptr<telemetry::LogScan> scan_;
  std::vector<std::size_t> stats_;  ///< where in the plan
  const SortCommand* sort_ = nullptr;
  bool scan_sorts_ = true;
  std::size_t rows_max_;
  Groups groups_;
  std::vector<Candidate> candidates_;
  std::size_t bytes_ = 0;
  std::uint64_t matched_ = 0;
  bool overflowed_ = false;
};

}  // namespace tocsin::diagnose
