// One trace, put together from its documents: subsegments that were sent by themselves stand in their parents, and downstream services that
// send nothing are inferred from the subsegments that called them. Pure.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-inferred
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/document.h"

namespace tocsin::diagnose {

/// A segment or a subsegment. Times are seconds since 1970.
struct TraceEntity {
  std::string id, parent_id;
  std::string name;
  std::string space;  ///< namespace: "aws", "remote" or ""
  double start = 0, end = 0;
  bool in_progress = false;
  bool error = false, throttle = false, fault = false;
  bool traced = false;               ///< http.request.traced: what it called sends a segment of its own
  const Object* document = nullptr;  ///< lives as long as the trace
  std::vector<TraceEntity> children;

  bool ok() const { return !error && !throttle && !fault; }
  double seconds() const { return end - start; }
};

struct TraceSegment {
  TraceEntity entity;
  std::string type;  ///< origin: "AWS::EC2::Instance"; "" when it has none
  std::string account;
  bool inferred = false;
  std::size_t caller = none;          ///< index of the segment that called it
  const TraceEntity* call = nullptr;  ///< the caller's subsegment, when it is one
  static constexpr std::size_t none = ~std::size_t{0};

  bool is_root() const { return entity.parent_id.empty(); }
};

struct Trace {
  std::string id;
  std::vector<TraceSegment> segments;  ///< by start; not moved once built, as calls point into them
  bool partial = false;                ///< something is in progress or has not arrived
  double start = 0, end = 0;
  std::int64_t document_count = 0;

  double seconds() const { return end - start; }
  /// The first segment without parent, or nullptr.
  const TraceSegment* root() const;

 private:
  friend Trace assemble_trace(std::string id, const std::vector<std::string>& documents);
  std::vector<std::unique_ptr<Document>> documents_;
};

/// `documents`: JSON texts as they were taken. Of a trace without documents no segments.
Trace assemble_trace(std::string id, const std::vector<std::string>& documents);

/// `visit` is told of the entity and all below it.
template <typename Visit>
void each_entity(const TraceEntity& entity, const Visit& visit) {
  visit(entity);
  for (const TraceEntity& child : entity.children) each_entity(child, visit);
}

}  // namespace tocsin::diagnose
