#include "diagnose/trace_map/map_evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text_time.h"
#include "diagnose/investigations/gather_in_unit.h"
#include "diagnose/trace_map/trace_graph.h"

namespace tocsin::diagnose {
namespace {
using namespace std::chrono_literals;

constexpr Duration looked_at = 5min;
constexpr std::size_t traces_max = 300;
constexpr std::size_t calls_in_summary = 8;

struct Call {
  const GraphNode *from, *to;
  const GraphEdge* edge;

  double fault_percent() const {
    return edge->calls.total() > 0 ? 100.0 * static_cast<double>(edge->calls.faults) / static_cast<double>(edge->calls.total()) : 0;
  }
  double mean_ms() const {
    return edge->calls.total() > 0 ? 1000 * edge->calls.response_s_sum / static_cast<double>(edge->calls.total()) : 0;
  }
};

// the worst first
std::vector<Call> calls_of(const std::vector<GraphNode>& nodes) {
  std::vector<Call> calls;
  for (const GraphNode& node : nodes)
    for (const auto& [to, edge] : node.edges) calls.push_back({&node, &nodes[static_cast<std::size_t>(to)], &edge});
  std::ranges::stable_sort(calls, [](const Call& a, const Call& b) {
    return std::pair(a.fault_percent(), a.mean_ms()) > std::pair(b.fault_percent(), b.mean_ms());
  });
  return calls;
}

std::string shown_name(const GraphNode& node) { return node.key.type == client_type ? "clients" : node.key.name; }

std::string describe(const std::vector<Call>& calls, std::size_t traces) {
  std::string out = fmt::format("{} traces:", traces);
  for (std::size_t i = 0; i < calls.size() && i < calls_in_summary; ++i)
    out += fmt::format("{} {} → {} ({} calls, {:.0f} % faults, {:.0f} ms)", i ? "," : "", shown_name(*calls[i].from),
                       shown_name(*calls[i].to), calls[i].edge->calls.total(), calls[i].fault_percent(), calls[i].mean_ms());
  if (calls.size() > calls_in_summary) out += fmt::format(", and {} more", calls.size() - calls_in_summary);
  return out + ".";
}

Document to_document(const std::vector<GraphNode>& nodes, const std::vector<Call>& calls) {
  Array services, edges;
  for (const GraphNode& node : nodes)
    if (node.key.type != client_type)
      services.push_back(Object{{"name", node.key.name},
                                {"type", node.key.type},
                                {"root", node.root},
                                {"requests", node.own.total()},
                                {"faults", node.own.faults}});
  for (const Call& call : calls)
    edges.push_back(Object{{"from", shown_name(*call.from)},
                           {"to", shown_name(*call.to)},
                           {"calls", call.edge->calls.total()},
                           {"faults", call.edge->calls.faults},
                           {"meanMs", call.mean_ms()}});
  return Object{{"services", std::move(services)}, {"calls", std::move(edges)}};
}

}  // namespace

void MapEvidence::gather(const Request& request, Done done) {
  gather_in_unit(
      state_, [this, request] { return look(request); }, std::move(done));
}

std::vector<incidents::Evidence> MapEvidence::look(const Request& request) {
  const Instant from = request.opened - looked_at, to = state_.now();
  const auto page =
      traces_.find(request.scope, {.from = from, .to = to, .by = telemetry::TraceTime::of_event, .after = {}, .count_max = traces_max});
  if (page.traces.empty()) return {};
  TraceGraph graph;
  for (const telemetry::FoundTrace& trace : page.traces) graph.add(assemble_trace(trace.trace_id, trace.texts));
  const std::vector<Call> calls = calls_of(graph.nodes());
  return {{.id = {},
           .kind = "trace_map",
           .title = "Trace map",
           .summary = describe(calls, page.traces.size()),
           .query = Object{{"service", "xray"},
                           {"operation", "GetServiceGraph"},
                           {"parameters", Object{{"StartTime", to_rfc3339(from)}, {"EndTime", to_rfc3339(to)}}}},
           .result = to_document(graph.nodes(), calls),
           .resource = {},
           .happened = std::nullopt,
           .gathered = {}}};
}

}  // namespace tocsin::diagnose
