// The map of services that traces show: a node for each service, an edge for each that calls another, with how it went. Pure.
// https://docs.aws.amazon.com/xray/latest/api/API_GetServiceGraph.html
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "diagnose/trace_map/trace.h"

namespace tocsin::diagnose {

/// Seconds, rounded: to a millisecond below one second, to a hundredth below ten, to a tenth beyond.
double histogram_value(double seconds);
using Histogram = std::map<double, std::int64_t>;

struct CallStatistics {
  std::int64_t ok = 0, throttles = 0, other_errors = 0, faults = 0;
  double response_s_sum = 0;
  Histogram response_s;

  void add(const TraceEntity& entity);
  std::int64_t total() const { return ok + throttles + other_errors + faults; }
};

struct GraphEdge {
  CallStatistics calls;
  double start = 0, end = 0;
};

struct GraphNodeKey {
  std::string name, type, account;
  auto operator<=>(const GraphNodeKey&) const = default;
};

/// The type of a node that stands for whoever calls a root.
inline constexpr const char* client_type = "client";

struct GraphNode {
  GraphNodeKey key;
  int reference = 0;
  bool root = false;   ///< requests enter here
  bool sends = false;  ///< sends segments of its own: "active", else "unknown"
  double start = 0, end = 0;
  CallStatistics own;              ///< of its segments
  std::map<int, GraphEdge> edges;  ///< by the callee's reference
};

class TraceGraph {
 public:
  /// Segments still in progress show their node, but count as nothing.
  void add(const Trace& trace);
  /// By reference.
  const std::vector<GraphNode>& nodes() const { return nodes_; }

 private:
  std::size_t node_of(const GraphNodeKey& key, const TraceEntity& seen);
  void add_edge(std::size_t from, std::size_t to, const TraceEntity& call);

  std::vector<GraphNode> nodes_;
  std::map<GraphNodeKey, std::size_t> by_key_;
};

GraphNodeKey node_key(const TraceSegment& segment);

}  // namespace tocsin::diagnose
