#include "wire/otlp/otlp.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "fuzz/mutate.h"

namespace tocsin::wire::otlp {
namespace {

// As the specification's examples/trace.json has it, cut down.
const std::string trace_json = R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"payments"}}]},
 "scopeSpans":[{"scope":{"name":"lib"},"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","parentSpanId":"EEE19B7EC3C1B173",
 "name":"POST /charges","startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000","kind":2,
 "attributes":[{"key":"http.response.status_code","value":{"intValue":"500"}}],"status":{"code":2,"message":"pool"},"somethingNew":1}]}]}]})";

TEST(OtlpTraces, JsonIsReadWithHexIds) {
  const auto traces = parse_traces(trace_json, Encoding::json);
  ASSERT_TRUE(traces) << traces.error().message;
  const Span& span = traces->at(0).spans.at(0);
  EXPECT_EQ(span.trace_id, "5b8efff798038103d269b633813fc60c");
  EXPECT_EQ(span.span_id, "eee19b7ec3c1b174");
  EXPECT_EQ(span.parent_span_id, "eee19b7ec3c1b173");
  EXPECT_EQ(span.kind, SpanKind::server);
  EXPECT_EQ(span.status, SpanStatus::error);
  EXPECT_EQ(span.end_ns - span.start_ns, 1'000'000'000);
  EXPECT_EQ(to_json(span.attributes), R"({"http.response.status_code":500})");
  EXPECT_EQ(to_json(traces->at(0).resource.attributes), R"({"service.name":"payments"})");
}

// ResourceLogs{ScopeLogs{LogRecord{time 1 s, severity 17, body "x"}}}, written by hand from the field numbers
const std::string logs_protobuf = std::string("\x0a\x17\x12\x15\x12\x13") + std::string("\x09\x00\xca\x9a\x3b\x00\x00\x00\x00", 9) + "\x10\x11" +
                                  std::string("\x2a\x06\x0a\x04pool", 8);

TEST(OtlpLogs, ProtobufIsRead) {
  const auto logs = parse_logs(logs_protobuf, Encoding::protobuf);
  ASSERT_TRUE(logs) << logs.error().message;
  const LogRecord& record = logs->at(0).records.at(0);
  EXPECT_EQ(record.time_ns, 1'000'000'000);
  EXPECT_EQ(record.severity_number, 17);
  EXPECT_EQ(record.body, Document("pool"));
}

TEST(OtlpMetrics, HistogramAndSumKeepTheirShape) {
  const auto metrics = parse_metrics(R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[
    {"name":"requests","unit":"1","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"asInt":"5","timeUnixNano":"10"}]}},
    {"name":"latency","unit":"ms","histogram":{"aggregationTemporality":1,"dataPoints":[
      {"count":"3","sum":6.5,"bucketCounts":["1","2"],"explicitBounds":[2],"min":0.5,"timeUnixNano":"10"},{"flags":1,"timeUnixNano":"11"}]}}]}]}]})",
                                     Encoding::json);
  ASSERT_TRUE(metrics) << metrics.error().message;
  const auto& list = metrics->at(0).metrics;
  EXPECT_EQ(list[0].kind, MetricKind::sum);
  EXPECT_EQ(list[0].temporality, Temporality::cumulative);
  EXPECT_TRUE(list[0].monotonic);
  EXPECT_EQ(list[0].points.at(0).value, 5);
  ASSERT_EQ(list[1].points.size(), 1u);
  EXPECT_EQ(list[1].points[0].bucket_counts, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(list[1].points[0].min, 0.5);
  EXPECT_EQ(list[1].points[0].max, std::nullopt);
}

TEST(Otlp, RefusesBrokenBodiesAndAnswersInTheSameEncoding) {
  EXPECT_FALSE(parse_traces("\xff\xff", Encoding::protobuf));
  EXPECT_FALSE(parse_logs("{", Encoding::json));
  EXPECT_FALSE(parse_metrics(R"({"resourceMetrics":5})", Encoding::json));
  EXPECT_EQ(encoding_of("application/json; charset=utf-8"), Encoding::json);
  EXPECT_EQ(encoding_of("text/plain"), std::nullopt);
  EXPECT_EQ(export_response(Signal::traces, Encoding::protobuf), "");
  EXPECT_EQ(export_response(Signal::logs, Encoding::json), "{}");
  EXPECT_EQ(export_response(Signal::logs, Encoding::json, 2, "late"), R"({"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"late"}})");
  EXPECT_EQ(error_response(Encoding::protobuf, "no"), "\x12\x02no");
}

TEST(OtlpFuzz, NoBodyCrashesTheParsers) {
  fuzz::mutate({trace_json, logs_protobuf, "{}"}, 3000, [](std::string_view body) {
    for (const Encoding encoding : {Encoding::json, Encoding::protobuf}) {
      (void)parse_traces(body, encoding);
      (void)parse_logs(body, encoding);
      (void)parse_metrics(body, encoding);
    }
  });
}

}  // namespace
}  // namespace tocsin::wire::otlp
