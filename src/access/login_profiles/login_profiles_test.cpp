#include <gtest/gtest.h>

#include "access/login_profiles/login_profile_store.h"
#include "access/login_profiles/password_hash.h"
#include "access/login_profiles/password_policy.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::access {
namespace {

constexpr const char* account = "111122223333";

TEST(PasswordHash, ComparesAndTellsNothingElse) {
  SeededRandom random(3);
  const std::string hash = hash_password("Night-shift-7", random);
  EXPECT_TRUE(hash.starts_with("scrypt$15$8$1$"));
  EXPECT_EQ(hash.find("Night"), std::string::npos);
  EXPECT_TRUE(password_matches(hash, "Night-shift-7"));
  EXPECT_FALSE(password_matches(hash, "Night-shift-8"));
  EXPECT_NE(hash_password("Night-shift-7", random), hash) << "each has a salt of its own";
}

TEST(PasswordHash, KnowsTheVectorOfTheSpecification) {
  // RFC 7914 §12, the second: N = 1024, r = 8, p = 16, the first 32 bytes
  EXPECT_TRUE(password_matches("scrypt$10$8$16$4e61436c$fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162", "password"));
}

TEST(PasswordHash, WhatIsNoHashMatchesNothing) {
  for (const char* hash : {"", "scrypt", "scrypt$15$8$1$00$", "scrypt$40$8$1$00$00", "scrypt$0$8$1$00$00", "plain$15$8$1$00$00",
                           "scrypt$15$8$1$zz$00", "scrypt$$$$$"})
    EXPECT_FALSE(password_matches(hash, "")) << hash;
}

TEST(PasswordHash, MadePasswordsFulfilEveryPolicy) {
  SeededRandom random(4);
  const PasswordPolicy strict{
      .length_min = 14, .needs_symbol = true, .needs_number = true, .needs_uppercase = true, .needs_lowercase = true};
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(check_password(make_password(random), &strict, account));
}

TEST(PasswordPolicy, TheDefaultAsksForEightCharactersOfThreeKinds) {
  EXPECT_TRUE(check_password("Abcdefg1", nullptr, account));
  EXPECT_TRUE(check_password("abcdef1!", nullptr, account));
  EXPECT_FALSE(check_password("Abcdef1", nullptr, account));
  EXPECT_FALSE(check_password("abcdefg1", nullptr, account));
}

TEST(PasswordPolicy, AnAccountsOwnIsHeldAndSaysWhatIsMissing) {
  const PasswordPolicy policy{
      .length_min = 10, .needs_symbol = true, .needs_number = true, .needs_uppercase = true, .needs_lowercase = true};
  const auto fault = [&](const char* password) {
    const auto checked = check_password(password, &policy, account);
    return checked ? "" : checked.error().message;
  };
  EXPECT_EQ(fault("Ab1!"), "Password should have a minimum length of 10");
  EXPECT_EQ(fault("abcdefgh1!"), "Password should have at least one uppercase letter");
  EXPECT_EQ(fault("ABCDEFGH1!"), "Password should have at least one lowercase letter");
  EXPECT_EQ(fault("Abcdefghi!"), "Password should have at least one number");
  EXPECT_EQ(fault("Abcdefghi1"), "Password should have at least one symbol");
  EXPECT_EQ(fault("Abcdefgh1!"), "");
}

TEST(LoginProfiles, AreCreatedChangedRenamedAndRemoved) {
  ManualClock clock{instant_from_ms(1'795'500'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{5};
  const auto database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  LoginProfileStore store{state, random};
  ASSERT_TRUE(store.migrate());
  state.submit([&]() -> Result<void> {
    store.create(account, "ann", "First-one-1", true);
    LoginProfile profile = *store.find(account, "ann");
    EXPECT_TRUE(profile.must_change && password_matches(profile.hash, "First-one-1"));
    store.update(profile, "Second-one-2", false);
    profile = *store.find(account, "ann");
    EXPECT_FALSE(profile.must_change);
    EXPECT_TRUE(password_matches(profile.hash, "Second-one-2"));
    EXPECT_TRUE(was_used(profile, "First-one-1", 2));
    EXPECT_FALSE(was_used(profile, "First-one-1", 1)) << "only the present one is looked at";
    EXPECT_FALSE(was_used(profile, "Third-one-3", 24));
    store.rename_user(account, "ann", "anna");
    EXPECT_FALSE(store.find(account, "ann"));
    EXPECT_FALSE(store.find("444455556666", "anna"));
    EXPECT_EQ(store.count(account), 1u);
    EXPECT_TRUE(store.remove(account, "anna"));
    EXPECT_FALSE(store.remove(account, "anna"));
    return {};
  });
  executor.run_ready();
}

}  // namespace
}  // namespace tocsin::access
