#include "access/identities/first_administrator.h"

#include <gtest/gtest.h>

#include "access/identities/authorizer.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::access {
namespace {

TEST(FirstAdministrator, TheFirstAdministratorMayDoEverything) {
  ManualClock clock{instant_from_ms(1'760'000'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{1};
  const auto database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  const SecretBox box(std::string(32, 'k'), random);
  AccessKeyStore keys(state, box, random);
  SessionStore sessions(state, box, random);
  IdentityStore identities(state, random);
  PolicyStore policies(state, random);
  Authorizer authorizer(state, identities, policies, sessions);
  ASSERT_TRUE(keys.migrate() && sessions.migrate() && identities.migrate() && policies.migrate());
  state.submit([&]() -> Result<void> {
    const auto made = create_first_administrator(identities, policies, keys, "111122223333", "admin");
    EXPECT_TRUE(made);
    EXPECT_EQ(*keys.secret_of(made->key.id), made->secret);
    const Entity user = *identities.find(EntityKind::user, "111122223333", "admin");
    AccessRequest request{.action = "iam:CreateUser", .resource = "*", .principal = {}, .context = {}};
    EXPECT_TRUE(
        authorizer
            .decide({.kind = PrincipalKind::user, .account = user.account, .arn = user.arn(), .principal_id = user.id, .name = user.name},
                    request)
            .allowed());
    EXPECT_TRUE(create_first_administrator(identities, policies, keys, "111122223333", "admin"));
    EXPECT_EQ(create_first_administrator(identities, policies, keys, "111122223333", "admin").error().kind, ErrorKind::limit_exceeded);
    return {};
  });
  executor.run_ready();
}

}  // namespace
}  // namespace tocsin::access
