#include "server/commands/replay_alarm.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "base/text_time.h"
#include "detect/alarms/alarm_reason.h"
#include "detect/alarms/alarm_replay.h"
#include "server/commands/csv_metrics.h"

namespace tocsin::server {
namespace {

using namespace std::chrono_literals;
constexpr auto looked_back = 24h * 14;

Result<std::string> text_of(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return fail(ErrorKind::not_found, path + ": there is no such file");
  std::ifstream file(path);
  if (!file) return fail(ErrorKind::unavailable, path + ": cannot be opened");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<Document> definition_of(const ServerConfig& config, const ReplayAlarmOptions& options, PastStore* store) {
  if (!options.definition.empty()) {
    const auto text = text_of(options.definition);
    if (!text) return std::unexpected(text.error());
    auto parsed = parse_json(*text);
    if (!parsed || !parsed->is_object()) return fail(ErrorKind::invalid, options.definition + ": is no JSON object");
    return std::move(*parsed);
  }
  auto known = store->alarm({config.account, config.region}, options.name);
  if (!known) return fail(ErrorKind::not_found, "there is no metric alarm " + options.name + " in " + config.data.string());
  return std::move(*known);
}

/// What PutMetricAlarm would refuse and an evaluation cannot do without.
Result<detect::AlarmTerms> checked_terms(const Document& definition) {
  auto terms = detect::parse_terms(definition);
  if (!terms) return std::unexpected(terms.error());
  if (terms->promql) return terms;
  if (!terms->metric_math && !telemetry::parse_statistic(terms->statistic))
    return fail(ErrorKind::invalid, "The definition names no Statistic or ExtendedStatistic that is one.");
  if (terms->period_s < 10 || terms->evaluation_periods < 1 || terms->datapoints_to_alarm < 1 ||
      terms->datapoints_to_alarm > terms->evaluation_periods)
    return fail(ErrorKind::invalid, "Period, EvaluationPeriods or DatapointsToAlarm of the definition cannot be.");
  if (terms->band_id.empty() && !find(definition, "Threshold")) return fail(ErrorKind::invalid, "The definition has no Threshold.");
  return terms;
}

std::size_t metrics_in(const detect::AlarmTerms& terms) {
  std::set<telemetry::MetricId> metrics;
  for (const telemetry::MetricQuery& query : terms.queries)
    if (query.stat) metrics.insert(query.stat->metric);
  return metrics.size();
}

struct Span {
  Instant from, to;
};

Result<Span> span_of(const ReplayAlarmOptions& options, Span whole) {
  for (const auto& [text, into] : {std::pair(&options.from, &whole.from), std::pair(&options.to, &whole.to)}) {
    if (text->empty()) continue;
    const auto time = parse_rfc3339(*text);
    if (!time) return fail(ErrorKind::invalid, "\"" + *text + "\" is no time; write it as 2026-11-24T12:00:00Z");
    *into = *time;
  }
  if (whole.from >= whole.to) return fail(ErrorKind::invalid, "the span ends before it begins");
  return whole;
}

double days_of(Span span) { return std::chrono::duration<double>(span.to - span.from).count() / 86'400; }

void print_words(const std::vector<detect::ReplayTransition>& transitions, std::size_t evaluations, Span span,
                 const std::optional<detect::ThresholdSuggestion>& suggestion, const detect::AlarmTerms& terms, std::ostream& out) {
  std::size_t alarms = 0;
  for (const detect::ReplayTransition& each : transitions) {
    alarms += each.series.empty() && each.to == AlarmState::alarm;
    const std::string series = each.series.empty() ? "" : '{' + each.series + "} ";
    out << fmt::format("{}  {}{} -> {}  {}\n", to_rfc3339(each.at), series, to_text(each.from), to_text(each.to), each.reason);
  }
  out << fmt::format("{} transitions, {} of them to ALARM, in {:.1f} days ({} evaluations).\n", transitions.size(), alarms, days_of(span),
                     evaluations);
  if (!suggestion) return;
  out << fmt::format("Suggested threshold: {} (now {}): {} to ALARM in these {:.1f} days; {:.2f} % of the datapoints do not breach it.\n",
                     detect::number_text(suggestion->threshold), detect::number_text(terms.threshold), suggestion->alarms, days_of(span),
                     100 * suggestion->calm_share);
}

void print_json(const std::vector<detect::ReplayTransition>& transitions, std::size_t evaluations, Span span,
                const std::optional<detect::ThresholdSuggestion>& suggestion, std::ostream& out) {
  std::size_t alarms = 0;
  for (const detect::ReplayTransition& each : transitions) {
    alarms += each.series.empty() && each.to == AlarmState::alarm;
    Object transition{{"at", to_rfc3339(each.at)}, {"from", to_text(each.from)}, {"to", to_text(each.to)}, {"reason", each.reason}};
    if (!each.series.empty()) transition["series"] = each.series;
    out << to_json(transition) << "\n";
  }
  Object summary{{"transitions", transitions.size()}, {"alarms", alarms}, {"evaluations", evaluations}, {"days", days_of(span)}};
  if (suggestion)
    summary["suggestion"] =
        Object{{"threshold", suggestion->threshold}, {"alarms", suggestion->alarms}, {"calm_share", suggestion->calm_share}};
  out << to_json(summary) << "\n";
}

Result<void> replay(const ServerConfig& config, const ReplayAlarmOptions& options, const OpenPastStore& open, const Clock& clock,
                    std::ostream& out) {
  if (options.definition.empty() == options.name.empty()) return fail(ErrorKind::invalid, "give either --definition or --name");
  std::unique_ptr<PastStore> store;
  if (options.input.empty() || options.definition.empty()) {
    auto opened = open(config);
    if (!opened) return std::unexpected(opened.error());
    store = std::move(*opened);
  }
  const auto definition = definition_of(config, options, store.get());
  if (!definition) return std::unexpected(definition.error());
  const auto terms = checked_terms(*definition);
  if (!terms) return std::unexpected(terms.error());
  std::optional<CsvMetrics> csv;
  Span whole{clock.now() - looked_back, clock.now()};
  if (!options.input.empty()) {
    const auto text = text_of(options.input);
    if (!text) return std::unexpected(text.error());
    std::istringstream stream(*text);
    auto read = CsvMetrics::read_from(stream);
    if (!read) return fail(read.error().kind, options.input + ": " + read.error().message);
    if (read->empty()) return fail(ErrorKind::invalid, options.input + ": has no points");
    if (metrics_in(*terms) > 1) return fail(ErrorKind::invalid, "The definition watches several metrics; a file has but one.");
    csv = std::move(*read);
    whole = {csv->first() - 1s, csv->last() + std::chrono::seconds(2 * terms->period_s)};
  }
  const auto span = span_of(options, whole);
  if (!span) return std::unexpected(span.error());
  telemetry::MetricStore& metrics = csv ? static_cast<telemetry::MetricStore&>(*csv) : store->metrics();
  detect::MetricAlarmData data(metrics);
  if (terms->promql || terms->many_series) {
    if (csv) return fail(ErrorKind::invalid, "The definition watches several time series; a file has but one.");
    const auto replayed = detect::replay_series({config.account, config.region}, *terms, data, span->from, span->to);
    if (!replayed) return std::unexpected(replayed.error());
    if (options.json)
      print_json(replayed->transitions, replayed->evaluations, *span, {}, out);
    else
      print_words(replayed->transitions, replayed->evaluations, *span, {}, *terms, out);
    return {};
  }
  const auto steps = detect::replay_steps({config.account, config.region}, *terms, data, span->from, span->to);
  if (!steps) return std::unexpected(steps.error());
  const auto transitions = detect::replay_transitions(*terms, *steps);
  const auto alarms_max = static_cast<std::size_t>(std::ceil(options.alarms_a_week * days_of(*span) / 7 - 1e-9));
  const auto suggestion = detect::suggest_threshold(*terms, *steps, options.alarms_a_week <= 0 ? 0 : alarms_max);
  if (options.json)
    print_json(transitions, steps->size(), *span, suggestion, out);
  else
    print_words(transitions, steps->size(), *span, suggestion, *terms, out);
  return {};
}

}  // namespace

ExitCode run_replay_alarm(const ServerConfig& config, const ReplayAlarmOptions& options, const OpenPastStore& open, const Clock& clock,
                          Console console) {
  const auto done = replay(config, options, open, clock, console.out);
  if (done) return ExitCode::done;
  console.err << "tocsin: " << done.error().message << "\n";
  return exit_code_of(done.error().kind);
}

}  // namespace tocsin::server
