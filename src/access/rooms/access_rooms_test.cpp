#include "access/rooms/access_rooms.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "access/identities/first_administrator.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::access {
namespace {

TEST(AccessRooms, TheFirstAdministratorMayDoEverything) {
  ManualClock clock{instant_from_ms(1'760'000'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{1};
  const auto database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  AccessRooms access(state, std::string(32, 'k'), random);
  ASSERT_TRUE(access.migrate());
  state.submit([&]() -> Result<void> {
    const auto made = create_first_administrator(access.identities, access.policies, access.keys, "111122223333", "admin");
    EXPECT_TRUE(made);
    EXPECT_EQ(*access.keys.secret_of(made->key.id), made->secret);
    const Entity user = *access.identities.find(EntityKind::user, "111122223333", "admin");
    AccessRequest request{.action = "iam:CreateUser", .resource = "*", .principal = {}, .context = {}};
    EXPECT_TRUE(
        access.authorizer
            .decide({.kind = PrincipalKind::user, .account = user.account, .arn = user.arn(), .principal_id = user.id, .name = user.name},
                    request)
            .allowed());
    EXPECT_TRUE(create_first_administrator(access.identities, access.policies, access.keys, "111122223333", "admin"));
    EXPECT_EQ(create_first_administrator(access.identities, access.policies, access.keys, "111122223333", "admin").error().kind,
              ErrorKind::limit_exceeded);
    return {};
  });
  executor.run_ready();
}

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
