#include "api/logs/world_of_test.h"

#include <boost/json.hpp>

namespace tocsin::api::logs_test {

World::World()
    : service(make_logs_service({store, settings, targets, tails, exports, streams}, queries,
                                {[](const Call&, std::string_view key) { return "sealed:" + std::string(key); },
                                 [](const Call&, std::string_view token) {
                                   return token.starts_with("sealed:") ? std::optional<std::string>(token.substr(7)) : std::nullopt;
                                 }})) {
  EXPECT_TRUE(store.open());
  EXPECT_TRUE(metrics.open());
  EXPECT_TRUE(outbox.migrate());
  EXPECT_TRUE(queues.migrate());
  EXPECT_TRUE(settings.migrate());
  intake.start();
  outbox.start();
}

Reply World::ask(const std::string& operation, Object input, const Scope& scope) {
  Reply reply = refuse("NotImplementedException", operation);
  for (const Operation& each : service.operations) {
    if (each.name != operation) continue;
    const Call call{.service = "logs",
                    .operation = operation,
                    .input = input,
                    .principal = {.account = scope.account, .arn = "arn:aws:iam::" + scope.account + ":root"},
                    .scope = scope,
                    .now = clock.now()};
    // queries run by themselves: a test looks at them before they have
    if (operation.find("Quer") != std::string::npos) return std::get<Handle>(each.handle)(call);
    std::optional<Reply> answer;
    state.submit([&]() -> Result<void> {
      answer = std::get<Handle>(each.handle)(call);
      return *answer ? Result<void>() : fail(ErrorKind::conflict, "refused");
    });
    executor.run_ready();
    reply = *answer;
  }
  return reply;
}

Document World::done(const std::string& operation, Object input, const Scope& scope) {
  auto reply = ask(operation, std::move(input), scope);
  EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
  return reply ? *reply : Document{};
}

std::string World::refused(const std::string& operation, Object input, const Scope& scope) {
  auto reply = ask(operation, std::move(input), scope);
  EXPECT_FALSE(reply) << operation;
  return reply ? "" : reply.error().code;
}

void World::make() {
  done("CreateLogGroup", {{"logGroupName", "/shop"}});
  done("CreateLogStream", {{"logGroupName", "/shop"}, {"logStreamName", "a"}});
}

Document World::put(Array events, const char* stream) {
  return done("PutLogEvents", {{"logGroupName", "/shop"}, {"logStreamName", stream}, {"logEvents", std::move(events)}});
}

void World::unit(std::function<void()> work) {
  state.submit([&]() -> Result<void> {
    work();
    return {};
  });
  executor.run_ready();
}

void World::pass(Duration span) { executor.run_for(span); }

}  // namespace tocsin::api::logs_test
