#include "telemetry/logs/contributors/contributor_reports.h"

#include <algorithm>

namespace tocsin::telemetry {

struct ContributorReports::Running {
  Request request;
  std::move_only_function<void(ContributorReport)> done;
  std::unique_ptr<LogScan> scan;
  ContributorReport report;

  bool counts(const LogRow& row) const {
    return std::any_of(request.enabled.begin(), request.enabled.end(),
                       [&](const Span& span) { return row.ingested_ms >= span.from_ms && row.ingested_ms < span.to_ms; });
  }
};

void ContributorReports::count(Request request, std::move_only_function<void(ContributorReport)> done) {
  LogScanPlan plan{.from_ms = request.start_ms, .to_ms = request.end_ms - 1};
  for (const LogGroup& group :
       store_.groups(request.scope, "", SIZE_MAX, [&](const LogGroup& each) { return request.rule.reads(each.name); }))
    plan.groups.push_back(group.id);
  ContributorReport report(request.start_ms, request.period_s);
  step(std::make_shared<Running>(Running{std::move(request), std::move(done), store_.scan(std::move(plan)), std::move(report)}));
}

void ContributorReports::step(std::shared_ptr<Running> running) {
  std::vector<LogRow> rows;
  const bool more = running->scan->next(rows);
  for (const LogRow& row : rows) {
    if (!running->counts(row)) continue;
    if (const auto contribution = running->request.rule.contribution(MessageView(row.message)))
      running->report.add(contribution->keys, row.position.time_ms, contribution->value);
  }
  if (!more) return running->done(std::move(running->report));
  executor_.post([this, running, living = std::weak_ptr(alive_)] {
    if (living.lock()) step(running);
  });
}

}  // namespace tocsin::telemetry
