// Log anomaly detectors and what they found. Threads: only on the StateExecutor; all but start() inside a unit of work.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogAnomalyDetector.html
#pragma once

#include <memory>

#include "base/random.h"
#include "model/self_metrics.h"
#include "storage/state_executor.h"
#include "telemetry/logs/log_store.h"
#include "telemetry/logs/pattern_counts/pattern_counts.h"
#include "telemetry/logs/settings/log_settings.h"

namespace tocsin::detect {

class LogAnomalies {
 public:
  /// All must outlive this object; `self_metrics` may be null.
  LogAnomalies(storage::StateExecutor& state, Random& random, telemetry::LogStore& store, telemetry::LogSettings& settings,
               telemetry::PatternCounts& counts, SelfMetrics* self_metrics);
  /// Looks from now on, every minute at the detectors whose time has come.
  void start();

  struct NewDetector {
    std::string name, frequency = "FIVE_MIN", filter_pattern;
    std::vector<telemetry::LogGroup> groups;
    std::int64_t visible_days = 21;
    std::string kms_key;
  };
  /// The id. `limit_exceeded` beyond 500, `invalid` for a filter pattern that is none.
  Result<std::string> create(const Scope& scope, const NewDetector& detector);
  std::optional<Document> find(const Scope& scope, const std::string& id);
  std::vector<telemetry::LogSetting> list(const Scope& scope, const std::string& after_id, std::size_t count_max);
  struct Change {
    std::optional<std::string> frequency, filter_pattern;
    std::optional<std::int64_t> visible_days;
    bool enabled = true;
  };
  /// `not_found`, `invalid`.
  Result<void> update(const Scope& scope, const std::string& id, const Change& change);
  /// With its anomalies. `not_found`.
  Result<void> remove(const Scope& scope, const std::string& id);

  /// Of one detector, or of all; by detector and pattern. Owner and name of a setting are the detector's id and the pattern's.
  std::vector<telemetry::LogSetting> anomalies(const Scope& scope, const std::optional<std::string>& detector,
                                               const std::string& after_owner, const std::string& after_name, std::size_t count_max);
  struct Suppression {
    std::string anomaly_id, pattern_id;  ///< one of them
    std::optional<std::int64_t> for_ms;  ///< absent: without end
    bool ends = false;                   ///< no longer suppressed
    std::optional<bool> baseline;
  };
  /// `not_found`.
  Result<void> suppress(const Scope& scope, const std::string& detector, const Suppression& suppression);

 private:
  void look_later();
  void look(const telemetry::LogSetting& detector);
  void conclude(const Scope& scope, const std::string& id, const telemetry::ChangeSpan& span,
                const std::vector<telemetry::CountedPattern>& patterns);
  void note(const telemetry::LogSetting& detector, const telemetry::CountedPattern& pattern, const telemetry::ChangeSpan& span,
            std::int64_t learned_ms, std::map<std::string, int>& found);

  storage::StateExecutor& state_;
  Random& random_;
  telemetry::LogStore& store_;
  telemetry::LogSettings& settings_;
  telemetry::PatternCounts& counts_;
  SelfMetrics* self_metrics_;
};

}  // namespace tocsin::detect
