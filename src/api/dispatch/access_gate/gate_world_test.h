// A gate with its stores in memory, in virtual time, and requests to hand to it.
#pragma once

#include <gtest/gtest.h>

#include "access/identities/role_assumption.h"
#include "api/dispatch/access_gate/access_gate.h"
#include "base/simulated_executor.h"
#include "base/text_time.h"
#include "storage/embedded/sqlite_database.h"
#include "wire/sigv4/signer.h"

namespace tocsin::api::testing_world {

using access::EntityKind;
inline constexpr const char* account = "111122223333";

struct Server {
  ManualClock clock{*parse_amz_date("20261124T070000Z")};
  SimulatedExecutor executor{clock};
  SeededRandom random{1};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  access::SecretBox box{std::string(32, 'k'), random};
  access::AccessKeyStore keys{state, box, random};
  access::SessionStore sessions{state, box, random};
  access::IdentityStore identities{state, random};
  access::PolicyStore policies{state, random};
  access::Authorizer authorizer{state, identities, policies, sessions};
  access::RoleAssumption roles{identities, sessions, authorizer};
  AccessGate gate;

  explicit Server(bool dev = false) : gate(state, keys, sessions, identities, authorizer, {.dev = dev}) {
    EXPECT_TRUE(keys.migrate() && sessions.migrate() && identities.migrate() && policies.migrate());
  }

  wire::sigv4::Credentials user_with_key(const std::string& name) {
    wire::sigv4::Credentials out;
    in_unit([&] {
      (void)identities.create({.kind = EntityKind::user, .account = account, .name = name});
      const auto made = keys.create(account, name);
      out = {made.key.id, made.secret, ""};
    });
    return out;
  }

  void in_unit(std::function<void()> work) {
    state.submit([&]() -> Result<void> {
      work();
      return {};
    });
    executor.run_ready();
  }

  std::expected<Caller, ServiceError> ask(const wire::HttpRequest& request) {
    std::expected<Caller, ServiceError> answer;
    in_unit([&] { answer = gate.authenticate(request, "sns"); });
    return answer;
  }
};

inline wire::HttpRequest request_to(std::string host = "127.0.0.1:4566") {
  wire::HttpRequest request{.method = "POST", .target = "/", .path = "/", .body = "Action=ListTopics"};
  request.headers.add("Host", std::move(host));
  return request;
}

inline wire::HttpRequest signed_by(const wire::sigv4::Credentials& credentials, Instant now) {
  wire::HttpRequest request = request_to();
  wire::sigv4::sign(request, credentials, "eu-west-1", "sns", now);
  return request;
}

}  // namespace tocsin::api::testing_world
