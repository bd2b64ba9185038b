// What another tool says of something that is wrong, or not any more.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace tocsin::detect {

using LabelMap = std::map<std::string, std::string>;

struct ReportedAlert {
  std::string source;  ///< who reports: "alertmanager", "grafana", "webhook.NAME", "mail", "heartbeats", "probes"
  std::string key;     ///< the same of the same alert, firing and resolved
  std::string name;
  bool firing = true;
  std::string severity;
  std::string summary;
  std::string description;
  LabelMap labels;
  LabelMap annotations;
  Instant starts_at{};                  ///< 0: now
  std::optional<Instant> ends_at;       ///< when it resolved
  std::optional<Instant> firing_until;  ///< when it counts as resolved unless it is reported again
  std::string link;                     ///< where people read more
};

/// Alertmanager's fingerprint of a label set: FNV-1a (64 bits) over the sorted names and values, each ended by 0xFF; 16 hex digits.
std::string fingerprint_of(const LabelMap& labels);
/// Fills name, severity, summary and description from labels and annotations where they are empty.
void fill_from_labels(ReportedAlert& alert);

}  // namespace tocsin::detect
