// Carries a plan out over scans, a bounded piece at a time: first the queries within it, then itself.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "diagnose/log_query/group_selection.h"
#include "diagnose/log_query/pipeline.h"

namespace tocsin::diagnose {

struct QueryRange {
  std::vector<telemetry::LogGroupId> groups;
  std::int64_t from_ms = 0, to_ms = 0;  ///< both inclusive
  /// What StartQuery asked for; without it the query's own limit, else 10,000.
  std::optional<std::size_t> rows_max = {};
};

struct QueryLimits {
  std::size_t bytes_max = 64u << 20;
  Duration inner_span_max = std::chrono::seconds(30);
};

/// How lines of a group are shown: nothing when they are shown as they are.
using MaskLine = std::function<std::string(std::string_view message, std::int64_t ingested_ms)>;
using FindMask = std::function<MaskLine(telemetry::LogGroupId)>;

using NamedLookupTables = std::map<std::string, std::shared_ptr<const LookupTable>>;

/// Without sort the newest rows come first. Fails, and says why, when it needs more memory than it may have, makes more than 100,000
/// groups, or when a query within it takes too long.
class QueryRun {
 public:
  QueryRun(QueryPlan plan, telemetry::LogStore& store, QueryRange range, std::int64_t now_ms, NamedLookupTables lookups = {},
           QueryLimits limits = {});
  ~QueryRun();

  /// The groups that inner queries name, found in the scope. Before the first step. `not_found`.
  Result<void> bind(const Scope& scope);
  /// Lines are masked before anything looks at them, but for the queries (inner or not) that say `unmask`. Before the first step.
  void mask(const FindMask& find);
  /// Whether the plan or one within it says `unmask`.
  bool unmasks() const;
  /// The lookup tables that the plan names.
  static std::vector<std::string> tables_of(const QueryPlan& plan);

  /// One step of a scan. False when the query is done or has failed. `now` bounds inner queries.
  bool step(Instant now = {});
  /// What is known so far; all, when step has said false.
  std::vector<ResultRow> results() const;
  telemetry::LogScan::Figures figures() const;
  std::uint64_t records_matched() const { return main_ ? main_->matched() : 0; }
  bool failed() const { return budget_.exceeded(); }
  const std::string& failure() const { return budget_.failure(); }

 private:
  /// A scan and what is done with its rows.
  struct Job {
    const QueryPlan* plan = nullptr;
    telemetry::LogScanPlan scan_plan;
    Pipeline::Ending ending;
    std::function<void(Pipeline&)> done;
    bool inner = true;
    std::unique_ptr<StageContext> context;
    std::unique_ptr<Pipeline> pipeline;
    std::unique_ptr<telemetry::LogScan> scan;
    std::unique_ptr<Record> record;
    std::optional<Instant> began;
  };

  void add_inner_jobs(const QueryPlan& plan);
  void add_expression_jobs(const Expression& expression);
  void add_diff_job(const QueryPlan& plan, const DiffCommand& diff);
  static std::vector<std::string> masked_literals(const std::vector<std::string>& literals);
  std::string_view shown_message(const Job& job, const telemetry::LogRowView& row);
  Job& add_job(const QueryPlan& plan, Pipeline::Ending ending);
  void begin(Job& job);
  void end(Job& job);
  void estimate();
  std::pair<std::int64_t, std::int64_t> shifted(const TimeShift& shift) const;

  const QueryPlan plan_;
  telemetry::LogStore& store_;
  QueryRange range_;
  std::int64_t now_ms_;
  NamedLookupTables lookups_;
  QueryLimits limits_;
  MemoryBudget budget_;
  Discovery discovery_;
  telemetry::TemplateMiner miner_;
  std::map<const void*, InnerRows> inner_;
  std::vector<std::unordered_set<std::string>> subqueries_;
  std::deque<Job> jobs_;
  std::vector<std::unique_ptr<QueryPlan>> own_plans_;
  std::map<telemetry::LogGroupId, MaskLine> masks_;  ///< of the groups that have one
  std::string masked_;
  Pipeline* main_ = nullptr;
  telemetry::LogScan::Figures figures_;
  std::uint64_t records_ = 0;
  std::vector<ResultRow> results_;
  mutable std::vector<ResultRow> partial_;  ///< what was known when so many rows had been looked at
  mutable std::uint64_t partial_records_ = 0;
  bool ended_ = false;
};

}  // namespace tocsin::diagnose
