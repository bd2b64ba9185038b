#include "detect/alarms/alarm_replay.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "detect/alarms/alarm_evaluator.h"
#include "detect/alarms/alarm_reason.h"
#include "detect/alarms/contributor_rules.h"

namespace tocsin::detect {
namespace {

constexpr std::size_t steps_max = 2'000'000;

bool is_upward(Comparison comparison) { return comparison == Comparison::greater || comparison == Comparison::greater_or_equal; }

std::size_t alarms_of(const AlarmTerms& terms, const std::vector<ReplayStep>& steps) {
  AlarmState state = AlarmState::insufficient_data;
  std::size_t alarms = 0;
  std::vector<Mark> marks;
  for (const ReplayStep& step : steps) {
    marks.clear();
    for (const Datapoint& each : step.range)
      marks.push_back(!each.value ? Mark::missing : breaches(terms, each) ? Mark::breaching : Mark::ok);
    const auto next = decide(marks, terms.evaluation_periods, terms.datapoints_to_alarm, terms.missing);
    if (!next || *next == state) continue;
    state = *next;
    alarms += state == AlarmState::alarm;
  }
  return alarms;
}

/// Rounded away from the calm side to two digits, so that it reads well and stays as quiet.
double rounded(double value, bool up) {
  if (value == 0 || !std::isfinite(value)) return value;
  const double unit = std::pow(10, std::floor(std::log10(std::fabs(value))) - 1);
  const double steps = value / unit;
  return (up ? std::ceil(steps - 1e-9) : std::floor(steps + 1e-9)) * unit;
}

/// Calls `evaluate` at each moment of the alarm's cadence after `from`, until `to`.
template <typename Evaluate>
Result<void> each_evaluation(const AlarmTerms& terms, Instant from, Instant to, Evaluate&& evaluate) {
  const std::int64_t cadence = cadence_s(terms);
  std::size_t count = 0;
  for (std::int64_t at_s = (to_seconds(from) / cadence + 1) * cadence; at_s <= to_seconds(to); at_s += cadence) {
    const Instant at{std::chrono::seconds(at_s)};
    if (!is_due(terms, at)) continue;
    if (count++ == steps_max) return fail(ErrorKind::limit_exceeded, "The span is too long: more than two million evaluations.");
    if (auto done = evaluate(at); !done) return done;
  }
  return {};
}

std::string series_text(const Document& attributes) {
  std::string text;
  if (const Object* object = attributes.if_object())
    for (const auto& [name, value] : *object)
      text += (text.empty() ? "" : ", ") + std::string(std::string_view(name)) + '=' +
              (value.is_string() ? std::string(std::string_view(value.get_string())) : "");
  return text;
}

/// An alarm that is replayed, in memory.
class ReplayedBook final : public ContributorBook {
 public:
  ReplayedBook(AlarmState state, std::vector<ReplayTransition>& transitions) : state_(state), transitions_(transitions) {}
  Instant at{};

  std::vector<ContributorRecord> all() override {
    std::vector<ContributorRecord> all;
    for (const auto& [id, contributor] : contributors_) all.push_back(contributor);
    return all;
  }
  void put(const ContributorRecord& contributor) override { contributors_.insert_or_assign(contributor.id, contributor); }
  void remove(const std::string& id) override { contributors_.erase(id); }
  void changed(const ContributorRecord& contributor, const ContributorRecord& before) override {
    transitions_.push_back({at, before.state, contributor.state, contributor.reason, series_text(contributor.attributes)});
  }
  AlarmState alarm_state() override { return state_; }
  void change_alarm(AlarmState to, std::string reason, bool) override {
    transitions_.push_back({at, state_, to, std::move(reason)});
    state_ = to;
  }

 private:
  AlarmState state_;
  std::vector<ReplayTransition>& transitions_;
  std::map<std::string, ContributorRecord> contributors_;
};

/// The newest datapoint of each evaluation, in ascending order.
std::vector<double> values_of(const std::vector<ReplayStep>& steps) {
  std::vector<double> values;
  for (const ReplayStep& step : steps)
    if (!step.range.empty() && step.range.back().value) values.push_back(*step.range.back().value);
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace

Result<std::vector<ReplayStep>> replay_steps(const Scope& scope, const AlarmTerms& terms, AlarmData& data, Instant from, Instant to) {
  std::vector<ReplayStep> steps;
  auto walked = each_evaluation(terms, from, to, [&](Instant at) -> Result<void> {
    auto range = data.datapoints(scope, terms, window_bounds(terms, at));
    if (!range) return std::unexpected(range.error());
    steps.push_back({at, std::move(*range)});
    return {};
  });
  if (!walked) return std::unexpected(walked.error());
  return steps;
}

Result<SeriesReplay> replay_series(const Scope& scope, const AlarmTerms& terms, AlarmData& data, Instant from, Instant to) {
  SeriesReplay replay;
  ReplayedBook book(terms.promql ? AlarmState::ok : AlarmState::insufficient_data, replay.transitions);
  auto walked = each_evaluation(terms, from, to, [&](Instant at) -> Result<void> {
    book.at = at;
    ++replay.evaluations;
    const auto many = terms.promql ? data.promql(scope, terms, at) : data.series(scope, terms, window_bounds(terms, at));
    if (!many) return std::unexpected(many.error());
    if (terms.promql)
      evaluate_promql_contributors(book, terms, *many, at, at);
    else
      evaluate_contributors(book, terms, *many, at, false);
    return {};
  });
  if (!walked) return std::unexpected(walked.error());
  return replay;
}

std::vector<ReplayTransition> replay_transitions(const AlarmTerms& terms, const std::vector<ReplayStep>& steps) {
  std::vector<ReplayTransition> transitions;
  AlarmState state = AlarmState::insufficient_data;
  for (const ReplayStep& step : steps) {
    const auto verdict = evaluate(terms, state, step.range, step.at);
    if (!verdict) continue;
    transitions.push_back({step.at, state, verdict->state, verdict->reason});
    state = verdict->state;
  }
  return transitions;
}

std::optional<ThresholdSuggestion> suggest_threshold(const AlarmTerms& terms, const std::vector<ReplayStep>& steps,
                                                     std::size_t alarms_max) {
  const std::vector<double> values = values_of(steps);
  if (values.empty() || !terms.band_id.empty()) return std::nullopt;
  const bool upward = is_upward(terms.comparison);
  AlarmTerms tried = terms;
  const auto alarms_with = [&](double threshold) {
    tried.threshold = threshold;
    return alarms_of(tried, steps);
  };
  // from the middle outwards: the more extreme, the quieter
  std::vector<double> candidates;
  for (const double share : {0.5,   0.6,  0.7,   0.8,   0.85,  0.9,   0.925, 0.95,   0.96,   0.97, 0.98,
                             0.985, 0.99, 0.993, 0.995, 0.997, 0.998, 0.999, 0.9995, 0.9999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::llround((upward ? share : 1 - share) * static_cast<double>(values.size() - 1)));
    candidates.push_back(rounded(values[rank], upward));
  }
  // beyond all that was seen, by a tenth of its spread
  const double spread = values.back() - values.front();
  candidates.push_back(rounded(upward ? values.back() + spread / 10 : values.front() - spread / 10, upward));
  for (const double candidate : candidates) {
    const std::size_t alarms = alarms_with(candidate);
    if (alarms > alarms_max && candidate != candidates.back()) continue;
    const auto calm = std::count_if(values.begin(), values.end(), [&](double value) {
      tried.threshold = candidate;
      return !breaches(tried, {.time = {}, .value = value, .sample_count = {}, .lower = {}, .upper = {}});
    });
    return ThresholdSuggestion{candidate, alarms, static_cast<double>(calm) / static_cast<double>(values.size())};
  }
  return std::nullopt;
}

}  // namespace tocsin::detect
