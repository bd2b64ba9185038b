#include "wire/host_key/host_key.h"

#include <gtest/gtest.h>

namespace tocsin::wire {
namespace {

TEST(HostKey, ItsSignatureHoldsForItsTextAlone) {
  const auto key = make_host_key(), other = make_host_key();
  ASSERT_TRUE(key && other);
  const auto signature = sign_as_host(key->private_key_pem, "text");
  ASSERT_TRUE(signature);
  EXPECT_TRUE(host_signature_holds(key->public_key, "text", *signature));
  EXPECT_FALSE(host_signature_holds(key->public_key, "other text", *signature));
  EXPECT_FALSE(host_signature_holds(other->public_key, "text", *signature));
}

TEST(HostKey, RefusesWhatIsNoKey) {
  EXPECT_FALSE(is_host_public_key(""));
  EXPECT_FALSE(is_host_public_key("AAAA"));
  EXPECT_FALSE(sign_as_host("no pem", "text"));
  EXPECT_FALSE(host_signature_holds("AAAA", "text", "AAAA"));
  EXPECT_TRUE(is_host_public_key(make_host_key()->public_key));
}

}  // namespace
}  // namespace tocsin::wire
