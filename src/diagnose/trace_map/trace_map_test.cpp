#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "diagnose/trace_map/root_causes.h"
#include "diagnose/trace_map/trace_graph.h"

namespace tocsin::diagnose {
namespace {

// checkout calls payments, which fails on a table; a subsegment of payments came by itself
const std::vector<std::string> documents = {
    R"({"id":"00000000000000a1","trace_id":"t","name":"checkout","start_time":100.0,"end_time":101.0,"http":{"response":{"status":502}},
        "subsegments":[{"id":"00000000000000a2","name":"payments","namespace":"remote","start_time":100.1,"end_time":100.9,"fault":true}]})",
    R"({"id":"00000000000000b1","trace_id":"t","name":"payments","origin":"AWS::EC2::Instance","parent_id":"00000000000000a2","start_time":100.2,"end_time":100.8,"fault":true})",
    R"({"type":"subsegment","id":"00000000000000b2","trace_id":"t","parent_id":"00000000000000b1","name":"DynamoDB","namespace":"aws","aws":{"table_name":"orders"},
        "start_time":100.3,"end_time":100.7,"fault":true,"cause":{"exceptions":[{"id":"x","type":"Timeout","message":"too slow"}]}})"};

const GraphNode& node(const TraceGraph& graph, const std::string& name, const std::string& type) {
  for (const GraphNode& each : graph.nodes())
    if (each.key.name == name && each.key.type == type) return each;
  throw std::runtime_error("no node " + name);
}

TEST(Trace, PutsSubsegmentsIntoTheirParentsAndInfersWhatSendsNothing) {
  const Trace trace = assemble_trace("t", documents);
  ASSERT_EQ(trace.segments.size(), 3u);
  EXPECT_FALSE(trace.partial);
  EXPECT_EQ(trace.root()->entity.name, "checkout");
  EXPECT_TRUE(trace.root()->entity.fault) << "502";
  ASSERT_EQ(trace.segments[1].entity.children.size(), 1u);
  const TraceSegment& table = trace.segments[2];
  EXPECT_EQ(table.entity.name, "orders");
  EXPECT_EQ(table.type, "AWS::DynamoDB::Table");
  EXPECT_TRUE(table.inferred);
  EXPECT_EQ(table.entity.parent_id, "00000000000000b2");
  EXPECT_DOUBLE_EQ(trace.seconds(), 1.0);
}

TEST(Trace, IsPartialWhileSomethingIsMissing) {
  EXPECT_TRUE(assemble_trace("t", {R"({"id":"a","name":"n","start_time":1,"in_progress":true})"}).partial);
  EXPECT_TRUE(assemble_trace("t", {R"({"id":"a","name":"n","start_time":1,"end_time":2,"parent_id":"gone"})"}).partial);
  EXPECT_TRUE(assemble_trace("t", {R"({"id":"a","type":"subsegment","name":"n","start_time":1,"end_time":2,"parent_id":"gone"})"}).partial);
  const Trace traced = assemble_trace(
      "t",
      {R"({"id":"a","name":"n","start_time":1,"end_time":2,"subsegments":[{"id":"b","name":"m","namespace":"remote","start_time":1,"end_time":2,"http":{"request":{"traced":true}}}]})"});
  EXPECT_TRUE(traced.partial) << "the callee's own segment is still to come";
  EXPECT_EQ(traced.segments.size(), 1u);
}

TEST(Trace, WorkInsideAServiceIsNoServiceOfItsOwn) {
  const Trace trace = assemble_trace("t", {R"({"id":"a","name":"shop","start_time":1,"end_time":2,"subsegments":[{"id":"b","name":"work","namespace":"local","start_time":1,"end_time":2,
        "subsegments":[{"id":"c","name":"bank","namespace":"remote","start_time":1,"end_time":2}]}]})"});
  ASSERT_EQ(trace.segments.size(), 2u) << "as aws-xray-sdk for Python writes in_subsegment";
  EXPECT_EQ(trace.segments[1].entity.name, "bank");
}

TEST(Trace, ARingOfStraysEnds) {
  const Trace trace = assemble_trace("t", {R"({"id":"a","type":"subsegment","name":"n","start_time":1,"end_time":2,"parent_id":"b"})",
                                           R"({"id":"b","type":"subsegment","name":"m","start_time":1,"end_time":2,"parent_id":"a"})"});
  EXPECT_EQ(trace.segments.size(), 1u);
}

TEST(TraceGraph, HasANodeForEachServiceAndAnEdgeForEachCall) {
  TraceGraph graph;
  graph.add(assemble_trace("t", documents));
  graph.add(assemble_trace("t", documents));
  ASSERT_EQ(graph.nodes().size(), 4u);
  const GraphNode& checkout = node(graph, "checkout", "");
  EXPECT_TRUE(checkout.root);
  EXPECT_EQ(checkout.own.faults, 2);
  EXPECT_DOUBLE_EQ(checkout.own.response_s_sum, 2.0);
  const GraphNode& payments = node(graph, "payments", "AWS::EC2::Instance");
  ASSERT_TRUE(checkout.edges.contains(payments.reference));
  const GraphEdge& edge = checkout.edges.at(payments.reference);
  EXPECT_EQ(edge.calls.faults, 2);
  EXPECT_EQ(edge.calls.response_s, (Histogram{{0.8, 2}})) << "as the caller saw it";
  EXPECT_TRUE(node(graph, "checkout", "client").edges.contains(checkout.reference));
  EXPECT_FALSE(node(graph, "orders", "AWS::DynamoDB::Table").sends);
}

TEST(HistogramValue, IsRounded) {
  EXPECT_DOUBLE_EQ(histogram_value(0.00849), 0.008);
  EXPECT_DOUBLE_EQ(histogram_value(1.2345), 1.23);
  EXPECT_DOUBLE_EQ(histogram_value(12.345), 12.3);
}

TEST(RootCauses, LeadToTheLastEntityThatFailed) {
  const auto causes = root_causes(assemble_trace("t", documents), CauseKind::fault);
  ASSERT_EQ(causes.size(), 1u);
  ASSERT_EQ(causes[0].services.size(), 3u);
  EXPECT_EQ(causes[0].services[2].name, "orders");
  EXPECT_TRUE(causes[0].services[2].inferred);
  EXPECT_EQ(causes[0].services[1].path.back().exceptions[0].message, "too slow");
  EXPECT_TRUE(causes[0].client_impacting);
  EXPECT_TRUE(root_causes(assemble_trace("t", documents), CauseKind::error).empty());
  EXPECT_EQ(root_causes(assemble_trace("t", documents), CauseKind::response_time).size(), 1u);
}

}  // namespace
}  // namespace tocsin::diagnose
