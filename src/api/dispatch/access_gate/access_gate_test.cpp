#include "api/dispatch/access_gate/access_gate.h"

#include <gtest/gtest.h>

#include "api/dispatch/access_gate/gate_world_test.h"
#include "api/dispatch/access_gate/loopback_guard.h"

namespace tocsin::api {
namespace {

using namespace testing_world;

TEST(AccessGate, AUsersSignedRequestIsAcceptedAndATamperedOneRefused) {
  Server server;
  const auto ann = server.user_with_key("ann");
  wire::HttpRequest request = signed_by(ann, server.clock.now());
  const auto caller = server.ask(request);
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_EQ(caller->principal.arn, "arn:aws:iam::111122223333:user/ann");
  EXPECT_EQ(caller->scope, (Scope{account, "eu-west-1"}));
  request.body = "Action=DeleteTopic";
  EXPECT_EQ(server.ask(request).error().code, "SignatureDoesNotMatch");
}

TEST(AccessGate, UnknownInactiveAndMissingKeysAreRefused) {
  Server server;
  EXPECT_EQ(server.ask(signed_by({"AKIDUNKNOWN", "s", ""}, server.clock.now())).error().code, "InvalidClientTokenId");
  EXPECT_EQ(server.ask(request_to()).error().code, "MissingAuthenticationToken");
  const auto ann = server.user_with_key("ann");
  server.in_unit([&] { server.keys.set_active(account, "ann", ann.access_key_id, false); });
  EXPECT_EQ(server.ask(signed_by(ann, server.clock.now())).error().code, "InvalidClientTokenId");
}

TEST(AccessGate, KeysAreRotatedWhileTheServerRuns) {
  Server server;
  const auto old_key = server.user_with_key("ann");
  EXPECT_TRUE(server.ask(signed_by(old_key, server.clock.now())));
  access::NewAccessKey made;
  server.in_unit([&] { made = server.keys.create(account, "ann"); });
  const wire::sigv4::Credentials new_key{made.key.id, made.secret, ""};
  EXPECT_TRUE(server.ask(signed_by(new_key, server.clock.now())));
  EXPECT_TRUE(server.ask(signed_by(old_key, server.clock.now()))) << "both, until everybody has the new one";
  server.in_unit([&] { server.keys.set_active(account, "ann", old_key.access_key_id, false); });
  EXPECT_EQ(server.ask(signed_by(old_key, server.clock.now())).error().code, "InvalidClientTokenId");
  server.in_unit([&] { server.keys.remove(account, "ann", old_key.access_key_id); });
  EXPECT_EQ(server.ask(signed_by(old_key, server.clock.now())).error().code, "InvalidClientTokenId");
  EXPECT_TRUE(server.ask(signed_by(new_key, server.clock.now())));
}

TEST(AccessGate, ACredentialForAnotherServiceIsToldWhichIsRight) {
  Server server;
  const auto ann = server.user_with_key("ann");
  wire::HttpRequest request = request_to();
  wire::sigv4::sign(request, ann, "eu-west-1", "sqs", server.clock.now());
  EXPECT_EQ(server.ask(request).error().message, "Credential should be scoped to correct service: 'sns'.");
}

TEST(AccessGate, ASessionWorksWithItsTokenUntilItExpires) {
  Server server;
  access::SessionCredentials made;
  server.in_unit([&] {
    made = server.sessions.issue({.principal = {.kind = PrincipalKind::assumed_role,
                                                .account = account,
                                                .arn = "arn:aws:sts::111122223333:assumed-role/ops/night",
                                                .principal_id = "AROAX:night",
                                                .name = "ops",
                                                .session_name = "night"}});
  });
  const wire::sigv4::Credentials good{made.access_key_id, made.secret_access_key, made.session_token};
  const auto caller = server.ask(signed_by(good, server.clock.now()));
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_EQ(caller->principal.session_name, "night");
  EXPECT_EQ(caller->principal.access_key_id, made.access_key_id);
  EXPECT_EQ(server.ask(signed_by({good.access_key_id, good.secret_access_key, "wrong"}, server.clock.now())).error().code,
            "InvalidClientTokenId");
  server.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(server.ask(signed_by(good, server.clock.now())).error().code, "ExpiredToken");
}

TEST(AccessGate, ASessionOutlivesARestartOfTheServer) {
  Server server;
  access::SessionCredentials made;
  server.in_unit([&] {
    made = server.sessions.issue(
        {.principal = {.kind = PrincipalKind::host, .account = account, .arn = "arn", .name = "role", .session_name = "mi-1"}});
  });
  access::SessionStore sessions(server.state, server.box, server.random);
  access::AccessKeyStore keys(server.state, server.box, server.random);
  EXPECT_TRUE(sessions.migrate() && keys.migrate());
  AccessGate gate(server.state, keys, sessions, server.identities, server.authorizer, {});
  const auto request = signed_by({made.access_key_id, made.secret_access_key, made.session_token}, server.clock.now());
  server.in_unit([&] { EXPECT_EQ(gate.authenticate(request, "sns")->principal.session_name, "mi-1"); });
}

TEST(AccessGate, InDevAnyKeyIsRootButOnlyFromThisMachine) {
  Server server(true);
  EXPECT_EQ(server.ask(signed_by({"test", "test", ""}, server.clock.now()))->principal.arn, "arn:aws:iam::000000000000:root");
  EXPECT_EQ(server.ask(signed_by({"222233334444", "x", ""}, server.clock.now()))->scope.account, "222233334444");
  EXPECT_EQ(server.ask(request_to()).error().code, "MissingAuthenticationToken");
  wire::HttpRequest foreign = signed_by({"test", "test", ""}, server.clock.now());
  foreign.headers.add("Origin", "https://evil.example");
  EXPECT_EQ(server.ask(foreign).error().status, 403);
  foreign.headers.set("Origin", "http://localhost:4566");
  EXPECT_TRUE(server.ask(foreign));
  foreign.headers.set("Host", "192.168.1.5:4566");
  EXPECT_EQ(server.ask(foreign).error().status, 403);
}

TEST(AccessGate, InDevAKeyThatWeIssuedIsStillChecked) {
  Server server(true);
  auto ann = server.user_with_key("ann");
  EXPECT_EQ(server.ask(signed_by(ann, server.clock.now()))->principal.name, "ann");
  ann.secret_access_key = "wrong";
  EXPECT_EQ(server.ask(signed_by(ann, server.clock.now())).error().code, "SignatureDoesNotMatch");
}

TEST(LoopbackGuard, KnowsItsOwnMachine) {
  for (const char* host : {"localhost", "LOCALHOST:4566", "127.0.0.1", "127.1.2.3:80", "[::1]:4566", "s3.localhost:4566", "stream-localhost:4566", "data-localhost", "data-127.0.0.1:4566"})
    EXPECT_TRUE(is_loopback_host(host)) << host;
  for (const char* host : {"", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "127.evil", "[::2]", "127.0.0.", "data-10.0.0.1", "stream-127.evil", "other-localhost"})
    EXPECT_FALSE(is_loopback_host(host)) << host;
}

}  // namespace
}  // namespace tocsin::api
