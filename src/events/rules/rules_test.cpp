// What a user sets up and then sees in queues, in virtual time.
#include "events/rules/rules.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "base/text_time.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::events {
namespace {

using namespace std::chrono_literals;

class RulesStory : public testing::Test {
 protected:
  template <typename Work>
  auto in_unit(Work work) {
    std::optional<decltype(work())> result;
    state.submit([&]() -> Result<void> { return result.emplace(work()), Result<void>{}; });
    executor.run_ready();
    return std::move(*result);
  }

  RulesStory() {
    EXPECT_TRUE(journal.migrate() && outbox.migrate() && timers.migrate() && queues.migrate() && rules.migrate());
    rules.bind("sns", [this](const TargetDelivery& delivery) -> Result<void> {
      asked.push_back(clock.now());
      inputs.push_back(delivery.input);
      return answer;
    });
    rules.start();
    outbox.start();
    timers.start();
    journal.start();
    executor.run_ready();
    queue = create_queue("q");
    dead = create_queue("dead");
  }

  std::string create_queue(const std::string& name) {
    return in_unit([&] { return queues.create(scope, name, {}, {}); })->arn();
  }
  std::vector<delivery::ReceivedMessage> receive(const std::string& arn) {
    return *in_unit([&] { return queues.receive(arn, {.count_max = 10}); });
  }
  Result<Rule> put_rule(const std::string& name, const std::string& pattern, const std::string& schedule = {},
                        const std::string& bus = default_bus) {
    return in_unit([&] { return rules.put_rule({.scope = scope, .bus = bus, .name = name, .pattern = pattern, .schedule = schedule}); });
  }
  Result<std::vector<TargetFailure>> put_target(const std::string& rule, Object target, const std::string& bus = default_bus) {
    return in_unit([&] { return rules.put_targets(scope, bus, rule, Array{std::move(target)}); });
  }
  std::string put_event(const std::string& state_word, const std::string& bus = default_bus) {
    const auto id = in_unit([&] {
      return journal.append({.scope = scope,
                             .event_time = clock.now(),
                             .source = "shop",
                             .type = "Order",
                             .detail = Object{{"state", state_word}},
                             .bus = bus});
    });
    executor.run_for(1ms);
    return id;
  }

  const Scope scope{"111122223333", "eu-central-1"};
  ManualClock clock{*parse_rfc3339("2026-03-28T12:00:00Z")};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  Journal journal{state, random};
  delivery::Outbox outbox{state, random};
  delivery::Timers timers{state};
  delivery::Queues queues{state, random, nullptr};
  Rules rules{state, random, journal, outbox, timers, queues, nullptr};
  std::string queue, dead;
  Result<void> answer;
  std::vector<Instant> asked;
  std::vector<std::string> inputs;
  const std::string topic = "arn:aws:sns:eu-central-1:111122223333:t";
};

TEST_F(RulesStory, AMatchingEventReachesAQueueThroughItsTransformer) {
  ASSERT_TRUE(put_rule("paid", R"({"source":["shop"],"detail":{"state":["paid"]}})"));
  ASSERT_TRUE(put_target("paid", {{"Id", "1"},
                                  {"Arn", queue},
                                  {"InputTransformer", Object{{"InputPathsMap", Object{{"s", "$.detail.state"}}},
                                                              {"InputTemplate", R"({"state":<s>,"by":<aws.events.rule-name>})"}}}}));
  put_event("open");
  put_event("paid");
  const auto received = receive(queue);
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0].body, R"({"state":"paid","by":"paid"})");
}

TEST_F(RulesStory, ADisabledOrChangedRuleTakesEffectWithTheNextEvent) {
  ASSERT_TRUE(put_rule("r", R"({"source":["shop"]})"));
  ASSERT_TRUE(put_target("r", {{"Id", "1"}, {"Arn", queue}}));
  put_event("a");
  EXPECT_EQ(receive(queue).size(), 1u);
  ASSERT_TRUE(in_unit([&] { return rules.set_state(scope, default_bus, "r", RuleState::disabled); }));
  put_event("b");
  EXPECT_TRUE(receive(queue).empty());
  ASSERT_TRUE(put_rule("r", R"({"detail":{"state":["c"]}})"));
  put_event("b");
  EXPECT_TRUE(receive(queue).empty());
  put_event("c");
  EXPECT_EQ(receive(queue).size(), 1u);
}

TEST_F(RulesStory, ATargetThatFailsIsTriedAgainUntilItAnswers) {
  ASSERT_TRUE(put_rule("r", R"({"source":["shop"]})"));
  ASSERT_TRUE(put_target("r", {{"Id", "1"}, {"Arn", topic}}));
  answer = fail(ErrorKind::unavailable, "busy");
  put_event("a");
  EXPECT_GE(asked.size(), 1u);
  executor.run_for(10s);
  answer = {};
  executor.run_for(1h);
  const std::size_t tries = asked.size();
  EXPECT_GE(tries, 3u);
  executor.run_for(24h);
  EXPECT_EQ(asked.size(), tries);
}

TEST_F(RulesStory, AfterItsTriesItIsInTheDeadLettersWithTheReason) {
  ASSERT_TRUE(put_rule("r", R"({"source":["shop"]})"));
  ASSERT_TRUE(put_target(
      "r",
      {{"Id", "1"}, {"Arn", topic}, {"DeadLetterConfig", Object{{"Arn", dead}}}, {"RetryPolicy", Object{{"MaximumRetryAttempts", 2}}}}));
  answer = fail(ErrorKind::limit_exceeded, "too many");
  put_event("a");
  executor.run_for(1h);
  const auto received = receive(dead);
  ASSERT_EQ(received.size(), 1u);
  const auto& attributes = received[0].attributes;
  EXPECT_EQ(asked.size(), 3u);
  EXPECT_EQ(attributes.at("RETRY_ATTEMPTS").value, "2");
  EXPECT_EQ(attributes.at("ERROR_CODE").value, "THROTTLING");
  EXPECT_EQ(attributes.at("EXHAUSTED_RETRY_CONDITION").value, "MaximumRetryAttempts");
  EXPECT_EQ(attributes.at("RULE_ARN").value, "arn:aws:events:eu-central-1:111122223333:rule/r");
  EXPECT_EQ(attributes.at("TARGET_ARN").value, topic);
}

TEST_F(RulesStory, ATargetThatDoesNotExistGoesStraightToTheDeadLetters) {
  ASSERT_TRUE(put_rule("r", R"({"source":["shop"]})"));
  ASSERT_TRUE(put_target("r", {{"Id", "1"}, {"Arn", queue + "-none"}, {"DeadLetterConfig", Object{{"Arn", dead}}}}));
  put_event("a");
  const auto received = receive(dead);
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0].attributes.at("ERROR_CODE").value, "NO_RESOURCE");
  EXPECT_EQ(received[0].attributes.at("RETRY_ATTEMPTS").value, "0");
}

TEST_F(RulesStory, ARuleMayForwardToAnotherBusButNoChainGoesOnForEver) {
  ASSERT_TRUE(in_unit([&] { return rules.create_bus({.scope = scope, .name = "orders"}); }));
  ASSERT_TRUE(put_rule("forward", R"({"source":["shop"]})"));
  ASSERT_TRUE(put_target("forward", {{"Id", "1"}, {"Arn", "arn:aws:events:eu-central-1:111122223333:event-bus/orders"}}));
  ASSERT_TRUE(put_rule("back", R"({"source":["shop"]})", "", "orders"));
  ASSERT_TRUE(put_target("back", {{"Id", "1"}, {"Arn", queue}}, "orders"));
  ASSERT_TRUE(put_target("back", {{"Id", "2"}, {"Arn", "arn:aws:events:eu-central-1:111122223333:event-bus/default"}}, "orders"));
  put_event("a");
  executor.run_for(1min);
  const auto received = receive(queue);
  EXPECT_GE(received.size(), 1u);
  EXPECT_LE(received.size(), 10u);
}

TEST_F(RulesStory, AScheduleFiresOnTheMinuteAndOnceForWhatWasMissed) {
  ASSERT_TRUE(put_rule("tick", "", "cron(0/15 * * * ? *)"));
  ASSERT_TRUE(put_target("tick", {{"Id", "1"}, {"Arn", topic}}));
  executor.run_for(1h);
  ASSERT_EQ(asked.size(), 4u);
  EXPECT_EQ(to_rfc3339(asked[0]), "2026-03-28T12:15:00Z");
  EXPECT_EQ(text_or(*parse_json(inputs[0]), "detail-type"), "Scheduled Event");
  EXPECT_EQ(text_or(*parse_json(inputs[0]), "time"), "2026-03-28T12:15:00Z");
  ASSERT_TRUE(in_unit([&] { return rules.set_state(scope, default_bus, "tick", RuleState::disabled); }));
  executor.run_for(2h);
  EXPECT_EQ(asked.size(), 4u);
}

TEST_F(RulesStory, ReadOnlyManagementCallsNeedTheStateThatAsksForThem) {
  ASSERT_TRUE(put_rule("calls", R"({"detail-type":["AWS API Call via CloudTrail"]})"));
  ASSERT_TRUE(put_target("calls", {{"Id", "1"}, {"Arn", queue}}));
  const auto call = [&](bool read_only) {
    in_unit([&] {
      return journal.append({.scope = scope,
                             .event_time = clock.now(),
                             .source = "aws.sns",
                             .type = "AWS API Call via CloudTrail",
                             .detail = Object{{"readOnly", read_only}}});
    });
    executor.run_for(1ms);
  };
  call(true);
  EXPECT_TRUE(receive(queue).empty());
  call(false);
  EXPECT_EQ(receive(queue).size(), 1u);
  ASSERT_TRUE(in_unit([&] { return rules.set_state(scope, default_bus, "calls", RuleState::enabled_with_all_management_events); }));
  call(true);
  EXPECT_EQ(receive(queue).size(), 1u);
}

TEST_F(RulesStory, Refusals) {
  EXPECT_EQ(put_rule("r", R"({"a":"x"})").error().reason, "InvalidEventPatternException");
  EXPECT_EQ(put_rule("r", "").error().message, "Parameter(s) EventPattern or ScheduleExpression must be specified.");
  EXPECT_EQ(put_rule("r", "", "every day").error().message, "Parameter ScheduleExpression is not valid.");
  EXPECT_EQ(put_rule("r", R"({"a":["x"]})", "", "none").error().reason, "ResourceNotFoundException");
  ASSERT_TRUE(put_rule("r", R"({"a":["x"]})"));
  EXPECT_FALSE(put_target("r", {{"Id", "1"}, {"Arn", "nonsense"}}));
  EXPECT_FALSE(put_target("r", {{"Id", "1"}, {"Arn", "arn:aws:kinesis:eu-central-1:111122223333:stream/s"}}));
  ASSERT_TRUE(put_target("r", {{"Id", "1"}, {"Arn", queue}}));
  EXPECT_EQ(in_unit([&] { return rules.remove_rule(scope, default_bus, "r"); }).error().message,
            "Rule can't be deleted since it has targets.");
  EXPECT_EQ(in_unit([&] { return rules.rule_names_by_target(scope, default_bus, queue, "", 10); })->at(0), "r");
  EXPECT_EQ(in_unit([&] { return rules.remove_targets(scope, default_bus, "r", {"1", "2"}); })->size(), 1u);
  EXPECT_TRUE(in_unit([&] { return rules.remove_rule(scope, default_bus, "r"); }));
}

TEST_F(RulesStory, TargetsMustComeWithWhatTheirKindNeeds) {
  ASSERT_TRUE(put_rule("r", R"({"source":["shop"]})"));
  rules.bind("ssm", [](const TargetDelivery&) { return Result<void>(); });
  const std::string document = "arn:aws:ssm:eu-central-1:111122223333:document/Restart", role = "arn:aws:iam::111122223333:role/rules";
  const auto words = [&](Object target) {
    target["Id"] = "t1";
    const auto put = put_target("r", std::move(target));
    return put ? std::string() : put.error().reason + ": " + put.error().message;
  };
  EXPECT_EQ(words({{"Arn", document}, {"RoleArn", role}}),
            "ValidationException: Parameter(s) RunCommandParameters must be specified for target: t1.");
  const Object hosts{{"RunCommandTargets", Array{Object{{"Key", "tag:role"}, {"Values", Array{"web"}}}}}};
  EXPECT_EQ(words({{"Arn", document}, {"RunCommandParameters", hosts}}),
            "ValidationException: RoleArn is required for target " + document + ".");
  EXPECT_EQ(words({{"Arn", queue}, {"RunCommandParameters", hosts}}),
            "ValidationException: Parameter(s) RunCommandParameters not supported for target: t1.");
  EXPECT_EQ(words({{"Arn", queue + ".fifo"}}), "ValidationException: Parameter(s) SqsParameters must be specified for target: t1.");
  EXPECT_EQ(words({{"Arn", queue}, {"DeadLetterConfig", Object{{"Arn", "arn:aws:sns:eu-central-1:111122223333:t"}}}}),
            "ValidationException: sns is not supported as a dead letter resource.");
  EXPECT_EQ(words({{"Arn", queue}, {"DeadLetterConfig", Object{{"Arn", dead + ".fifo"}}}}),
            "ValidationException: SQS FIFO is not supported by Dead Letter Queues.");
  EXPECT_EQ(words({{"Arn", queue}, {"InputPath", "$.detail['key']"}}), "ValidationException: InputPath for target t1 is invalid.");
  EXPECT_EQ(words({{"Arn", queue}, {"InputTransformer", Object{{"InputTemplate", "[<aws.events.event.json>]"}}}}),
            "ValidationException: InputTemplate for target t1 contains placeholder aws.events.event.json valid only for JSON template.");
  EXPECT_EQ(words({{"Arn", document}, {"RoleArn", role}, {"RunCommandParameters", hosts}}), "");
  const auto twice = in_unit([&] {
    return rules.put_targets(scope, default_bus, "r", Array{Object{{"Id", "a"}, {"Arn", queue}}, Object{{"Id", "a"}, {"Arn", dead}}});
  });
  EXPECT_EQ(twice.error().message, "Parameter targets is not valid. Reason: More than one target with Id 'a' is provided.");
}

TEST_F(RulesStory, AnEventThatCameFromAnotherAccountSaysSo) {
  const Scope home{"444455556666", "eu-central-1"};
  rules.set_bus_admission([](const TargetDelivery&) { return Result<void>(); });
  ASSERT_TRUE(in_unit([&] { return rules.put_rule({.scope = home, .name = "onward", .pattern = R"({"source":["shop"]})"}); }));
  const Array onward{Object{
      {"Id", "1"}, {"Arn", "arn:aws:events:eu-central-1:111122223333:event-bus/default"}, {"RoleArn", "arn:aws:iam::444455556666:role/r"}}};
  ASSERT_TRUE(in_unit([&] { return rules.put_targets(home, default_bus, "onward", onward); }));
  ASSERT_TRUE(put_rule("theirs", R"({"account":["444455556666"]})"));
  ASSERT_TRUE(put_target("theirs", {{"Id", "1"}, {"Arn", queue}}));
  in_unit([&] {
    return journal.append({.scope = home, .event_time = clock.now(), .source = "shop", .type = "Order", .detail = Object{{"n", 1}}});
  });
  executor.run_for(10ms);
  const auto received = receive(queue);
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(text_or(*parse_json(received[0].body), "account"), "444455556666");
}

}  // namespace
}  // namespace tocsin::events
