// IAM and STS over their stores in memory, asked as a caller would.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/iam/service.h"
#include "api/sts/service.h"
#include "base/encoding.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::api::iam_world {

inline constexpr const char* account = "111122223333";
inline constexpr const char* allow_publish =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sns:Publish","Resource":"*"}})";
inline constexpr const char* trust_account =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}})";

struct World {
  ManualClock clock{instant_from_ms(1'760'000'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{17};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  access::SecretBox box{std::string(32, 'k'), random};
  access::AccessKeyStore keys{state, box, random};
  access::SessionStore sessions{state, box, random};
  access::IdentityStore identities{state, random};
  access::PolicyStore policies{state, random};
  access::LoginProfileStore login_profiles{state, random};
  access::AccountSettings accounts{state};
  access::MfaDeviceStore mfa_devices{state, box, random};
  access::IdentityProviderStore identity_providers{state};
  access::Authorizer authorizer{state, identities, policies, sessions};
  access::RoleAssumption roles{identities, sessions, authorizer};
  Principal caller{.kind = PrincipalKind::root, .account = account, .arn = "arn:aws:iam::111122223333:root", .principal_id = account};
  std::map<std::string, Handle> operations;
  std::map<std::string, HandleLater> later_operations;
  std::map<std::string, std::string> web;  ///< what is found at a URL

  void add(Operation& operation) {
    if (const auto* handle = std::get_if<Handle>(&operation.handle)) operations[operation.name] = *handle;
    if (const auto* handle = std::get_if<HandleLater>(&operation.handle)) later_operations[operation.name] = *handle;
  }
  void fetched(const std::string& url, std::function<void(Result<std::string>)> done) {
    const auto found = web.find(url);
    if (found == web.end()) return done(fail(ErrorKind::unavailable, "nobody answers"));
    done(found->second);
  }

  World() {
    EXPECT_TRUE(keys.migrate() && sessions.migrate() && identities.migrate() && policies.migrate() && login_profiles.migrate() &&
                accounts.migrate() && mfa_devices.migrate() && identity_providers.migrate());
    const ListTokens tokens{[](const Call&, std::string_view key) { return "sealed:" + std::string(key); },
                            [](const Call&, std::string_view token) {
                              return token.starts_with("sealed:") ? std::optional<std::string>(token.substr(7)) : std::nullopt;
                            }};
    for (Service service : {make_iam_service({identities, policies, keys, authorizer, tokens, login_profiles, accounts, mfa_devices, identity_providers}),
                            make_sts_service({keys, sessions, policies, roles, mfa_devices, identity_providers, state, box,
                                               [this](const std::string& url, const std::vector<std::string>&, std::function<void(Result<std::string>)> done) { fetched(url, std::move(done)); }})})
      for (Operation& operation : service.operations) add(operation);
  }

  Reply ask(const std::string& operation, const Document& input = Object{}, const std::string& in_account = account) {
    Reply reply;
    if (later_operations.contains(operation)) {
      later_operations.at(operation)({.service = "sts", .operation = operation, .input = input, .principal = caller, .scope = {in_account, "us-east-1"}, .now = clock.now()},
                                     [&](Reply answered) { reply = std::move(answered); });
      executor.run_ready();
      return reply;
    }
    state.submit([&]() -> Result<void> {
      reply = operations.at(operation)({.service = "iam",
                                        .operation = operation,
                                        .input = input,
                                        .principal = caller,
                                        .scope = {in_account, "us-east-1"},
                                        .now = clock.now()});
      return {};
    });
    executor.run_ready();
    return reply;
  }
  /// What was answered, which must not be a refusal.
  Document done(const std::string& operation, const Document& input = Object{}) {
    Reply reply = ask(operation, input);
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().code + ' ' + reply.error().message);
    return reply ? *reply : Document();
  }
  std::string refused(const std::string& operation, const Document& input = Object{}) {
    const Reply reply = ask(operation, input);
    return reply ? "" : reply.error().code + ": " + reply.error().message;
  }
};

inline Object user_named(const char* name) { return {{"UserName", name}}; }

}  // namespace tocsin::api::iam_world
