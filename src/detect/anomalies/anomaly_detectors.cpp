#include "detect/anomalies/anomaly_detectors.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <limits>

#include "base/ids.h"
#include "base/log.h"
#include "detect/anomalies/zone_offset.h"
#include "model/arn.h"
#include "telemetry/metrics/retention.h"

namespace tocsin::detect {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view part = "detect/anomalies";
constexpr std::size_t detectors_max = 10'000;
// a first training is cut into units of so many periods; the few that come each minute do not count
constexpr std::int64_t periods_a_unit = 2'000, periods_learned_at_once = 100;
constexpr Duration learned_from_back = 14 * 24h, kept_every = 10min, settle = 1s;
constexpr std::int64_t late_s = 120;

Instant at_second(std::int64_t s) { return Instant{std::chrono::seconds(s)}; }
Instant floored(Instant at, std::int64_t period_s) { return at_second(telemetry::floor_to(to_seconds(at), period_s)); }

std::string key_of(const DetectorRecord& detector, std::int64_t period_s) {
  return detector.scope.account + '/' + detector.scope.region + '/' + detector.id + '/' + std::to_string(period_s);
}

bool is_excluded(const DetectorSettings& settings, Instant at) {
  return std::any_of(settings.excluded.begin(), settings.excluded.end(),
                     [&](const TimeSpan& span) { return span.start <= at && at < span.end; });
}

}  // namespace

std::string_view to_text(TrainingState state) {
  switch (state) {
    case TrainingState::pending:
      return "PENDING_TRAINING";
    case TrainingState::insufficient_data:
      return "TRAINED_INSUFFICIENT_DATA";
    case TrainingState::trained:
      return "TRAINED";
  }
  return "";
}

AnomalyDetectors::AnomalyDetectors(storage::StateExecutor& state, Random& random, telemetry::MetricStore& metrics, AppendEvent append_event)
    : state_(state), random_(random), metrics_(metrics), append_event_(std::move(append_event)), store_(state.database()) {}

void AnomalyDetectors::start() { plan(); }

void AnomalyDetectors::plan() {
  const Instant due = floored(state_.now(), 60) + 60s + settle;
  state_.executor().post_at(due, [this, living = std::weak_ptr(alive_)] {
    if (!living.expired()) learn_slice();
  });
}

void AnomalyDetectors::learn_slice() {
  auto whole = std::make_shared<bool>(true);
  state_.submit(
      [this, whole, living = std::weak_ptr(alive_)]() -> Result<void> {
        if (!living.expired()) *whole = learn_all();
        return {};
      },
      [this, whole, living = std::weak_ptr(alive_)](Result<void> done) {
        if (living.expired()) return;
        if (!done) log::error(part, "what the detectors learned could not be written", {{"error", done.error().message}});
        if (done && !*whole) return learn_slice();
        plan();
      });
}

bool AnomalyDetectors::learn_all() {
  const Instant now = state_.now();
  std::int64_t periods_max = periods_a_unit;
  for (const DetectorRecord& detector : store_.all()) {
    const std::string prefix = detector.scope.account + '/' + detector.scope.region + '/' + detector.id + '/';
    learning_of(detector, settings_of(detector.definition), detector.period_s);
    // those of other periods are there since a band was asked for at them
    for (auto each = learning_.lower_bound(prefix); each != learning_.end() && each->first.starts_with(prefix); ++each) {
      const std::int64_t period_s = std::stoll(each->first.substr(prefix.size()));
      Learning& learning = *each->second;
      advance(detector, period_s, learning, periods_max);
      if (periods_max <= 0) return false;
      if (!learning.changed || now - learning.kept < kept_every) continue;
      store_.put_learned(detector, period_s, {learning.learner, learning.learned_to});
      learning.kept = now;
      learning.changed = false;
    }
  }
  return true;
}

AnomalyDetectors::Learning& AnomalyDetectors::learning_of(const DetectorRecord& detector, const DetectorSettings& settings,
                                                          std::int64_t period_s) {
  auto& learning = learning_[key_of(detector, period_s)];
  if (learning) return *learning;
  learning = std::make_unique<Learning>();
  learning->kept = state_.now();
  if (auto learned = store_.learned(detector, period_s)) {
    learning->learner = learned->learner;
    learning->learned_to = learned->learned_to;
    return *learning;
  }
  learning->learner = AnomalyLearner(settings.band);
  learning->learned_to = floored(state_.now() - learned_from_back, period_s);
  learning->kept = {};  // at once: it may have cost some time
  return *learning;
}

void AnomalyDetectors::advance(const DetectorRecord& detector, std::int64_t period_s, Learning& learning) {
  std::int64_t all = std::numeric_limits<std::int64_t>::max();
  advance(detector, period_s, learning, all);
}

void AnomalyDetectors::advance(const DetectorRecord& detector, std::int64_t period_s, Learning& learning, std::int64_t& periods_max) {
  const Instant newest = floored(state_.now(), period_s), begin = learning.learned_to;
  if (begin >= newest) return;
  const std::int64_t periods = (to_seconds(newest) - to_seconds(begin)) / period_s;
  const Instant end = periods > periods_max ? begin + std::chrono::seconds(periods_max * period_s) : newest;
  const auto series = watched_series(detector.definition);
  if (!series) return;
  // what is learned every minute costs nothing of it
  if (periods > periods_learned_at_once) periods_max -= periods;
  const DetectorSettings settings = settings_of(detector.definition);
  DetectorRecord told = detector;
  for (const telemetry::TimeValue& point : read_series(metrics_, detector.scope, *series, period_s, {begin, end})) {
    learning.learned_to = point.time + std::chrono::seconds(period_s);
    if (!std::isfinite(point.value) || is_excluded(settings, point.time)) continue;
    const JudgedPoint judged = learning.learner.observe(point.time, point.value, zone_offset(settings.zone, point.time));
    learning.changed = true;
    if (period_s == detector.period_s && point.time >= told.scored_to) tell(told, point.time, point.value, judged);
  }
  if (told.scored_to != detector.scored_to) store_.put_scored_to(detector, told.scored_to);
  // points may still come a little late
  const Instant settled = end < newest ? end : newest - std::chrono::seconds(std::max(2 * period_s, late_s));
  learning.learned_to = std::max(learning.learned_to, settled);
}

telemetry::MetricId AnomalyDetectors::score_metric(const DetectorRecord& detector) {
  telemetry::MetricId metric{"Tocsin/Anomaly", "AnomalyScore", {}};
  const auto series = watched_series(detector.definition);
  if (series && series->is_single) {
    const telemetry::MetricStat& stat = *series->queries.front().stat;
    metric.dimensions = stat.metric.dimensions;
    metric.dimensions.emplace_back("MetricName", stat.metric.name);
    metric.dimensions.emplace_back("Namespace", stat.metric.metric_namespace);
    metric.dimensions.emplace_back("Stat", telemetry::to_text(stat.statistic));
  } else {
    metric.dimensions.emplace_back("AnomalyDetectorId", detector.id);
  }
  std::sort(metric.dimensions.begin(), metric.dimensions.end());
  return metric;
}

void AnomalyDetectors::tell(DetectorRecord& detector, Instant at, double value, const JudgedPoint& judged) {
  detector.scored_to = at + std::chrono::seconds(detector.period_s);
  const Judgement& judgement = judged.judgement;
  if (auto put = metrics_.put(detector.scope, {{.metric = score_metric(detector), .time = at, .sample = judgement.score}}); !put)
    log::error(part, "a score could not be kept", {{"error", put.error().message}});
  if (judgement.score < 0.5) return;
  Object detail{
      {"anomalyDetectorId", detector.id}, {"time", to_ns(at) / 1'000'000'000}, {"value", value},
      {"anomalyScore", judgement.score},  {"oneIn", judgement.one_in},         {"reason", words_of(judgement.feature, judgement.upward)}};
  if (judged.expectation) {
    detail["expected"] = judged.expectation->value;
    detail["lower"] = judged.expectation->value - 2 * judged.expectation->deviation;
    detail["upper"] = judged.expectation->value + 2 * judged.expectation->deviation;
    detail["season"] = to_text(judged.expectation->season);
  }
  for (const auto& [member, watched] : detector.definition.as_object())
    if (member != "Configuration" && member != "MetricCharacteristics") detail["watched"] = watched;
  append_event_({.scope = detector.scope,
                 .event_time = at,
                 .source = "tocsin.anomalies",
                 .type = "Anomaly Detected",
                 .subject_arn = make_arn("cloudwatch", detector.scope, "anomaly-detector:" + detector.id),
                 .detail = std::move(detail),
                 .idempotency_key = "anomaly/" + detector.id + '/' + std::to_string(to_seconds(at))});
}

void AnomalyDetectors::forget(const DetectorRecord& detector) {
  const std::string prefix = detector.scope.account + '/' + detector.scope.region + '/' + detector.id + '/';
  std::erase_if(learning_, [&](const auto& each) { return each.first.starts_with(prefix); });
  store_.forget_learned(detector);
}

Result<DetectorRecord> AnomalyDetectors::create(const Scope& scope, const Document& definition, const std::string& identity,
                                                std::int64_t period_s) {
  if (store_.count(scope) >= detectors_max)
    return fail(ErrorKind::limit_exceeded, "The maximum limit of anomaly detectors has been reached.");
  DetectorRecord detector{.scope = scope,
                          .id = make_uuid_v4(random_),
                          .identity = identity,
                          .definition = definition,
                          .period_s = period_s,
                          .created = state_.now(),
                          .scored_to = floored(state_.now(), period_s)};
  store_.put(detector);
  return detector;
}

Result<std::string> AnomalyDetectors::put(const Scope& scope, const Document& definition) {
  const auto series = watched_series(definition);
  if (!series) return std::unexpected(series.error());
  const std::string identity = identity_of(definition);
  auto known = store_.find_identity(scope, identity);
  if (!known) {
    const auto created = create(scope, definition, identity, period_of(*series));
    if (!created) return std::unexpected(created.error());
    return created->id;
  }
  if (known->definition == definition) return known->id;
  known->definition = definition;
  store_.put(*known);
  forget(*known);
  return known->id;
}

Result<void> AnomalyDetectors::remove(const Scope& scope, const std::string& id) {
  const auto detector = store_.find(scope, id);
  if (!detector) return fail(ErrorKind::not_found, "The anomaly detector does not exist.");
  forget(*detector);
  store_.remove(*detector);
  return {};
}

Result<void> AnomalyDetectors::remove(const Scope& scope, const Document& definition) {
  const auto detector = store_.find_identity(scope, identity_of(definition));
  if (!detector) return fail(ErrorKind::not_found, "The anomaly detector does not exist.");
  return remove(scope, detector->id);
}

TrainingState AnomalyDetectors::state_of(const DetectorRecord& detector) {
  Learning& learning = learning_of(detector, settings_of(detector.definition), detector.period_s);
  advance(detector, detector.period_s, learning);
  if (learning.learner.points() == 0) return TrainingState::pending;
  return learning.learner.has_band() ? TrainingState::trained : TrainingState::insufficient_data;
}

// What is older than the newest points is learned again, as it was then.
class AnomalyDetectors::Past {
 public:
  Past(AnomalyDetectors& room, const DetectorRecord& detector, std::int64_t period_s, Instant end)
      : room_(room), detector_(detector), settings_(settings_of(detector.definition)), period_s_(period_s), end_(end) {}

  /// Ascending.
  std::optional<Expectation> band_at(Instant at) {
    if (!learner_) read(at);
    for (; next_ < points_.size() && points_[next_].time < at; ++next_)
      if (std::isfinite(points_[next_].value) && !is_excluded(settings_, points_[next_].time))
        learner_->observe(points_[next_].time, points_[next_].value, zone_offset(settings_.zone, points_[next_].time));
    return learner_->band_at(at, zone_offset(settings_.zone, at));
  }

 private:
  void read(Instant first) {
    learner_ = std::make_unique<AnomalyLearner>(settings_.band);
    if (const auto series = watched_series(detector_.definition))
      points_ = read_series(room_.metrics_, detector_.scope, *series, period_s_, {first - learned_from_back, end_});
  }

  AnomalyDetectors& room_;
  const DetectorRecord& detector_;
  DetectorSettings settings_;
  std::int64_t period_s_;
  Instant end_;
  std::unique_ptr<AnomalyLearner> learner_;
  std::vector<telemetry::TimeValue> points_;
  std::size_t next_ = 0;
};

Result<telemetry::Band> AnomalyDetectors::band(const telemetry::BandRequest& request) {
  if (!request.query) return fail(ErrorKind::invalid, "ANOMALY_DETECTION_BAND needs the id of a metric or of an expression.");
  const Document definition = definition_of(request.queries, *request.query);
  const std::string identity = identity_of(definition);
  const std::int64_t period_s = request.span.period_s;
  auto detector = store_.find_identity(request.scope, identity);
  if (!detector) {
    auto created = create(request.scope, definition, identity, period_s);
    if (!created) return std::unexpected(created.error());
    detector = std::move(*created);
  }
  const DetectorSettings settings = settings_of(detector->definition);
  Learning& learning = learning_of(*detector, settings, period_s);
  advance(*detector, period_s, learning);

  telemetry::Band band{{.label = request.series.label + " (lower)", .period_s = period_s, .points = {}},
                       {.label = request.series.label + " (upper)", .period_s = period_s, .points = {}}};
  Past past(*this, *detector, period_s, request.span.end);
  for (Instant at = request.span.start; at < request.span.end; at += std::chrono::seconds(period_s)) {
    // what was learned is of the clock's periods, which need not be the request's
    const Instant learned_at = floored(at, period_s);
    const auto expectation = learning.learner.remembers(learned_at)
                                 ? learning.learner.band_at(learned_at, zone_offset(settings.zone, learned_at))
                                 : past.band_at(learned_at);
    if (!expectation) continue;
    band.lower.points.push_back({at, expectation->value - request.deviations * expectation->deviation});
    band.upper.points.push_back({at, expectation->value + request.deviations * expectation->deviation});
  }
  return band;
}

}  // namespace tocsin::detect
