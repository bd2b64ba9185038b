#include "base/encoding.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/ids.h"

namespace tocsin {
namespace {

TEST(Base64, VectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(to_base64(plain), encoded);
    EXPECT_EQ(from_base64(encoded), plain);
  }
}

TEST(Base64, RefusesBrokenText) {
  for (const char* text : {"Z", "Zg=", "Zg==Zg==", "Z===", "Zm9 ", "Z=m9"}) EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Percent, KeepsUnreservedAndDecodesBack) {
  EXPECT_EQ(percent_encode("a b/c~é"), "a%20b%2Fc~%C3%A9");
  EXPECT_EQ(percent_encode("/a b", true), "/a%20b");
  EXPECT_EQ(percent_decode("a%20b+c%2", true), "a b c%2");
  EXPECT_EQ(percent_decode("a+b%zz"), "a+b%zz");
}

TEST(Utf8, FollowsTheTable) {
  EXPECT_TRUE(is_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
  for (const char* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"}) EXPECT_FALSE(is_utf8(bad));
}

TEST(Digest, KnownAnswers) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Ids, HaveTheirVersionAndSortByTime) {
  SeededRandom random(7);
  const std::string v4 = make_uuid_v4(random);
  EXPECT_EQ(v4.size(), 36u);
  EXPECT_EQ(v4[14], '4');
  const std::string early = make_uuid_v7(random, instant_from_ms(1000)), late = make_uuid_v7(random, instant_from_ms(1001));
  EXPECT_EQ(early[14], '7');
  EXPECT_LT(early, late);
}

}  // namespace
}  // namespace tocsin
