#include "diagnose/trace_map/trace_graph.h"

#include <algorithm>
#include <cmath>

namespace tocsin::diagnose {
namespace {

template <typename Ranged>
void widen(Ranged& range, const TraceEntity& seen) {
  const bool fresh = range.start == 0 && range.end == 0;
  range.start = fresh ? seen.start : std::min(range.start, seen.start);
  range.end = std::max(range.end, seen.end);
}

}  // namespace

double histogram_value(double seconds) {
  const double scale = seconds < 1 ? 1000 : seconds < 10 ? 100 : 10;
  return std::round(std::max(seconds, 0.0) * scale) / scale;
}

void CallStatistics::add(const TraceEntity& entity) {
  if (entity.in_progress) return;
  if (entity.fault)
    ++faults;
  else if (entity.throttle)
    ++throttles;
  else if (entity.error)
    ++other_errors;
  else
    ++ok;
  response_s_sum += entity.seconds();
  ++response_s[histogram_value(entity.seconds())];
}

GraphNodeKey node_key(const TraceSegment& segment) { return {segment.entity.name, segment.type, segment.account}; }

std::size_t TraceGraph::node_of(const GraphNodeKey& key, const TraceEntity& seen) {
  const auto [at, fresh] = by_key_.try_emplace(key, nodes_.size());
  if (fresh) nodes_.push_back({.key = key, .reference = static_cast<int>(nodes_.size())});
  widen(nodes_[at->second], seen);
  return at->second;
}

void TraceGraph::add_edge(std::size_t from, std::size_t to, const TraceEntity& call) {
  GraphEdge& edge = nodes_[from].edges[nodes_[to].reference];
  edge.calls.add(call);
  widen(edge, call);
}

void TraceGraph::add(const Trace& trace) {
  for (const TraceSegment& segment : trace.segments) {
    const std::size_t node = node_of(node_key(segment), segment.entity);
    nodes_[node].own.add(segment.entity);
    nodes_[node].sends |= !segment.inferred;
    if (segment.caller != TraceSegment::none) {
      const TraceSegment& caller = trace.segments[segment.caller];
      const std::size_t from = node_of(node_key(caller), caller.entity);
      add_edge(from, node, segment.call ? *segment.call : segment.entity);
    } else if (segment.is_root()) {
      nodes_[node].root = true;
      const std::size_t client = node_of({segment.entity.name, client_type, segment.account}, segment.entity);
      add_edge(client, node, segment.entity);
    }
  }
}

}  // namespace tocsin::diagnose
