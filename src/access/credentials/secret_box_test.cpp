#include "access/credentials/secret_box.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace tocsin::access {
namespace {

TEST(SecretBox, OpensOnlyWhatItSealedForTheSameOwner) {
  SeededRandom random{2};
  const SecretBox box(std::string(32, 'k'), random), other(std::string(32, 'x'), random);
  const std::string sealed = box.seal("secret", "AKIA1");
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_EQ(*box.open(sealed, "AKIA1"), "secret");
  EXPECT_FALSE(box.open(sealed, "AKIA2"));
  EXPECT_FALSE(other.open(sealed, "AKIA1"));
  EXPECT_FALSE(box.open("", "AKIA1"));
  std::string damaged = sealed;
  damaged[4] = damaged[4] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(box.open(damaged, "AKIA1"));
}

TEST(KeyFile, IsMadeOnceAndReadAgain) {
  const std::string path = std::filesystem::temp_directory_path() / ("tocsin-key-" + std::to_string(::getpid()));
  SystemRandom random;
  const auto made = read_or_make_key_file(path, random);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(*read_or_make_key_file(path, random), *made);
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
  std::filesystem::resize_file(path, 10);
  EXPECT_EQ(read_or_make_key_file(path, random).error().kind, ErrorKind::invalid);
  std::filesystem::remove(path);
  EXPECT_EQ(read_or_make_key_file("/nowhere/at/all", random).error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace tocsin::access
