// A review draft, made from what an incident collected; every line points at its evidence. Pure: the same incident gives the same draft.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "incidents/incident.h"

namespace tocsin::reviews {

/// Where a statement comes from: the journal's event, and the command that shows it.
struct Pointer {
  std::string event_id;
  std::string command;
  std::string words;  ///< when it is neither: "the datapoint of … was 18"
};

struct Line {
  Instant at;
  std::string type;
  std::string text;
  Pointer evidence;
};

/// A span between two moments, each with its evidence; `length` is absent, and `missing` says why, when one is not known.
struct ReviewMetric {
  std::string name;  ///< "Time to detect"
  std::string key;   ///< timeToDetect
  std::optional<Duration> length;
  std::string from, to;  ///< what the two moments are
  std::optional<Instant> from_at, to_at;
  Pointer from_evidence, to_evidence;
  std::string missing;
};

struct Statement {
  std::string text;
  Pointer evidence;
};

struct ActionItem {
  std::string action;
  std::string owner, due;  ///< for people to fill in
};

struct Review {
  incidents::Incident incident;
  std::string impact, detection, mitigation;
  std::vector<ReviewMetric> metrics;
  std::vector<Line> timeline;
  std::vector<Statement> factors, went_well, went_wrong, lucky;
  std::vector<ActionItem> actions;
};

struct ReviewInput {
  incidents::Incident incident;
  std::vector<incidents::TimelineEvent> timeline;
  std::vector<incidents::Evidence> evidence;
};

Review draft_review(const ReviewInput& input);
/// Detect, engage, acknowledge, mitigate, resolve, in this order.
std::vector<ReviewMetric> review_metrics(const ReviewInput& input);

std::string review_markdown(const Review& review);
Document review_json(const Review& review);

}  // namespace tocsin::reviews
