#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/traces/service_graph.h"
#include "telemetry/traces/span_metrics.h"

namespace tocsin::telemetry {
namespace {

using namespace std::chrono_literals;
using wire::otlp::ResourceSpans;
using wire::otlp::Span;
using wire::otlp::SpanKind;

Span span(SpanKind kind, std::string id, std::string parent, std::int64_t status) {
  Span made{.trace_id = "t",
            .span_id = std::move(id),
            .parent_span_id = std::move(parent),
            .name = "GET /",
            .kind = kind,
            .start_ns = 1'000'000,
            .end_ns = 26'000'000};
  made.attributes["http.response.status_code"] = status;
  made.attributes["server.address"] = "10.0.0.2";
  return made;
}

ResourceSpans spans_of(std::string_view service, std::vector<Span> list) {
  ResourceSpans spans;
  spans.resource.attributes =
      Object{{"service.name", service}, {"deployment.environment.name", "shop"}, {"host.name", std::string(service) + "-host"}};
  spans.spans = std::move(list);
  return spans;
}

TEST(SpanMetrics, AServerSpanCountsForItsServiceAndOperation) {
  const auto samples = span_samples(spans_of("payments", {span(SpanKind::server, "a", "", 503)}));
  ASSERT_EQ(samples.size(), 6u);
  EXPECT_EQ(samples[0].metric, "Latency");
  EXPECT_EQ(samples[0].value, 25.0);
  EXPECT_EQ(samples[0].dimensions, (Dimensions{{"Environment", "shop"}, {"Service", "payments"}}));
  EXPECT_EQ(samples[2].metric, "Fault");
  EXPECT_EQ(samples[2].value, 1.0);
  EXPECT_EQ(samples[1].value, 0.0);
  EXPECT_EQ(samples[3].dimensions, (Dimensions{{"Environment", "shop"}, {"Operation", "GET /"}, {"Service", "payments"}}));
}

TEST(SpanMetrics, AClientSpanCountsForTheDependencyAndAnInternalOneForNothing) {
  const auto samples = span_samples(spans_of("checkout", {span(SpanKind::client, "a", "", 404), span(SpanKind::internal, "b", "a", 500)}));
  ASSERT_EQ(samples.size(), 3u);
  EXPECT_EQ(samples[0].dimensions, (Dimensions{{"Environment", "shop"}, {"RemoteService", "10.0.0.2"}, {"Service", "checkout"}}));
  EXPECT_EQ(samples[1].value, 1.0);
  EXPECT_EQ(samples[2].value, 0.0);
}

class Graph : public testing::Test {
 protected:
  std::vector<ServiceGraph::Service> services(const Scope& scope) {
    std::vector<ServiceGraph::Service> found;
    in_unit([&] { found = graph.services(scope); });
    return found;
  }
  void in_unit(std::function<void()> work) {
    state.submit([&]() -> Result<void> {
      work();
      return {};
    });
    executor.run_ready();
  }

  ManualClock clock{instant_from_ms(1'000'000'000'000)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  ServiceGraph graph{state};
  const Scope scope{"000000000000", "eu-west-1"};
};

TEST_F(Graph, KnowsWhoCallsWhomWhicheverSpanComesFirst) {
  ASSERT_TRUE(graph.migrate());
  in_unit([&] {
    graph.observe(scope, spans_of("payments", {span(SpanKind::server, "p1", "c1", 200)}));
    graph.observe(scope, spans_of("checkout", {span(SpanKind::client, "c1", "", 200), span(SpanKind::client, "c2", "", 200)}));
    graph.observe(scope, spans_of("catalog", {span(SpanKind::server, "k1", "c2", 200)}));
  });
  const auto found = services(scope);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[1].name, "checkout");
  EXPECT_EQ(found[1].callees, (std::vector<std::string>{"catalog", "payments"}));
  EXPECT_EQ(found[1].hosts, (std::vector<std::string>{"checkout-host"}));
  EXPECT_TRUE(services({"111111111111", "eu-west-1"}).empty());
}

TEST_F(Graph, KnowsTheProcessThatWasSeenLastAndTheDataStoresThatAreCalled) {
  ASSERT_TRUE(graph.migrate());
  auto spans = spans_of("payments", {span(SpanKind::client, "d1", "", 0), span(SpanKind::client, "c1", "", 200)});
  spans.spans[0].attributes = Object{{"db.system", "postgresql"}, {"net.peer.name", "10.0.0.2"}};
  for (const std::int64_t process : {4711, 4712}) {
    spans.resource.attributes["process.pid"] = process;
    in_unit([&] { graph.observe(scope, spans); });
  }
  const auto found = services(scope);
  ASSERT_EQ(found.size(), 1u);
  ASSERT_EQ(found[0].processes.size(), 1u);
  EXPECT_EQ(found[0].processes[0].host, "payments-host");
  EXPECT_EQ(found[0].processes[0].id, 4712);
  EXPECT_EQ(found[0].dependencies, (std::vector<Dependency>{{"postgresql", "10.0.0.2"}}));
}

TEST_F(Graph, ForgetsAServiceAfterAnHour) {
  ASSERT_TRUE(graph.migrate());
  in_unit([&] { graph.observe(scope, spans_of("payments", {})); });
  executor.run_for(61min);
  EXPECT_TRUE(services(scope).empty());
  in_unit([&] { graph.observe(scope, spans_of("payments", {})); });
  EXPECT_EQ(services(scope).size(), 1u);
}

}  // namespace
}  // namespace tocsin::telemetry
