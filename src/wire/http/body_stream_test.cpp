// A body that is written while it is read: chunks arrive as they are written, and the producer learns that its reader has left.
#include "wire/http/body_stream.h"

#include <gtest/gtest.h>

#include <thread>

#include "wire/http/http_server.h"
#include "wire/http/loopback_client.h"

namespace tocsin::wire {
namespace {

struct Streams final : HttpHandler {
  std::shared_ptr<BodyStream> stream = std::make_shared<BodyStream>();
  BodyStreams streams;
  void handle(HttpRequest, Respond respond) override {
    HttpResponse response;
    response.headers.add("Content-Type", "text/plain");
    response.headers.add(std::string(body_stream_field), "one");
    streams.add("one", stream);
    respond(std::move(response));
  }
};

struct Served {
  Streams streams;
  SystemClock clock;
  HttpServer server{{.listen = {{"127.0.0.1", 0}}, .streams = &streams.streams}, clock, streams, nullptr};
  Served() { EXPECT_TRUE(server.start()); }
  std::uint16_t port() { return server.bound()[0].port; }
};

TEST(BodyStream, ChunksArriveAsTheyAreWritten) {
  Served served;
  LoopbackClient client(served.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  std::string head;
  while (!head.ends_with("\r\n\r\n")) head += client.receive_bytes(1);
  EXPECT_NE(head.find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  EXPECT_EQ(head.find("body-stream"), std::string::npos);
  served.streams.stream->write("hello");
  EXPECT_EQ(client.receive_bytes(10), "5\r\nhello\r\n");
  served.streams.stream->write("once more");
  EXPECT_EQ(client.receive_bytes(14), "9\r\nonce more\r\n");
  served.streams.stream->end();
  EXPECT_EQ(client.receive_bytes(5), "0\r\n\r\n");
}

TEST(BodyStream, TheProducerLearnsThatTheReceiverHasLeft) {
  Served served;
  {
    LoopbackClient client(served.port());
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    client.receive_bytes(20);
  }
  bool there = true;
  for (int i = 0; i < 2000 && there; ++i) {
    there = served.streams.stream->write("still there?");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_FALSE(there);
}

TEST(BodyStream, AServerThatStopsDoesNotWaitForIt) {
  Served served;
  LoopbackClient client(served.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.receive_bytes(20);
  served.server.stop();
}

}  // namespace
}  // namespace tocsin::wire
