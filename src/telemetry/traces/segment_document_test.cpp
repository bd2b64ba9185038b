#include "telemetry/traces/segment_document.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "fuzz/mutate.h"
#include "telemetry/traces/daemon_datagram.h"
#include "telemetry/traces/span_segments.h"
#include "telemetry/traces/trace_record.h"

namespace tocsin::telemetry {
namespace {

const Instant now = instant_from_ms(1'795'500'000'000);
constexpr const char* minimal =
    R"({"name":"Scorekeep","id":"70de5b6f19ff9a0a","start_time":1795499990.271,"trace_id":"1-6B0513D0-a006649127e371903a2de979","end_time":1795499990.5})";

std::string code_of(const std::string& text) {
  const auto read = read_segment(text, now);
  return read ? "" : read.error().code;
}

TEST(SegmentDocument, AMinimalOneIsTaken) {
  const auto read = read_segment(minimal, now);
  ASSERT_TRUE(read) << read.error().code;
  EXPECT_EQ(read->trace_id, "1-6b0513d0-a006649127e371903a2de979");
  EXPECT_EQ(to_ms(read->start), 1'795'499'990'271);
  EXPECT_FALSE(read->in_progress);
}

TEST(SegmentDocument, WhatIsWrongHasItsCode) {
  const auto with = [](const char* key, Document value) {
    Document document = *parse_json(minimal);
    if (value.is_null())
      document.get_object().erase(key);
    else
      document.get_object()[key] = std::move(value);
    return to_json(document);
  };
  EXPECT_EQ(code_of("{"), "ParseError");
  EXPECT_EQ(code_of("[]"), "MissingId");
  EXPECT_EQ(code_of(with("id", nullptr)), "MissingId");
  EXPECT_EQ(code_of(with("id", "xyz")), "InvalidId");
  EXPECT_EQ(code_of(with("trace_id", "1-5960082b-ab52431b496add878434aa25")), "InvalidTraceId") << "older than 30 days";
  EXPECT_EQ(code_of(with("trace_id", "2-6b0513d0-a006649127e371903a2de979")), "InvalidTraceId");
  EXPECT_EQ(code_of(with("trace_id", nullptr)), "MissingTraceId");
  EXPECT_EQ(code_of(with("name", nullptr)), "MissingName");
  EXPECT_EQ(code_of(with("name", "a<b")), "InvalidName");
  EXPECT_EQ(code_of(with("start_time", nullptr)), "MissingStartTime");
  EXPECT_EQ(code_of(with("end_time", nullptr)), "MissingEndTime");
  EXPECT_EQ(code_of(with("end_time", 5)), "InvalidEndTime");
  EXPECT_EQ(code_of(with("type", "subsegment")), "MissingParentId");
  EXPECT_EQ(code_of(with("user", Document(std::string(70000, 'x')))), "SegmentTooLarge");
}

TEST(SegmentDocument, OneInProgressNeedsNoEnd) {
  const auto read = read_segment(
      R"({"name":"a","id":"70de5b6f19ff9a0a","start_time":1795499990,"trace_id":"1-6b0513d0-a006649127e371903a2de979","in_progress":true})",
      now);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->in_progress);
}

TEST(DaemonDatagram, HasAHeaderAndADocument) {
  EXPECT_EQ(document_of_datagram("{\"format\": \"json\", \"version\": 1}\n{\"id\":1}"), "{\"id\":1}");
  EXPECT_EQ(document_of_datagram("{\"format\": \"json\", \"version\": 2}\n{}"), std::nullopt);
  EXPECT_EQ(document_of_datagram("{\"id\":1}"), std::nullopt);
  EXPECT_EQ(document_of_datagram("{\"format\": \"json\", \"version\": 1}\n"), std::nullopt);
}

TEST(SpanSegments, AServerIsASegmentAndItsCallASubsegment) {
  using wire::otlp::SpanKind;
  wire::otlp::ResourceSpans spans;
  spans.resource.attributes = Object{{"service.name", "checkout"}, {"service.version", "7"}};
  const std::string trace = "6b0513d0a006649127e371903a2de979";
  spans.spans.push_back({.trace_id = trace,
                         .span_id = "00000000000000a1",
                         .name = "POST /orders",
                         .kind = SpanKind::server,
                         .start_ns = 1'000'000'000,
                         .end_ns = 2'000'000'000,
                         .attributes = Object{{"http.request.method", "POST"},
                                              {"http.response.status_code", std::int64_t{503}},
                                              {"url.full", "http://shop/orders"},
                                              {"annotation.order", "o-1"}}});
  spans.spans.push_back({.trace_id = trace,
                         .span_id = "00000000000000a2",
                         .parent_span_id = "00000000000000a1",
                         .name = "GET",
                         .kind = SpanKind::client,
                         .start_ns = 1'100'000'000,
                         .end_ns = 1'200'000'000,
                         .attributes = Object{{"server.address", "payments"}}});
  const auto documents = segments_of(spans);
  ASSERT_EQ(documents.size(), 2u);
  const Document server = *parse_json(documents[0].text), client = *parse_json(documents[1].text);
  EXPECT_EQ(text_or(server, "trace_id"), "1-6b0513d0-a006649127e371903a2de979");
  EXPECT_EQ(text_or(server, "name"), "checkout");
  EXPECT_TRUE(truth_or(server, "fault", false));
  EXPECT_EQ(text_or(*find(find(server, "http"), "request"), "url"), "http://shop/orders");
  EXPECT_EQ(text_or(*find(server, "annotations"), "order"), "o-1");
  EXPECT_EQ(text_or(client, "type"), "subsegment");
  EXPECT_EQ(text_or(client, "namespace"), "remote");
  EXPECT_EQ(text_or(client, "name"), "payments");
  EXPECT_EQ(text_or(client, "parent_id"), "00000000000000a1");
}

TEST(SpanSegments, AClientsRootSpanStandsInASegmentOfItsService) {
  wire::otlp::ResourceSpans spans;
  spans.resource.attributes = Object{{"service.name", "cron"}};
  spans.spans.push_back({.trace_id = "6b0513d0a006649127e371903a2de979",
                         .span_id = "00000000000000a1",
                         .name = "GET",
                         .kind = wire::otlp::SpanKind::client,
                         .start_ns = 1'000'000'000,
                         .end_ns = 2'000'000'000});
  const auto documents = segments_of(spans);
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(text_or(*parse_json(documents[0].text), "name"), "cron");
  EXPECT_EQ(text_or(*parse_json(documents[1].text), "parent_id"), documents[0].id);
  EXPECT_EQ(documents[1].id, "00000000000000a1");
}

TEST(SegmentFuzz, AnythingIsTakenOrRefused) {
  fuzz::mutate({minimal, "{\"format\": \"json\", \"version\": 1}\n" + std::string(minimal)}, {"\"id\":", "1e308", "null", "\\u0000"}, 3000,
               [](std::string_view bytes) {
                 (void)read_segment(bytes, now);
                 (void)document_of_datagram(bytes);
               });
  const std::string record = encode_batch({{"1", "r"}, now, {*read_segment(minimal, now)}});
  ASSERT_TRUE(decode_trace_batch(record));
  fuzz::mutate({record}, 2000, [](std::string_view bytes) { (void)decode_trace_batch(bytes); });
}

}  // namespace
}  // namespace tocsin::telemetry
