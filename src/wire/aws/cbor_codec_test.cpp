// Vectors by hand from RFC 8949's encodings, as Smithy RPC v2 CBOR uses them.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "wire/aws/every_trait_of_test.h"

namespace tocsin::wire {
namespace {

using namespace test;

std::string hex(std::string_view text) { return from_hex(text).value(); }
std::string parsed(std::string_view body) {
  return text_of(cbor_codec().parse(route_to("Echo", Protocol::rpc_v2_cbor), cbor_call("Traits_20260101", "Echo", hex(body))));
}
std::string written(const Document& output) {
  return to_hex(cbor_codec().write(route_to("Echo", Protocol::rpc_v2_cbor), output, "rid").body);
}

TEST(CborCodec, ReadsScalars) {
  EXPECT_EQ(parsed("a16454657874"
                   "626869"),
            R"({"Text":"hi"})");
  EXPECT_EQ(parsed("a1664e756d626572"
                   "26"),
            R"({"Number":-7})");
  EXPECT_EQ(parsed("a163426967"
                   "1b7fffffffffffffff"),
            R"({"Big":9223372036854775807})");
  EXPECT_EQ(parsed("a163426967"
                   "3b7fffffffffffffff"),
            R"({"Big":-9223372036854775808})");
  EXPECT_EQ(parsed("a1645265616c"
                   "fb4004000000000000"),
            R"({"Real":2.5E0})");
  EXPECT_EQ(parsed("a1645265616c"
                   "fa40200000"),
            R"({"Real":2.5E0})");
  EXPECT_EQ(parsed("a1645265616c"
                   "f93e00"),
            R"({"Real":1.5E0})");
  EXPECT_EQ(parsed("a1645265616c"
                   "03"),
            R"({"Real":3E0})");
  EXPECT_EQ(parsed("a1655472757468"
                   "f5"),
            R"({"Truth":true})");
  EXPECT_EQ(parsed("a1654279746573"
                   "426869"),
            R"({"Bytes":"hi"})");
  EXPECT_EQ(parsed("a1664e756d626572"
                   "f94400"),
            R"({"Number":4})");
}

TEST(CborCodec, ReadsIndefiniteLengths) {
  EXPECT_EQ(parsed("bf6454657874"
                   "7f61686169ff"
                   "ff"),
            R"({"Text":"hi"})");
  EXPECT_EQ(parsed("bf654e616d6573"
                   "9f61616162ff"
                   "ff"),
            R"({"Names":["a","b"]})");
  EXPECT_EQ(parsed("bf6a41747472696275746573"
                   "bf616b6176ff"
                   "ff"),
            R"({"Attributes":{"k":"v"}})");
  EXPECT_EQ(parsed("a1654279746573"
                   "5f41684169ff"),
            R"({"Bytes":"hi"})");
}

TEST(CborCodec, ReadsMoments) {
  EXPECT_EQ(parsed("a1664d6f6d656e74"
                   "c11a6b053383"),
            R"({"Moment":)" + std::to_string(second_ns) + "}");
  EXPECT_EQ(parsed("a1664d6f6d656e74"
                   "c1fb41dac14ce0c7df3b"),
            R"({"Moment":)" + std::to_string(moment_ns) + "}");
  EXPECT_EQ(parsed("a1664d6f6d656e74"
                   "1a6b053383"),
            R"({"Moment":)" + std::to_string(second_ns) + "}");
  EXPECT_EQ(parsed("a1664d6f6d656e74"
                   "c01a6b053383"),
            "ERROR SerializationException");
}

TEST(CborCodec, ReadsCollections) {
  EXPECT_EQ(parsed("a1665468696e6773"
                   "81a26249646169"
                   "6453697a6502"),
            R"({"Things":[{"Id":"i","Size":2}]})");
  EXPECT_EQ(parsed("a1664e6573746564"
                   "a16454657874"
                   "6174"),
            R"({"Nested":{"Text":"t"}})");
}

TEST(CborCodec, SkipsUnknownMembersAndNulls) {
  EXPECT_EQ(parsed("a3"
                   "6358585a"
                   "9fa1616181c1028101ff"
                   "6454657874"
                   "f6"
                   "664e756d626572"
                   "01"),
            R"({"Number":1})");
  EXPECT_EQ(parsed("a1"
                   "6358585a"
                   "5f426162ff"),
            "{}");
  EXPECT_EQ(text_of(cbor_codec().parse(route_to("Echo", Protocol::rpc_v2_cbor), cbor_call("T", "Echo", ""))), "{}");
}

TEST(CborCodec, RefusesBrokenBodies) {
  for (const char* body :
       {"ff", "a1", "a16454657874", "80", "01", "a1016178", "bf6454657874", "a16454657874626869ff", "a1645465787461ff", "a164546578749f",
        "a16454657874a0", "a1664e756d6265726131", "a1664e756d6265721a80000000", "a1655472757468f6f6", "a1654e616d65739bffffffffffffffff",
        "bbffffffffffffffff", "a1645465787461", "a164546578747bffffffffffffffff", "1c"})
    EXPECT_EQ(parsed(body), "ERROR SerializationException") << body;
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "a1664e6573746564";
  EXPECT_EQ(parsed(deep + "a0"), "ERROR SerializationException");
  std::string unknown = "a1617a";
  for (int i = 0; i < 5000; ++i) unknown += "81";
  EXPECT_EQ(parsed(unknown + "01"), "ERROR SerializationException");
}

TEST(CborCodec, WritesEveryType) {
  EXPECT_EQ(written(json_document(R"({"Text":"hi","Number":-7,"Real":1,"Truth":false,"Bytes":"hi","NotAMember":1})")),
            "a5"
            "6454657874626869"
            "664e756d62657226"
            "645265616cfb3ff0000000000000"
            "655472757468f4"
            "654279746573426869");
  EXPECT_EQ(written(Object{{"Moment", second_ns}}),
            "a1664d6f6d656e74"
            "c11a6b053383");
  EXPECT_EQ(written(Object{{"Moment", moment_ns}}),
            "a1664d6f6d656e74"
            "c1fb41dac14ce0c7df3b");
  EXPECT_EQ(written(json_document(R"({"Names":["a"],"Attributes":{"k":"v"},"Nested":{"Renamed":"x"}})")),
            "a3"
            "654e616d6573816161"
            "6a41747472696275746573a1616b6176"
            "664e6573746564a16752656e616d65646178");
}

TEST(CborCodec, AnswersInTheProtocol) {
  auto response = cbor_codec().write(route_to("Echo", Protocol::rpc_v2_cbor), Object{}, "rid");
  EXPECT_EQ(response.headers.get("smithy-protocol"), "rpc-v2-cbor");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/cbor");
  EXPECT_EQ(to_hex(response.body), "a0");
  response = cbor_codec().write(route_to("Nothing", Protocol::rpc_v2_cbor), Object{}, "rid");
  EXPECT_EQ(response.body, "");
}

TEST(CborCodec, WritesErrors) {
  auto response = cbor_codec().write_error({&every_trait(), Protocol::rpc_v2_cbor, true},
                                           {"ThingNotFoundException", "m", 0, Object{{"ThingId", "t"}}}, "rid");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, hex("a3665f5f74797065"
                               "782b") +
                               "com.amazonaws.traits#ThingNotFoundException" +
                               hex("676d657373616765"
                                   "616d"
                                   "675468696e674964"
                                   "6174"));
  EXPECT_EQ(response.headers.get("x-amzn-query-error"), "ThingNotFound;Sender");
  response = cbor_codec().write_error({&every_trait(), Protocol::rpc_v2_cbor, false}, {"AccessDenied", "m", 0, {}}, "rid");
  EXPECT_EQ(response.body, hex("a2676d657373616765"
                               "616d"
                               "665f5f74797065"
                               "75") +
                               "AccessDeniedException");
}

TEST(CborCodec, EveryTypeComesBack) {
  const Document document = Object{{"Text", "é"},
                                   {"Number", -2147483647},
                                   {"Big", 1LL << 60},
                                   {"Real", 0.1},
                                   {"Truth", true},
                                   {"Bytes", "\x01\xff"},
                                   {"Moment", moment_ns},
                                   {"Names", Array{"a", ""}},
                                   {"Attributes", Object{{"k", "v"}}},
                                   {"Choice", Object{{"Right", 1}}}};
  const Route route = route_to("Echo", Protocol::rpc_v2_cbor);
  const auto back = cbor_codec().parse(route, cbor_call("T", "Echo", cbor_codec().write(route, document, "r").body));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, document);
}

}  // namespace
}  // namespace tocsin::wire
