#include "telemetry/logs/contributors/contributor_reports.h"

#include <algorithm>
#include <boost/json.hpp>

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
  void take(const std::vector<LogRow>& rows) {
    for (const LogRow& row : rows) {
      if (!counts(row)) continue;
      if (const auto contribution = request.rule.contribution(MessageView(row.message)))
        report.add(contribution->keys, row.position.time_ms, contribution->value);
    }
  }
};

Result<ContributorReports::Request> ContributorReports::request_of(const Scope& scope, const Document& kept) {
  auto rule = ContributorRule::parse(text_or(kept, "Definition"));
  if (!rule) return std::unexpected(rule.error());
  Request request{.scope = scope, .rule = std::move(*rule), .enabled = {}};
  for (const Document& span : array_at(kept, "Spans"))
    request.enabled.push_back({integer_or(span, "from", 0), integer_or(span, "to", INT64_MAX)});
  return request;
}

std::unique_ptr<LogScan> ContributorReports::scan_for(const Request& request) {
  LogScanPlan plan{.from_ms = request.start_ms, .to_ms = request.end_ms - 1};
  for (const LogGroup& group :
       store_.groups(request.scope, "", SIZE_MAX, [&](const LogGroup& each) { return request.rule.reads(each.name); }))
    plan.groups.push_back(group.id);
  return store_.scan(std::move(plan));
}

void ContributorReports::count(Request request, std::move_only_function<void(ContributorReport)> done) {
  auto scan = scan_for(request);
  ContributorReport report(request.start_ms, request.period_s);
  step(std::make_shared<Running>(Running{std::move(request), std::move(done), std::move(scan), std::move(report)}));
}

Result<ContributorReport> ContributorReports::count_now(Request request, std::size_t events_max) {
  auto scan = scan_for(request);
  ContributorReport report(request.start_ms, request.period_s);
  Running running{std::move(request), {}, std::move(scan), std::move(report)};
  std::size_t seen = 0;
  for (bool more = true; more;) {
    std::vector<LogRow> rows;
    more = running.scan->next(rows);
    seen += rows.size();
    if (seen > events_max)
      return fail(ErrorKind::invalid, "The rule has more than " + std::to_string(events_max) + " log events in this time range");
    running.take(rows);
  }
  return std::move(running.report);
}

void ContributorReports::step(std::shared_ptr<Running> running) {
  std::vector<LogRow> rows;
  const bool more = running->scan->next(rows);
  running->take(rows);
  if (!more) return running->done(std::move(running->report));
  executor_.post([this, running, living = std::weak_ptr(alive_)] {
    if (living.lock()) step(running);
  });
}

}  // namespace tocsin::telemetry
