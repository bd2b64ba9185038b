// Probes: each tried at its interval; so many failures in a row are an alert of source "probes" (detect/reports), the next success resolves
// it. Every try is a metric (Tocsin/Probes: Success, Duration, CertificateDaysLeft, by Probe). Threads: only on the StateExecutor.
#pragma once

#include <map>
#include <memory>

#include "detect/probes/probe.h"
#include "detect/reports/reports.h"
#include "model/self_metrics.h"

namespace tocsin::detect {

class Probes {
 public:
  /// Without `run` nothing is tried. `metrics` may be null.
  Probes(storage::StateExecutor& state, Reports& reports, SelfMetrics* metrics, RunProbe run);
  ~Probes();
  Result<void> migrate();
  /// Begins with what is kept.
  void start();

  /// What the parameter says now; nullopt when it is gone. Inside a unit. An error says what is wrong with the text, and leaves what was
  /// there.
  Result<void> on_setting(const Scope& scope, const std::string& name, const std::optional<std::string>& text);

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace tocsin::detect
