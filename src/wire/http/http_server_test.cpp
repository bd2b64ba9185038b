// Stories of clients, well-behaved and not, against a server on real loopback sockets.
#include "wire/http/http_server.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <thread>

#include "wire/http/gzip.h"
#include "wire/http/loopback_client.h"
#include "wire/http/path_router.h"

namespace tocsin::wire {
namespace {

using namespace std::chrono_literals;

// Answers with what it was asked; /later from another thread, /never not at all.
class Echo final : public HttpHandler {
 public:
  void handle(HttpRequest request, Respond respond) override {
    ++requests;
    if (request.path == "/never") return;
    if (request.path == "/throw") throw std::runtime_error("boom");
    HttpResponse response{.body = request.method + " " + request.path + "?" + request.query + " " + request.body};
    response.headers.add("X-Peer", request.peer_address);
    response.headers.add("X-Sent-Sha256", request.sent_body_sha256);
    if (request.path == "/size") response.body = std::to_string(request.body.size());
    if (request.path == "/large") response.body = std::string(5'000'000, 'x');
    if (request.path == "/split") response.headers.add("X-Evil", "a\r\nSet-Cookie: b");
    if (request.path != "/later") return respond(std::move(response));
    later.emplace_back([respond = std::move(respond), response = std::move(response)]() mutable {
      std::this_thread::sleep_for(50ms);
      respond(std::move(response));
    });
  }
  ~Echo() override { join(); }
  void join() {
    for (std::thread& thread : later) thread.join();
    later.clear();
  }
  std::atomic<int> requests = 0;
  std::vector<std::thread> later;
};

// sanitizers keep shadows of all memory, which says nothing of ours
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool memory_is_ours = false;
#else
constexpr bool memory_is_ours = true;
#endif

long resident_kb() {
  std::ifstream statm("/proc/self/statm");
  long total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4;
}

class HttpServerTest : public testing::Test {
 protected:
  HttpLimits limits{.tick = 20ms};
  SystemClock clock;
  Echo echo;
  std::unique_ptr<HttpServer> server;

  std::uint16_t serve() {
    server = std::make_unique<HttpServer>(HttpServerOptions{.listen = {{"127.0.0.1", 0}}, .limits = limits}, clock, echo);
    const auto started = server->start();
    EXPECT_TRUE(started) << started.error().message;
    return server->bound()[0].port;
  }
  void TearDown() override {
    echo.join();
    server.reset();
  }
};

TEST_F(HttpServerTest, OneConnectionCarriesManyRequests) {
  LoopbackClient client(serve());
  EXPECT_EQ(client.get("/a?b=c").body, "GET /a?b=c ");
  EXPECT_EQ(client.get("/later").body, "GET /later? ");
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel");
  client.send("lo");
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.body, "POST /p? hello");
  EXPECT_EQ(response.headers.get("X-Peer"), "127.0.0.1");
  EXPECT_FALSE(response.headers.get("Date").empty());
  EXPECT_EQ(server->connection_count(), 1u);
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  LoopbackClient client(serve());
  client.send(
      "GET /later HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n\r\nPOST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: "
      "1\r\n\r\nz");
  EXPECT_EQ(client.receive().body, "GET /later? ");
  EXPECT_EQ(client.receive().body, "GET /2? ");
  EXPECT_EQ(client.receive().body, "POST /3? z");
}

TEST_F(HttpServerTest, ChunkedBodiesAreJoined) {
  LoopbackClient client(serve());
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.send("2\r\n");
  client.send("de\r\n0\r\nTrailer: t\r\n\r\n");
  EXPECT_EQ(client.receive().body, "POST /p? abcde");
  EXPECT_EQ(client.get("/after").body, "GET /after? ");
}

TEST_F(HttpServerTest, AClientThatExpectsContinueIsToldTo) {
  LoopbackClient client(serve());
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive(true).status, 100);
  client.send("ok");
  EXPECT_EQ(client.receive().body, "POST /p? ok");
}

TEST_F(HttpServerTest, GzipIsUndoneAndTheDigestOfWhatWasSentIsKept) {
  const std::string packed = gzip(std::string(1000, 'a'));
  LoopbackClient client(serve());
  client.send("POST /size HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(packed.size()) + "\r\n\r\n" +
              packed);
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.body, "1000");
  EXPECT_EQ(response.headers.get("X-Sent-Sha256").size(), 64u);
}

TEST_F(HttpServerTest, AGzipBombIsRefused) {
  limits.body_bytes_max = 100'000;
  const std::string packed = gzip(std::string(10'000'000, 'a'));
  LoopbackClient client(serve());
  client.send("POST /size HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(packed.size()) + "\r\n\r\n" +
              packed);
  EXPECT_EQ(client.receive().status, 413);
}

TEST_F(HttpServerTest, HeadTellsTheLengthAndSendsNoBody) {
  LoopbackClient client(serve());
  client.send("HEAD /large HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.receive(true).headers.get("Content-Length"), "5000000");
  EXPECT_EQ(client.get("/next").body, "GET /next? ");
}

TEST_F(HttpServerTest, LargeAnswersArriveWhole) {
  LoopbackClient client(serve());
  EXPECT_EQ(client.get("/large").body.size(), 5'000'000u);
}

TEST_F(HttpServerTest, OldAndClosingClientsAreClosedAfterTheAnswer) {
  const auto port = serve();
  LoopbackClient old(port);
  old.send("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.receive().body, "GET /old? ");
  EXPECT_TRUE(old.is_closed_by_peer());
  LoopbackClient closing(port);
  closing.send("GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(closing.receive().headers.get("Connection"), "close");
  EXPECT_TRUE(closing.is_closed_by_peer());
}

TEST_F(HttpServerTest, AHalfClosedClientStillGetsItsAnswer) {
  LoopbackClient client(serve());
  client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  client.end_sending();
  EXPECT_EQ(client.receive().body, "GET /later? ");
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST_F(HttpServerTest, BrokenRequestsAreRefusedWithTheRightStatus) {
  limits.header_bytes_max = 2000;
  const auto port = serve();
  const std::vector<std::pair<std::string, int>> cases = {
      {"\x01\x02\x03\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nBad header\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"GET /" + std::string(3000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
      {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(3000, 'a') + "\r\n\r\n", 431},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 400},
  };
  for (const auto& [request, status] : cases) {
    LoopbackClient client(port);
    client.send(request);
    EXPECT_EQ(client.receive().status, status) << request.substr(0, 120);
    EXPECT_TRUE(client.is_closed_by_peer()) << request.substr(0, 120);
  }
  EXPECT_EQ(LoopbackClient(port).get("/still").status, 200);
}

TEST_F(HttpServerTest, ABodyOfAHundredMegabytesIsRefusedWithoutBeingHeld) {
  const auto port = serve();
  const long before_kb = resident_kb();
  const std::string piece(1 << 20, 'x');
  LoopbackClient announced(port);
  announced.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n");
  for (int i = 0; i < 100 && announced.send(piece); ++i) {
  }
  EXPECT_EQ(announced.receive().status, 413);
  LoopbackClient polite(port);
  polite.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(polite.receive().status, 413);
  EXPECT_TRUE(resident_kb() - before_kb < 8 * 1024 || !memory_is_ours);
  EXPECT_EQ(echo.requests, 0);
}

TEST_F(HttpServerTest, AChunkedBodyThatGrowsTooLargeIsRefused) {
  limits.body_bytes_max = 100'000;
  LoopbackClient client(serve());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  for (int i = 0; i < 10 && client.send(chunk); ++i) {
  }
  EXPECT_EQ(client.receive().status, 413);
}

TEST_F(HttpServerTest, SlowClientsAreDroppedWhileOthersAreServed) {
  limits.head_timeout = limits.body_timeout = 150ms;
  const auto port = serve();
  LoopbackClient silent(port), slow_head(port), slow_body(port), good(port);
  slow_head.send("GET / HTTP/1.1\r\nHos");
  slow_body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab");
  EXPECT_EQ(good.get("/good").status, 200);
  EXPECT_EQ(slow_head.receive().status, 408);
  EXPECT_EQ(slow_body.receive().status, 408);
  EXPECT_TRUE(slow_head.is_closed_by_peer());
  EXPECT_TRUE(silent.is_closed_by_peer());
  EXPECT_EQ(good.get("/good").status, 200);
}

TEST_F(HttpServerTest, AClientThatSendsAByteNowAndThenIsDroppedToo) {
  limits.head_timeout = 200ms;
  LoopbackClient client(serve());
  bool open = true;
  for (int i = 0; i < 100 && open; ++i) {
    open = client.send("G") && !client.is_closed_by_peer(20);
    if (client.receive(true).status == 408) open = false;
  }
  EXPECT_FALSE(open);
}

TEST_F(HttpServerTest, IdleConnectionsAreClosed) {
  limits.idle_timeout = 100ms;
  LoopbackClient client(serve());
  EXPECT_EQ(client.get("/").status, 200);
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST_F(HttpServerTest, ReadersThatTakeNothingAreDropped) {
  limits.write_timeout = 150ms;
  limits.linger_timeout = 50ms;
  LoopbackClient client(serve());
  for (int i = 0; i < 4; ++i) client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  for (int i = 0; i < 200 && server->connection_count() > 0; ++i) std::this_thread::sleep_for(20ms);
  EXPECT_EQ(server->connection_count(), 0u);
}

TEST_F(HttpServerTest, TwoThousandIdleConnectionsCostLittleAndOthersAreServed) {
  rlimit descriptors{.rlim_cur = 8192, .rlim_max = 8192};
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  descriptors.rlim_max = before.rlim_max;
  if (before.rlim_cur < 8192 && setrlimit(RLIMIT_NOFILE, &descriptors) != 0) GTEST_SKIP() << "cannot open so many descriptors";
  const auto port = serve();
  const long before_kb = resident_kb();
  std::vector<std::unique_ptr<LoopbackClient>> idle;
  for (int i = 0; i < 2000; ++i) {
    idle.push_back(std::make_unique<LoopbackClient>(port));
    ASSERT_EQ(idle.back()->get("/hello").status, 200);
  }
  EXPECT_EQ(server->connection_count(), 2000u);
  const long grown_kb = resident_kb() - before_kb;
  RecordProperty("kb_of_2000_idle", static_cast<int>(grown_kb));
  std::printf("2,000 idle connections: %ld KiB with their clients\n", grown_kb);
  EXPECT_TRUE(grown_kb < 32 * 1024 || !memory_is_ours) << grown_kb;
  EXPECT_EQ(LoopbackClient(port).get("/served").status, 200);
  EXPECT_EQ(idle[1000]->get("/again").status, 200);
}

TEST_F(HttpServerTest, ConnectionsAboveTheLimitAreClosedAtOnce) {
  limits.connections_max = 2;
  const auto port = serve();
  LoopbackClient one(port), two(port);
  EXPECT_EQ(one.get("/").status, 200);
  EXPECT_EQ(two.get("/").status, 200);
  EXPECT_TRUE(LoopbackClient(port).is_closed_by_peer());
  EXPECT_EQ(one.get("/").status, 200);
}

TEST_F(HttpServerTest, AHandlerThatThrowsOrForgetsIsA500) {
  LoopbackClient client(serve());
  EXPECT_EQ(client.get("/throw").status, 500);
  EXPECT_EQ(client.get("/never").status, 500);
  EXPECT_EQ(client.get("/fine").status, 200);
}

TEST_F(HttpServerTest, AHeaderValueCannotEndTheHeader) {
  LoopbackClient client(serve());
  EXPECT_FALSE(client.get("/split").headers.has("Set-Cookie"));
}

TEST_F(HttpServerTest, StoppingFinishesWhatIsUnderWay) {
  const auto port = serve();
  LoopbackClient idle(port), busy(port);
  EXPECT_EQ(idle.get("/").status, 200);
  busy.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  while (echo.requests < 2) std::this_thread::sleep_for(1ms);
  server->stop(2s);
  const HttpResponse last = busy.receive();
  EXPECT_EQ(last.body, "GET /later? ");
  EXPECT_EQ(last.headers.get("Connection"), "close");
  EXPECT_TRUE(idle.is_closed_by_peer());
}

TEST_F(HttpServerTest, APortInUseIsSaidSo) {
  const auto port = serve();
  HttpServer second({.listen = {{"127.0.0.1", 0}, {"127.0.0.1", port}}}, clock, echo);
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message, "cannot listen on 127.0.0.1:" + std::to_string(port) + ": Address already in use");
}

TEST(PathRouterTest, ExactThenLongestPrefixThenTheDefault) {
  struct Named final : HttpHandler {
    explicit Named(std::string name) : name(std::move(name)) {}
    void handle(HttpRequest, Respond respond) override { respond({.body = name}); }
    std::string name;
  } aws("aws"), health("health"), status("status"), deeper("deeper");
  PathRouter router(aws);
  router.exact("/healthz", health);
  router.prefix("/status", status);
  router.prefix("/status/api/", deeper);
  const auto ask = [&](std::string path) {
    std::string said;
    router.handle({.path = std::move(path)}, [&](HttpResponse response) { said = response.body; });
    return said;
  };
  EXPECT_EQ(ask("/"), "aws");
  EXPECT_EQ(ask("/healthz"), "health");
  EXPECT_EQ(ask("/healthz/x"), "aws");
  EXPECT_EQ(ask("/status"), "status");
  EXPECT_EQ(ask("/status/x"), "status");
  EXPECT_EQ(ask("/statusx"), "aws");
  EXPECT_EQ(ask("/status/api/v2"), "deeper");
}

TEST(ListenAddressTest, IsReadAndWritten) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:4566"), (ListenAddress{"127.0.0.1", 4566}));
  EXPECT_EQ(parse_listen_address(":0"), (ListenAddress{"0.0.0.0", 0}));
  EXPECT_EQ(to_text(*parse_listen_address("[::1]:80")), "[::1]:80");
  for (const char* wrong : {"", "4566", "host:", "host:99999", "host:-1", "::1:80", "a:1x"})
    EXPECT_FALSE(parse_listen_address(wrong)) << wrong;
  EXPECT_TRUE(is_loopback_host("127.0.0.2"));
  EXPECT_FALSE(is_loopback_host("127.0.0.1.evil.example"));
}

}  // namespace
}  // namespace tocsin::wire
