// What an API destination is called with, in virtual time.
#include "events/connections/connections.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::events {
namespace {

using namespace std::chrono_literals;

class Api final : public delivery::Carrier {
 public:
  void carry(const std::string&, const Document& content, Done done) override {
    asked.push_back(content);
    delivery::CarryOutcome outcome =
        answers.empty() ? delivery::CarryOutcome{.result = delivery::CarryResult::delivered, .status = 200} : answers.front();
    if (!answers.empty()) answers.erase(answers.begin());
    done(outcome);
  }
  std::vector<Document> asked;
  std::vector<delivery::CarryOutcome> answers;
};

class ConnectionsStory : public testing::Test {
 protected:
  ConnectionsStory() { EXPECT_TRUE(connections.migrate()); }

  template <typename Work>
  auto in_unit(Work work) {
    std::optional<decltype(work())> result;
    state.submit([&]() -> Result<void> { return result.emplace(work()), Result<void>{}; });
    executor.run_ready();
    return std::move(*result);
  }

  std::string destination(const std::string& type, Object auth, std::int64_t rate = 300) {
    const auto connection = in_unit([&] {
      return connections.create({.scope = scope,
                                 .name = "c",
                                 .uuid = {},
                                 .description = {},
                                 .key_identifier = {},
                                 .authorization_type = type,
                                 .state = {},
                                 .reason = {},
                                 .shown = {},
                                 .created_at = {},
                                 .modified_at = {},
                                 .authorized_at = {}},
                                auth);
    });
    EXPECT_TRUE(connection);
    return in_unit([&] {
             return connections.create_destination({.scope = scope,
                                                    .name = "d",
                                                    .uuid = {},
                                                    .description = {},
                                                    .connection_arn = connection->arn(),
                                                    .endpoint = "https://api.example.com/*/x",
                                                    .method = "POST",
                                                    .rate_per_second = rate,
                                                    .created_at = {},
                                                    .modified_at = {}});
           })
        ->arn();
  }

  void invoke(const std::string& arn, int count = 1) {
    for (int n = 0; n < count; ++n)
      connections.invoke(
          {.delivery_id = "x" + std::to_string(n),
           .scope = scope,
           .rule_arn = {},
           .event_id = {},
           .target = *parse_arn(arn),
           .input = R"({"n":1})",
           .definition =
               Object{{"HttpParameters", Object{{"PathParameterValues", Array{"a b"}}, {"QueryStringParameters", Object{{"q", "1"}}}}}}},
          [this](Result<void> result) { results.push_back(std::move(result)); });
    executor.run_ready();
  }

  const Scope scope{"111122223333", "eu-central-1"};
  ManualClock clock{instant_from_ms(1700000000000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  Api api;
  Connections connections{state,
                          random,
                          {[](std::string_view secret, std::string_view) { return "sealed:" + std::string(secret); },
                           [](std::string_view sealed, std::string_view) { return Result<std::string>(std::string(sealed.substr(7))); }},
                          &api};
  std::vector<Result<void>> results;
};

TEST_F(ConnectionsStory, NameAndPassword) {
  const auto arn = destination(
      "BASIC",
      {{"BasicAuthParameters", Object{{"Username", "u"}, {"Password", "p"}}},
       {"InvocationHttpParameters", Object{{"BodyParameters", Array{Object{{"Key", "k"}, {"Value", "v"}, {"IsValueSecret", true}}}}}}});
  invoke(arn);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(text_or(api.asked[0], "url"), "https://api.example.com/a%20b/x?q=1");
  EXPECT_EQ(text_or(*find(api.asked[0], "headers"), "Authorization"), "Basic dTpw");
  EXPECT_EQ(text_or(api.asked[0], "body"), R"({"n":1,"k":"v"})");
  const auto shown = in_unit([&] { return connections.find(scope, "c"); });
  EXPECT_EQ(to_json(shown->shown),
            R"({"BasicAuthParameters":{"Username":"u"},"InvocationHttpParameters":{"BodyParameters":[{"Key":"k","IsValueSecret":true}]}})");
}

TEST_F(ConnectionsStory, ATokenIsAskedForOnceAndAgainWhenItIsRefused) {
  const auto arn = destination("OAUTH_CLIENT_CREDENTIALS",
                               {{"OAuthParameters", Object{{"ClientParameters", Object{{"ClientID", "id"}, {"ClientSecret", "s"}}},
                                                           {"AuthorizationEndpoint", "https://id.example.com/token"},
                                                           {"HttpMethod", "POST"}}}});
  const delivery::CarryOutcome token{
      .result = delivery::CarryResult::delivered, .status = 200, .answer = Object{{"body", R"({"access_token":"t1","expires_in":3600})"}}};
  api.answers = {token};
  invoke(arn, 1);
  executor.run_for(10ms);
  invoke(arn, 1);
  executor.run_for(10ms);
  ASSERT_EQ(api.asked.size(), 3u);
  EXPECT_EQ(text_or(api.asked[0], "body"), "grant_type=client_credentials&client_id=id&client_secret=s");
  EXPECT_EQ(text_or(*find(api.asked[2], "headers"), "Authorization"), "Bearer t1");
  EXPECT_EQ(in_unit([&] { return connections.find(scope, "c"); })->state, "AUTHORIZED");
  api.answers = {{.result = delivery::CarryResult::refused, .error = "401", .status = 401}, token};
  invoke(arn, 1);
  executor.run_for(10ms);
  EXPECT_EQ(results.back().error().kind, ErrorKind::unavailable);
  invoke(arn, 1);
  executor.run_for(10ms);
  EXPECT_TRUE(results.back());
  EXPECT_EQ(api.asked.size(), 6u);
}

TEST_F(ConnectionsStory, NoOftenerThanTheRate) {
  const auto arn = destination("API_KEY", {{"ApiKeyAuthParameters", Object{{"ApiKeyName", "X-Key"}, {"ApiKeyValue", "k"}}}}, 2);
  invoke(arn, 5);
  EXPECT_EQ(api.asked.size(), 1u);
  executor.run_for(1s);
  EXPECT_EQ(api.asked.size(), 3u);
  executor.run_for(1s);
  EXPECT_EQ(api.asked.size(), 5u);
  EXPECT_EQ(text_or(*find(api.asked[0], "headers"), "X-Key"), "k");
}

TEST_F(ConnectionsStory, FinalRefusals) {
  const auto arn = destination("API_KEY", {{"ApiKeyAuthParameters", Object{{"ApiKeyName", "X-Key"}, {"ApiKeyValue", "k"}}}});
  api.answers = {{.result = delivery::CarryResult::refused, .error = "no such thing", .status = 404}};
  invoke(arn);
  EXPECT_EQ(results[0].error().kind, ErrorKind::invalid);
  in_unit([&] { return connections.deauthorize(scope, "c"); });
  invoke(arn);
  EXPECT_EQ(results[1].error().kind, ErrorKind::denied);
  EXPECT_EQ(in_unit([&] { return connections.find(scope, "none"); }).error().message,
            "Failed to describe the connection(s). Connection 'none' does not exist.");
}

}  // namespace
}  // namespace tocsin::events
