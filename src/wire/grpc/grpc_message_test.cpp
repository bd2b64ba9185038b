#include "wire/grpc/grpc_message.h"

#include <gtest/gtest.h>

#include "fuzz/mutate.h"
#include "wire/http/gzip.h"

namespace tocsin::wire {
namespace {

using namespace std::chrono_literals;

std::string compressed(std::string_view text) {
  std::string out = write_grpc_message(gzip(text));
  out[0] = 1;
  return out;
}

GrpcCode code_of(std::string_view body, std::string_view encoding = "", std::size_t bytes_max = 100) {
  const auto message = read_grpc_message(body, encoding, bytes_max);
  return message ? GrpcCode::ok : message.error().code;
}

TEST(GrpcMessage, IsReadWithItsPrefix) {
  EXPECT_EQ(write_grpc_message("abc"), std::string("\0\0\0\0\3abc", 8));
  EXPECT_EQ(read_grpc_message(write_grpc_message("abc"), "", 100).value(), "abc");
  EXPECT_EQ(read_grpc_message(write_grpc_message(""), "gzip", 100).value(), "");
  EXPECT_EQ(read_grpc_message(compressed("hello"), "gzip", 100).value(), "hello");
}

TEST(GrpcMessage, WhatIsWrongWithOneIsItsStatus) {
  EXPECT_EQ(code_of(""), GrpcCode::internal);
  EXPECT_EQ(code_of(write_grpc_message("abc").substr(0, 6)), GrpcCode::internal);
  EXPECT_EQ(code_of(write_grpc_message("abc") + write_grpc_message("abc")), GrpcCode::unimplemented) << "one message";
  EXPECT_EQ(code_of(write_grpc_message(std::string(101, 'x'))), GrpcCode::resource_exhausted);
  EXPECT_EQ(code_of(compressed(std::string(101, 'x')), "gzip"), GrpcCode::resource_exhausted) << "inflates to more";
  EXPECT_EQ(code_of(compressed("abc"), ""), GrpcCode::internal);
  EXPECT_EQ(code_of(compressed("abc"), "zstd"), GrpcCode::unimplemented);
  EXPECT_EQ(code_of(std::string("\1\0\0\0\3abc", 8), "gzip"), GrpcCode::internal) << "no gzip";
  EXPECT_EQ(code_of(std::string("\2\0\0\0\0", 5)), GrpcCode::internal);
}

TEST(GrpcTimeout, HasAUnit) {
  EXPECT_EQ(parse_grpc_timeout("10S"), 10s);
  EXPECT_EQ(parse_grpc_timeout("250m"), 250ms);
  EXPECT_EQ(parse_grpc_timeout("1u"), 1us);
  EXPECT_EQ(parse_grpc_timeout("99999999H"), 1h);
  for (const char* text : {"", "S", "10", "-1S", "10s", "123456789S", "1 S"}) EXPECT_FALSE(parse_grpc_timeout(text)) << text;
}

TEST(GrpcStatus, FollowsTheAnswerOverHttp) {
  HttpResponse refused{.status = 401, .body = std::string("\x12\x04") + "no: "};
  EXPECT_EQ(grpc_status_of(refused), (GrpcStatus{GrpcCode::unauthenticated, "no: "}));
  EXPECT_EQ(grpc_status_of({.status = 400, .body = "\x12"}).code, GrpcCode::invalid_argument);
  EXPECT_EQ(grpc_status_of({.status = 403}).code, GrpcCode::permission_denied);
  EXPECT_EQ(grpc_status_of({.status = 503}).code, GrpcCode::unavailable) << "which senders try again";
  EXPECT_EQ(grpc_status_of({.status = 500}).code, GrpcCode::internal);
  EXPECT_EQ(grpc_status_of({.status = 200}).code, GrpcCode::ok);
  EXPECT_EQ(encode_grpc_message("50 % für\n"), "50 %25 f%C3%BCr%0A");
}

TEST(GrpcMethod, IsAPathOfOtlp) {
  EXPECT_EQ(otlp_path_of("/opentelemetry.proto.collector.logs.v1.LogsService/Export"), "/v1/logs");
  EXPECT_EQ(otlp_path_of("/opentelemetry.proto.collector.logs.v1.LogsService/Import"), "");
}

TEST(GrpcMessageFuzz, NeverCrashes) {
  fuzz::mutate({write_grpc_message("abc"), compressed("hello hello hello")}, {std::string("\1\0\0\0", 4), "\xff\xff"}, 3000,
               [](std::string_view body) {
                 (void)read_grpc_message(body, "gzip", 1000);
                 (void)grpc_status_of({.status = 400, .body = std::string(body)});
                 (void)parse_grpc_timeout(body);
                 (void)encode_grpc_message(body);
               });
}

}  // namespace
}  // namespace tocsin::wire
