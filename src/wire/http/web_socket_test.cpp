// Stories of web sockets on real loopback sockets: our client against our server, and raw frames against it.
#include "wire/http/web_socket.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <thread>

#include "wire/http/http_server.h"
#include "wire/http/loopback_client.h"
#include "wire/http/path_router.h"
#include "wire/http/web_socket_client.h"
#include "wire/http/web_socket_frames.h"
#include "wire/http/web_socket_url.h"
#include "wire/tls/certificate_authority.h"
#include "wire/tls/tls_context.h"

namespace tocsin::wire {
namespace {

using namespace std::chrono_literals;
using Opcode = WebSocketOpcode;

constexpr std::array<char, 4> mask = {1, 2, 3, 4};

struct NotFound final : HttpHandler {
  void handle(HttpRequest, Respond respond) override { respond({.status = 404}); }
};

// Sends everything back; "bye" closes with 4000; refuses without a token.
class EchoSocket final : public WebSocketHandler {
 public:
  void upgrade(HttpRequest request, Accept accept, Respond refuse) override {
    if (request.query == "denied") return refuse({.status = 403, .body = "no"});
    accept([this](std::shared_ptr<WebSocket> socket) {
      return WebSocketListener{.on_text =
                                   [socket](std::string payload) {
                                     if (payload == "throw") throw std::runtime_error("boom");
                                     payload == "bye" ? socket->close(4000, "bye") : socket->send_text(payload);
                                   },
                               .on_binary = [socket](std::string payload) { socket->send_binary(std::move(payload)); },
                               .on_close = [this] { ++closed; }};
    });
  }
  std::atomic<int> closed = 0;
};

// What a client saw, awaited by the test's thread.
struct Diary {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> lines;
  std::shared_ptr<WebSocket> socket;

  void write(std::string line) {
    const std::lock_guard lock(mutex);
    lines.push_back(std::move(line));
    changed.notify_all();
  }
  std::string line(std::size_t index) {
    std::unique_lock lock(mutex);
    if (!changed.wait_for(lock, 5s, [&] { return lines.size() > index; })) return "(nothing)";
    return lines[index];
  }
  WebSocketClient::OnOpen on_open() {
    return [this](std::shared_ptr<WebSocket> opened) {
      socket = std::move(opened);
      write("open");
      return WebSocketListener{.on_text = [this](std::string text) { write("text " + text); },
                               .on_binary = [this](std::string bytes) { write("binary " + std::to_string(bytes.size())); },
                               .on_close = [this] { write("closed"); }};
    };
  }
  WebSocketClient::OnFailed on_failed() {
    return [this](Error error) { write("failed " + error.message); };
  }
};

class WebSocketTest : public testing::Test {
 protected:
  HttpLimits limits{.web_socket_message_bytes_max = 200'000, .web_socket_close_timeout = 200ms, .tick = 20ms};
  SystemClock clock;
  SystemRandom random;
  NotFound not_found;
  EchoSocket echo;
  PathRouter router{not_found};
  std::shared_ptr<const TlsContext> tls;
  std::unique_ptr<HttpServer> server;

  std::uint16_t serve() {
    router.exact_web_socket("/ws", echo);
    server =
        std::make_unique<HttpServer>(HttpServerOptions{.listen = {{"127.0.0.1", 0}}, .tls = tls, .limits = limits}, clock, router, &router);
    EXPECT_TRUE(server->start());
    return server->bound()[0].port;
  }
  std::string url(const char* scheme, std::string_view target = "/ws") {
    return std::string(scheme) + "://localhost:" + std::to_string(server->bound()[0].port) + std::string(target);
  }
  static HttpResponse upgrade(LoopbackClient& client, std::string_view more = "") {
    client.send("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
                std::string(more) + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    return client.receive(true);
  }
  // the code that the server closes with after it was sent those frames
  int close_code(std::string_view frames) {
    LoopbackClient client(server->bound()[0].port);
    EXPECT_EQ(upgrade(client).status, 101);
    client.send(frames);
    const std::string head = client.receive_bytes(2);
    if (head.size() < 2 || head[0] != '\x88') return 0;
    const std::string payload = client.receive_bytes(static_cast<std::size_t>(head[1]));
    EXPECT_TRUE(client.is_closed_by_peer());
    return static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
  }
};

TEST_F(WebSocketTest, TheHandshakeIsThatOfTheRfcAndFramesComeBack) {
  LoopbackClient client(serve());
  const HttpResponse answer = upgrade(client, "Sec-WebSocket-Protocol: one, two\r\n");
  EXPECT_EQ(answer.status, 101);
  EXPECT_EQ(answer.headers.get("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(answer.headers.get("Sec-WebSocket-Protocol"), "one");
  client.send(web_socket_frame(Opcode::text, "hello", mask));
  EXPECT_EQ(client.receive_bytes(7), "\x81\x05hello");
}

TEST_F(WebSocketTest, FragmentsAreJoinedAroundAPing) {
  LoopbackClient client(serve());
  upgrade(client);
  std::string first = web_socket_frame(Opcode::text, "hel", mask), last = web_socket_frame(Opcode::continuation, "lo", mask);
  first[0] = 0x01;
  for (const char byte : first + web_socket_frame(Opcode::ping, "p", mask) + last) client.send({&byte, 1});
  EXPECT_EQ(client.receive_bytes(3), "\x8a\x01p");
  EXPECT_EQ(client.receive_bytes(7), "\x81\x05hello");
}

TEST_F(WebSocketTest, WhatTheRfcForbidsIsClosedWithItsCode) {
  serve();
  std::string fragment = web_socket_frame(Opcode::text, "a", mask), reserved = fragment, unknown = fragment;
  fragment[0] = 0x01;
  reserved[0] = '\xc1';
  unknown[0] = '\x83';
  EXPECT_EQ(close_code(web_socket_frame(Opcode::text, "unmasked")), 1002);
  EXPECT_EQ(close_code(reserved), 1002);
  EXPECT_EQ(close_code(unknown), 1002);
  EXPECT_EQ(close_code(fragment + fragment), 1002);
  EXPECT_EQ(close_code(web_socket_frame(Opcode::continuation, "a", mask)), 1002);
  EXPECT_EQ(close_code(web_socket_frame(Opcode::ping, std::string(126, 'x'), mask)), 1002);
  EXPECT_EQ(close_code(web_socket_frame(Opcode::text, "\xff\xfe", mask)), 1007);
  EXPECT_EQ(close_code(web_socket_frame(Opcode::binary, std::string(300'000, 'x'), mask)), 1009);
  EXPECT_EQ(close_code(web_socket_frame(Opcode::close, close_payload(1005, ""), mask)), 1002);
  EXPECT_EQ(close_code(web_socket_frame(Opcode::close, close_payload(1001, "away"), mask)), 1001);
  EXPECT_EQ(close_code(web_socket_frame(Opcode::close, "", mask)), 1000);
  EXPECT_EQ(close_code(web_socket_frame(Opcode::text, "bye", mask)), 4000);
  EXPECT_EQ(close_code(web_socket_frame(Opcode::text, "throw", mask)), 1011);
}

TEST_F(WebSocketTest, AHandshakeThatIsWrongIsRefused) {
  const auto port = serve();
  LoopbackClient version(port), key(port), nowhere(port);
  version.send("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n\r\n");
  EXPECT_EQ(version.receive().status, 400);
  key.send(
      "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
      "a\r\n\r\n");
  EXPECT_EQ(key.receive().status, 400);
  nowhere.send(
      "GET /no HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
      "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_EQ(nowhere.receive().status, 404);
}

TEST_F(WebSocketTest, OurClientSpeaksWithOurServer) {
  serve();
  Diary diary;
  WebSocketClient client({}, random);
  client.connect(url("ws"), {}, diary.on_open(), diary.on_failed());
  ASSERT_EQ(diary.line(0), "open");
  diary.socket->send_text("hello");
  diary.socket->send_binary(std::string(150'000, 'x'));
  EXPECT_EQ(diary.line(1), "text hello");
  EXPECT_EQ(diary.line(2), "binary 150000");
  diary.socket->send_text("bye");
  EXPECT_EQ(diary.line(3), "closed");
  for (int i = 0; i < 100 && echo.closed == 0; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(echo.closed, 1);
}

TEST_F(WebSocketTest, DroppingTheLastReferenceCloses) {
  serve();
  Diary diary;
  WebSocketClient client({}, random);
  client.connect(url("ws"), {}, diary.on_open(), diary.on_failed());
  ASSERT_EQ(diary.line(0), "open");
  diary.socket.reset();
  EXPECT_EQ(diary.line(1), "closed");
}

TEST_F(WebSocketTest, AServerThatStopsTellsItsSockets) {
  serve();
  Diary diary;
  WebSocketClient client({}, random);
  client.connect(url("ws"), {}, diary.on_open(), diary.on_failed());
  ASSERT_EQ(diary.line(0), "open");
  server->stop(2s);
  EXPECT_EQ(diary.line(1), "closed");
  EXPECT_EQ(echo.closed, 1);
}

TEST_F(WebSocketTest, APeerThatDoesNotAnswerPingsIsDropped) {
  limits.web_socket_ping_interval = 100ms;
  LoopbackClient client(serve());
  upgrade(client);
  EXPECT_EQ(client.receive_bytes(2), std::string("\x89\0", 2));
  for (int i = 0; i < 100 && echo.closed == 0; ++i) std::this_thread::sleep_for(20ms);
  EXPECT_EQ(echo.closed, 1);
}

TEST_F(WebSocketTest, APeerThatAnswersPingsStays) {
  limits.web_socket_ping_interval = 60ms;
  serve();
  Diary diary;
  WebSocketClient client({}, random);
  client.connect(url("ws"), {}, diary.on_open(), diary.on_failed());
  ASSERT_EQ(diary.line(0), "open");
  std::this_thread::sleep_for(500ms);
  diary.socket->send_text("still");
  EXPECT_EQ(diary.line(1), "text still");
}

TEST_F(WebSocketTest, AFailureToOpenIsTold) {
  serve();
  Diary diary;
  WebSocketClient client({.connect_timeout = 300ms}, random);
  client.connect(url("ws", "/ws?denied"), {}, diary.on_open(), diary.on_failed());
  EXPECT_EQ(diary.line(0), "failed the server answered HTTP/1.1 403 Forbidden");
  client.connect("ws://127.0.0.1:1/", {}, diary.on_open(), diary.on_failed());
  EXPECT_EQ(diary.line(1), "failed cannot reach 127.0.0.1:1: Connection refused");
  client.connect("ftp://x", {}, diary.on_open(), diary.on_failed());
  EXPECT_TRUE(diary.line(2).starts_with("failed 'ftp://x' is no URL"));
  Headers evil;
  evil.add("A", "b\r\nC: d");
  client.connect(url("ws"), evil, diary.on_open(), diary.on_failed());
  EXPECT_EQ(diary.line(3), "failed a header field holds a line end");
}

TEST_F(WebSocketTest, TlsAndPlainShareThePort) {
  const auto directory = std::filesystem::temp_directory_path() / ("tocsin-ws-" + std::to_string(::getpid()));
  std::filesystem::create_directories(directory);
  ASSERT_TRUE(create_tls_files(directory, {"tocsin.example"}, clock.now()));
  const TlsFiles files = tls_files(directory);
  const auto loaded = load_server_tls(files.certificate, files.key);
  ASSERT_TRUE(loaded) << loaded.error().message;
  tls = *loaded;
  serve();
  Diary secure, plain, untrusting;
  WebSocketClient client({.ca_file = files.ca_certificate}, random), stranger({}, random);
  client.connect(url("wss"), {}, secure.on_open(), secure.on_failed());
  client.connect(url("ws"), {}, plain.on_open(), plain.on_failed());
  stranger.connect(url("wss"), {}, untrusting.on_open(), untrusting.on_failed());
  ASSERT_EQ(secure.line(0), "open");
  ASSERT_EQ(plain.line(0), "open");
  secure.socket->send_binary(std::string(180'000, 'x'));
  EXPECT_EQ(secure.line(1), "binary 180000");
  EXPECT_TRUE(untrusting.line(0).ends_with("not trusted")) << untrusting.line(0);
  std::filesystem::remove_all(directory);
}

TEST_F(WebSocketTest, WithoutACertificateATlsHelloIsClosed) {
  serve();
  Diary diary;
  WebSocketClient client({}, random);
  client.connect(url("wss"), {}, diary.on_open(), diary.on_failed());
  EXPECT_TRUE(diary.line(0).starts_with("failed cannot reach"));
}

TEST(WebSocketUrlTest, IsTakenApart) {
  EXPECT_EQ(parse_web_socket_url("wss://h/p?q#f"), (WebSocketUrl{true, "h", 443, "h", "/p?q"}));
  EXPECT_EQ(parse_web_socket_url("ws://[::1]:80?x"), (WebSocketUrl{false, "::1", 80, "[::1]:80", "/?x"}));
  for (const char* wrong : {"", "h", "ws://", "ws://:1", "ws://u@h", "ws://h:0", "ws://h:x", "ws://h/ x"})
    EXPECT_FALSE(parse_web_socket_url(wrong)) << wrong;
}

}  // namespace
}  // namespace tocsin::wire
