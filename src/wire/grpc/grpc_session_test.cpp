#include "wire/grpc/grpc_session.h"

#include <gtest/gtest.h>

#include "fuzz/mutate.h"
#include "wire/grpc/grpc_client_of_test.h"

namespace tocsin::wire {
namespace {

using namespace std::chrono_literals;
using Fields = GrpcClientOfTest::Fields;

class GrpcSessions : public testing::Test {
 protected:
  void talk() {
    for (int i = 0; i < 50; ++i) {
      const std::string up = client.take_output();
      if (!up.empty()) session.feed(up, now);
      const std::string down = session.take_output();
      if (!down.empty()) client.feed(down);
      if (up.empty() && down.empty()) return;
    }
  }
  GrpcClientOfTest::Answer& asked(Fields fields, std::string body) {
    const std::int32_t id = client.call(fields, std::move(body));
    talk();
    return client.answers[id];
  }
  std::string status_of(Fields fields, std::string body) { return asked(std::move(fields), std::move(body)).headers["grpc-status"]; }

  Duration now = 1s;
  std::vector<std::pair<std::int32_t, HttpRequest>> taken;
  GrpcSession session{{.message_bytes_max = 1 << 20, .connection_bytes_max = 2 << 20},
                      [this](std::int32_t stream, HttpRequest request) { taken.emplace_back(stream, std::move(request)); }};
  GrpcClientOfTest client;
};

TEST_F(GrpcSessions, ACallIsARequestOfOtlpOverHttp) {
  Fields fields = GrpcClientOfTest::export_headers();
  fields.emplace_back("authorization", "Bearer tik_1");
  auto& answer = asked(fields, write_grpc_message("spans"));
  ASSERT_EQ(taken.size(), 1u);
  const HttpRequest& request = taken[0].second;
  EXPECT_EQ(request.path, "/v1/traces");
  EXPECT_EQ(request.body, "spans");
  EXPECT_EQ(request.headers.get("Host"), "127.0.0.1:4317");
  EXPECT_EQ(request.headers.get("Authorization"), "Bearer tik_1");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/x-protobuf");
  EXPECT_FALSE(answer.ended);
  session.answer(taken[0].first, {.status = 200, .body = "partial"});
  talk();
  EXPECT_EQ(answer.headers[":status"], "200");
  EXPECT_EQ(answer.headers["content-type"], "application/grpc");
  EXPECT_EQ(answer.headers["grpc-status"], "0");
  EXPECT_EQ(answer.body, write_grpc_message("partial"));
  EXPECT_TRUE(answer.ended);
  EXPECT_EQ(session.open_streams(), 0u);
  session.answer(taken[0].first, {.status = 200});  // once more does nothing
  talk();
}

TEST_F(GrpcSessions, ARefusalIsAStatusWithWords) {
  auto& answer = asked(GrpcClientOfTest::export_headers(), write_grpc_message("spans"));
  session.answer(taken[0].first, {.status = 401, .body = std::string("\x12\x08") + "not 100%"});
  talk();
  EXPECT_EQ(answer.headers["grpc-status"], "16");
  EXPECT_EQ(answer.headers["grpc-message"], "not 100%25");
  EXPECT_EQ(answer.headers[":status"], "200");
}

TEST_F(GrpcSessions, WhatIsNoCallOfOursIsRefused) {
  EXPECT_EQ(status_of(GrpcClientOfTest::export_headers("/grpc.health.v1.Health/Check"), write_grpc_message("")), "12");
  EXPECT_EQ(status_of(GrpcClientOfTest::export_headers(), "abc"), "13");
  EXPECT_EQ(status_of(GrpcClientOfTest::export_headers(), std::string("\1\0\0\0\1x", 6)), "13");
  Fields plain = GrpcClientOfTest::export_headers();
  plain[4].second = "application/json";
  EXPECT_EQ(asked(plain, "{}").headers[":status"], "415");
  Fields get = GrpcClientOfTest::export_headers();
  get[0].second = "GET";
  EXPECT_EQ(asked(get, "").headers[":status"], "405");
  EXPECT_TRUE(taken.empty());
}

TEST_F(GrpcSessions, AMessageThatIsTooLargeIsRefusedAsItComes) {
  EXPECT_EQ(status_of(GrpcClientOfTest::export_headers(), write_grpc_message(std::string(3 << 20, 'x'))), "8");
  EXPECT_EQ(status_of(GrpcClientOfTest::export_headers(), write_grpc_message(std::string(1 << 20, 'x'))), "") << "this one is taken";
  EXPECT_EQ(taken.size(), 1u);
}

TEST_F(GrpcSessions, ManyCallsShareAConnection) {
  std::vector<std::int32_t> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(client.call(GrpcClientOfTest::export_headers(), write_grpc_message(std::to_string(i))));
  talk();
  ASSERT_EQ(taken.size(), 40u);
  for (auto at = taken.rbegin(); at != taken.rend(); ++at) session.answer(at->first, {.status = 200, .body = at->second.body});
  talk();
  for (int i = 0; i < 40; ++i) EXPECT_EQ(client.answers[ids[static_cast<std::size_t>(i)]].body, write_grpc_message(std::to_string(i)));
}

TEST_F(GrpcSessions, ADeadlineIsKept) {
  Fields fields = GrpcClientOfTest::export_headers();
  fields.emplace_back("grpc-timeout", "500m");
  auto& answer = asked(fields, write_grpc_message("spans"));
  EXPECT_EQ(session.next_deadline(), 1500ms);
  session.expire(1400ms);
  talk();
  EXPECT_FALSE(answer.ended);
  session.expire(1500ms);
  talk();
  EXPECT_EQ(answer.headers["grpc-status"], "4");
  session.answer(taken[0].first, {.status = 200});
  talk();
  EXPECT_EQ(answer.headers["grpc-status"], "4");
}

TEST_F(GrpcSessions, GoingAwayLetsWhatIsUnderWayEnd) {
  auto& answer = asked(GrpcClientOfTest::export_headers(), write_grpc_message("spans"));
  session.go_away();
  talk();
  EXPECT_TRUE(client.told_to_go);
  EXPECT_FALSE(session.over());
  session.answer(taken[0].first, {.status = 200});
  talk();
  EXPECT_EQ(answer.headers["grpc-status"], "0");
}

TEST_F(GrpcSessions, WhatIsNoHttp2EndsTheConnection) {
  EXPECT_FALSE(session.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n", now));
  EXPECT_FALSE(session.take_output().empty()) << "GOAWAY";
  EXPECT_TRUE(session.over());
}

TEST_F(GrpcSessions, HeadersWithoutEndAreNotKept) {
  Fields fields = GrpcClientOfTest::export_headers();
  for (int i = 0; i < 20; ++i) fields.emplace_back("x-" + std::to_string(i), std::string(3000, 'x'));
  const auto& answer = asked(fields, write_grpc_message("spans"));
  EXPECT_TRUE(answer.ended);
  EXPECT_TRUE(taken.empty());
}

TEST(GrpcSessionFuzz, NeverCrashes) {
  GrpcClientOfTest client;
  Fields fields = GrpcClientOfTest::export_headers();
  fields.emplace_back("grpc-timeout", "1S");
  client.call(fields, write_grpc_message("spans"));
  client.call(GrpcClientOfTest::export_headers("/nothing"), "abc");
  const std::string whole = client.take_output();
  fuzz::mutate({whole, whole.substr(24)},
               {std::string("\0\0\4\3\0\0\0\0\1\0\0\0\0", 13), std::string("\0\0\0\4\0\0\0\0\0", 9), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
               3000, [](std::string_view bytes) {
                 std::vector<std::int32_t> asked;
                 GrpcSession session({.message_bytes_max = 1000, .connection_bytes_max = 2000},
                                     [&](std::int32_t stream, HttpRequest) { asked.push_back(stream); });
                 for (std::size_t at = 0; at < bytes.size(); at += 100) {
                   if (!session.feed(bytes.substr(at, 100), Duration(at))) break;
                   for (const std::int32_t stream : asked) session.answer(stream, {.status = 200, .body = "x"});
                   (void)session.take_output();
                 }
                 session.expire(10s);
                 session.go_away();
                 (void)session.take_output();
               });
}

}  // namespace
}  // namespace tocsin::wire
