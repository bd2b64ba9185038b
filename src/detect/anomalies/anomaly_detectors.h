// The room of anomaly detectors: they learn from the metrics as time passes, answer ANOMALY_DETECTION_BAND, and put the anomaly score of
// each point into the metric AnomalyScore of Tocsin/Anomaly. A point that is an anomaly is an event.
// Threads: everything but start() and the constructor inside a unit of work of `state`, whose executor must be the metric store's too.
//
// Start: construct, migrate(), start(). What was learned is kept every few minutes; after a restart the points since then are learned again
// from the metrics, which gives the same.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "base/random.h"
#include "detect/anomalies/detector_store.h"
#include "model/event_envelope.h"
#include "storage/state_executor.h"
#include "telemetry/metrics/math/band_source.h"

namespace tocsin::detect {

/// PENDING_TRAINING, TRAINED_INSUFFICIENT_DATA, TRAINED.
enum class TrainingState { pending, insufficient_data, trained };
std::string_view to_text(TrainingState state);

class AnomalyDetectors final : public telemetry::BandSource {
 public:
  using AppendEvent = std::function<std::string(EventEnvelope)>;

  /// All must outlive this object.
  AnomalyDetectors(storage::StateExecutor& state, Random& random, telemetry::MetricStore& metrics, AppendEvent append_event);

  Result<void> migrate() { return store_.migrate(); }
  void start();

  /// Creates, or gives another configuration to the one of the same metric or expression, which then learns anew. Its id. `invalid` for a
  /// definition that is none, `limit_exceeded` above the quota.
  Result<std::string> put(const Scope& scope, const Document& definition);
  /// By the id, or by what it watches. `not_found`.
  Result<void> remove(const Scope& scope, const std::string& id);
  Result<void> remove(const Scope& scope, const Document& definition);
  TrainingState state_of(const DetectorRecord& detector);
  DetectorStore& store() { return store_; }

  /// A series without a detector is given one.
  Result<telemetry::Band> band(const telemetry::BandRequest& request) override;

  /// The metric that holds a detector's score.
  static telemetry::MetricId score_metric(const DetectorRecord& detector);

 private:
  class Past;
  struct Learning {
    AnomalyLearner learner;
    Instant learned_to{};
    Instant kept{};
    bool changed = false;
  };

  void plan();
  /// Units of work one after another, each with a bounded number of points, until all is learned.
  void learn_slice();
  /// False when there is more.
  bool learn_all();
  Learning& learning_of(const DetectorRecord& detector, const DetectorSettings& settings, std::int64_t period_s);
  /// Learns at most `periods_max` periods, which it takes down by as many as it looked at.
  void advance(const DetectorRecord& detector, std::int64_t period_s, Learning& learning, std::int64_t& periods_max);
  void advance(const DetectorRecord& detector, std::int64_t period_s, Learning& learning);
  void tell(DetectorRecord& detector, Instant at, double value, const JudgedPoint& judged);
  void forget(const DetectorRecord& detector);
  Result<DetectorRecord> create(const Scope& scope, const Document& definition, const std::string& identity, std::int64_t period_s);

  storage::StateExecutor& state_;
  Random& random_;
  telemetry::MetricStore& metrics_;
  AppendEvent append_event_;
  DetectorStore store_;
  std::map<std::string, std::unique_ptr<Learning>> learning_;  ///< by scope, id and period
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::detect
