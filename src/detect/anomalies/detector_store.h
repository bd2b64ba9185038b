// The rows of anomaly detectors and of what they have learned. Only inside a unit of work, but for migrate().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "detect/anomalies/anomaly_learner.h"
#include "detect/anomalies/detector.h"
#include "storage/sql.h"

namespace tocsin::detect {

/// What was learned, and of which points: those before `learned_to`.
struct LearnedState {
  AnomalyLearner learner;
  Instant learned_to{};
};

class DetectorStore {
 public:
  explicit DetectorStore(storage::Database& database) : database_(database) {}

  Result<void> migrate();

  void put(const DetectorRecord& detector);
  void put_scored_to(const DetectorRecord& detector, Instant scored_to);
  /// What it has learned goes with it.
  void remove(const DetectorRecord& detector);
  std::optional<DetectorRecord> find(const Scope& scope, const std::string& id);
  std::optional<DetectorRecord> find_identity(const Scope& scope, const std::string& identity);
  /// In the order of ids, after the given one; all when count_max is 0.
  std::vector<DetectorRecord> list(const Scope& scope, const std::string& after_id, std::size_t count_max);
  std::vector<DetectorRecord> all();
  std::size_t count(const Scope& scope);

  void put_learned(const DetectorRecord& detector, std::int64_t period_s, const LearnedState& learned);
  std::optional<LearnedState> learned(const DetectorRecord& detector, std::int64_t period_s);
  void forget_learned(const DetectorRecord& detector);

 private:
  storage::Database& database_;
};

}  // namespace tocsin::detect
