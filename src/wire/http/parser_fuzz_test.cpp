// Fuzzes what reads bytes of strangers here: the request parser and the WebSocket frame reader. Strategy: valid inputs with random
// mutations, fed in random pieces. Invariants: no crash; a piecewise feed ends as the whole one does; nothing larger than its limit comes
// out.
#include <gtest/gtest.h>

#include "base/random.h"
#include "fuzz/input_count.h"
#include "wire/http/gzip.h"
#include "wire/http/request_parser.h"
#include "wire/http/web_socket_frames.h"

namespace tocsin::wire {
namespace {

std::string mutated(std::string bytes, SeededRandom& random) {
  for (std::uint64_t edits = random.below(4); edits > 0 && !bytes.empty(); --edits) {
    const std::size_t at = random.below(bytes.size());
    switch (random.below(4)) {
      case 0:
        bytes[at] = static_cast<char>(random.below(256));
        break;
      case 1:
        bytes.erase(at, 1 + random.below(8));
        break;
      case 2:
        bytes.insert(at, bytes.substr(random.below(bytes.size()), random.below(40)));
        break;
      default:
        bytes.insert(at, random.letters("\r\n :;,0123456789abcdefHTTP/", 1 + random.below(6)));
    }
  }
  return bytes;
}

struct Outcome {
  int refusal = 0;
  bool whole = false;
  std::string body;
  bool operator==(const Outcome&) const = default;
};

Outcome parse(std::string_view bytes, SeededRandom* pieces) {
  RequestParser parser(1000, 500);
  std::string unread;
  while (parser.refusal() == 0 && !parser.whole()) {
    std::size_t used;
    do {
      used = parser.feed(unread);
      unread.erase(0, used);
    } while (used > 0 && parser.refusal() == 0 && !parser.whole());
    if (bytes.empty() || parser.refusal() != 0 || parser.whole()) break;
    const std::size_t size = pieces ? 1 + pieces->below(30) : bytes.size();
    unread += bytes.substr(0, size);
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  Outcome outcome{parser.refusal(), parser.whole(), {}};
  if (outcome.refusal == 0 && outcome.whole) outcome.body = parser.take().body;
  return outcome;
}

TEST(RequestParserFuzz, PiecesEndAsTheWholeDoes) {
  SeededRandom random(7);
  const std::vector<std::string> seeds = {
      "GET /path?query=1 HTTP/1.1\r\nHost: localhost:4566\r\nAccept: */*\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\nhello world",
      "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\n",
      "GET http://host/p HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  };
  int whole = 0;
  for (int round = 0; round < fuzz::input_count(20'000); ++round) {
    const std::string bytes = mutated(seeds[random.below(seeds.size())], random);
    const Outcome at_once = parse(bytes, nullptr);
    const Outcome in_pieces = parse(bytes, &random);
    ASSERT_EQ(at_once.whole && at_once.refusal == 0, in_pieces.whole && in_pieces.refusal == 0) << bytes;
    ASSERT_EQ(at_once.body, in_pieces.body) << bytes;
    ASSERT_LE(at_once.body.size(), 500u);
    whole += at_once.whole;
  }
  EXPECT_GT(whole, 2000);
}

TEST(FrameReaderFuzz, PiecesEndAsTheWholeDoes) {
  SeededRandom random(8);
  const std::array<char, 4> mask = {9, 8, 7, 6};
  std::string first = web_socket_frame(WebSocketOpcode::text, "gr\xc3\xbc", mask);
  first[0] = 0x01;
  const std::string seed = first + web_socket_frame(WebSocketOpcode::ping, "p", mask) +
                           web_socket_frame(WebSocketOpcode::continuation, "\xc3\x9f e", mask) +
                           web_socket_frame(WebSocketOpcode::binary, std::string(300, 'b'), mask) +
                           web_socket_frame(WebSocketOpcode::close, close_payload(1000, "done"), mask);
  for (int round = 0; round < fuzz::input_count(20'000); ++round) {
    const std::string bytes = mutated(seed, random);
    std::string at_once, in_pieces;
    const auto note = [](std::string& into) {
      return [&into](WebSocketMessage message) {
        EXPECT_LE(message.payload.size(), 400u);
        into += std::to_string(static_cast<int>(message.opcode)) + message.payload + "|";
      };
    };
    WebSocketFrameReader whole(true, 400), pieces(true, 400);
    const auto violation = whole.feed(bytes, note(at_once));
    std::optional<WebSocketViolation> late;
    for (std::string_view left = bytes; !left.empty() && !late;) {
      const std::size_t size = std::min<std::size_t>(left.size(), 1 + random.below(50));
      late = pieces.feed(left.substr(0, size), note(in_pieces));
      left.remove_prefix(size);
    }
    ASSERT_EQ(at_once, in_pieces);
    ASSERT_EQ(violation ? violation->code : 0, late ? late->code : 0);
  }
}

TEST(GunzipFuzz, NeverCrashesNorGrowsAboveItsBound) {
  SeededRandom random(9);
  const std::string seed = gzip(random.letters("abcdef", 2000)) + gzip("second member");
  for (int round = 0; round < fuzz::input_count(5'000); ++round) {
    const auto inflated = gunzip(mutated(seed, random), 2100);
    ASSERT_LE(inflated ? inflated->size() : 0, 2100u);
  }
  EXPECT_EQ(gunzip(seed, 4000)->size(), 2013u);
}

}  // namespace
}  // namespace tocsin::wire
