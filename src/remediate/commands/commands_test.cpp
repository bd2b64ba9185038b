#include "remediate/commands/commands.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "fuzz/mutate.h"
#include "remediate/commands/command_progress.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::remediate {
namespace {

using namespace std::chrono_literals;

// The agent's end of a control channel, in process.
class FakeAgent : public wire::WebSocket {
 public:
  void send_text(std::string) override {}
  void send_binary(std::string bytes) override { received.push_back(*wire::decode_frame(bytes)); }
  void close(int, std::string) override { closed = true; }

  void reply(const std::string& job, std::string_view status, std::string_view output) {
    const Object content{
        {"documentStatus", status},
        {"runtimeStatus", Object{{"aws:runShellScript", Object{{"status", status}, {"code", 0}, {"standardOutput", output}}}}}};
    send("agent_job_reply", Object{{"jobId", job}, {"content", to_json(content)}, {"topic", "aws.ssm.sendCommand"}});
  }
  void acknowledge(const std::string& job, std::string_view code) { send("agent_job_ack", Object{{"jobId", job}, {"statusCode", code}}); }
  std::string last_job() const { return text_or(*parse_json(received.back().payload), "JobId"); }
  std::size_t count(std::string_view type) const {
    return static_cast<std::size_t>(
        std::count_if(received.begin(), received.end(), [&](const auto& frame) { return frame.message_type == type; }));
  }

  wire::WebSocketListener server;
  std::vector<wire::AgentFrame> received;
  bool closed = false;

 private:
  void send(std::string type, const Object& payload) {
    server.on_binary(wire::encode_frame({.message_type = std::move(type),
                                         .created_ms = 1,
                                         .message_id = "00112233-4455-6677-8899-aabbccddeeff",
                                         .payload = boost::json::serialize(payload)}));
  }
};

class RunCommand : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(journal.migrate());
    ASSERT_TRUE(timers.migrate());
    ASSERT_TRUE(registry.migrate());
    ASSERT_TRUE(commands.migrate());
    commands.start();
    timers.start();
    journal.start();
    host = register_host();
  }

  template <typename Work>
  void unit(Work work) {
    bool done = false;
    state.submit(
        [&]() -> Result<void> {
          work();
          return {};
        },
        [&](Result<void> result) { done = result.has_value(); });
    executor.run_ready();
    ASSERT_TRUE(done);
  }

  std::string register_host() {
    std::string id;
    unit([&] {
      const auto activation = registry.create_activation({.scope = scope,
                                                          .default_instance_name = "web",
                                                          .registration_limit = 5,
                                                          .expires_at = clock.now() + 24h,
                                                          .tags = Array{Object{{"Key", "application"}, {"Value", "shop"}}}});
      id = registry.register_host(activation.id, activation.code, "fingerprint", "key")->instance_id;
    });
    return id;
  }

  std::shared_ptr<FakeAgent> connect(const std::string& instance_id) {
    auto agent = std::make_shared<FakeAgent>();
    const std::string token = channels.create_token(instance_id);
    channels.upgrade(
        {.method = "GET", .path = "/v1/control-channel/" + instance_id},
        [&](std::function<wire::WebSocketListener(std::shared_ptr<wire::WebSocket>)> start) { agent->server = start(agent); },
        [](wire::HttpResponse) {});
    agent->server.on_text(to_json(Object{{"TokenValue", token}}));
    executor.run_ready();
    agents.push_back(agent);
    return agent;
  }

  CommandSpec spec() {
    return {
        .scope = scope,
        .document_name = "AWS-RunShellScript",
        .document = *parse_json(
            R"({"schemaVersion":"2.2","parameters":{"commands":{"type":"StringList"},"executionTimeout":{"type":"String","default":"3600"}},
              "mainSteps":[{"action":"aws:runShellScript","name":"run","inputs":{"runCommand":"{{ commands }}"}}]})"),
        .parameters = Object{{"commands", Array{"uptime"}}},
        .instance_ids = {host},
        .timeout_seconds = 60};
  }

  std::string send(CommandSpec what) {
    std::string id;
    unit([&] {
      const auto command = commands.send(std::move(what));
      ASSERT_TRUE(command) << command.error().message;
      id = command->id;
    });
    return id;
  }

  Invocation invocation(const std::string& command_id) {
    Invocation found;
    unit([&] { found = *commands.store().invocation(command_id, host); });
    return found;
  }
  CommandStatus status(const std::string& command_id) {
    CommandStatus found{};
    unit([&] { found = commands.store().command(command_id)->status; });
    return found;
  }

  ManualClock clock{instant_from_ms(1'700'000'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{5};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  events::Journal journal{state, random};
  delivery::Timers timers{state};
  hosts::HostRegistry registry{state, random, journal};
  hosts::ControlChannels channels{state, random};
  Commands commands{state, random, journal, timers, registry, channels};
  const Scope scope{"000000000000", "eu-west-1"};
  std::string host;
  std::vector<std::shared_ptr<FakeAgent>> agents;

  // as a connection that ends
  void TearDown() override {
    for (const auto& agent : agents) agent->server.on_close();
    executor.run_ready();
    for (const auto& agent : agents) agent->server = {};
  }
};

TEST_F(RunCommand, RunsOnAConnectedHostAndKeepsItsOutput) {
  auto agent = connect(host);
  const std::string id = send(spec());
  ASSERT_EQ(agent->count("agent_job"), 1u);
  const Document content = *parse_json(text_or(*parse_json(agent->received.back().payload), "Content"));
  EXPECT_EQ(to_json(object_at(content, "Parameters")), R"({"commands":["uptime"],"executionTimeout":"3600"})");
  agent->acknowledge(agent->last_job(), "200");
  executor.run_ready();
  EXPECT_EQ(invocation(id).status, InvocationStatus::in_progress);
  agent->reply(job_id(id, host), "Success", "up 3 days");
  executor.run_ready();
  EXPECT_EQ(status(id), CommandStatus::success);
  EXPECT_EQ(invocation(id).steps.at(0).standard_output, "up 3 days");
  EXPECT_EQ(agent->count("agent_job_reply_ack"), 1u);
}

TEST_F(RunCommand, ALateInProgressChangesNothing) {
  auto agent = connect(host);
  const std::string id = send(spec());
  agent->reply(job_id(id, host), "Success", "done");
  agent->reply(job_id(id, host), "InProgress", "");
  executor.run_ready();
  EXPECT_EQ(status(id), CommandStatus::success);
  EXPECT_EQ(invocation(id).steps.at(0).standard_output, "done");
}

TEST_F(RunCommand, WaitsForAHostThatIsAwayAndSendsAgainUntilItAcknowledges) {
  const std::string id = send(spec());
  auto agent = connect(host);
  EXPECT_EQ(agent->count("agent_job"), 1u);
  agent->server.on_close();
  auto again = connect(host);
  EXPECT_EQ(again->count("agent_job"), 1u);
  again->acknowledge(again->last_job(), "51405");
  executor.run_ready();
  EXPECT_EQ(invocation(id).status, InvocationStatus::in_progress);
  again->server.on_close();
  EXPECT_EQ(connect(host)->count("agent_job"), 0u);
}

TEST_F(RunCommand, IsSentAgainToAnAgentThatDroppedItWithoutAWord) {
  auto agent = connect(host);
  const std::string id = send(spec());
  executor.run_for(12s);
  EXPECT_EQ(agent->count("agent_job"), 3u);
  agent->acknowledge(agent->last_job(), "51402");
  executor.run_for(6s);
  EXPECT_EQ(agent->count("agent_job"), 4u);
  agent->acknowledge(agent->last_job(), "200");
  executor.run_for(30s);
  EXPECT_EQ(agent->count("agent_job"), 4u);
  EXPECT_EQ(invocation(id).status, InvocationStatus::in_progress);
}

TEST_F(RunCommand, TimesOutWhenNobodyTakesIt) {
  const std::string id = send(spec());
  executor.run_for(61s);
  EXPECT_EQ(status(id), CommandStatus::timed_out);
  EXPECT_EQ(invocation(id).status_details, "DeliveryTimedOut");
}

TEST_F(RunCommand, CancelsWhatRunsAndWhatWaits) {
  const std::string waiting = send(spec());
  unit([&] { EXPECT_TRUE(commands.cancel(scope, waiting, {})); });
  EXPECT_EQ(status(waiting), CommandStatus::cancelled);
  auto agent = connect(host);
  const std::string running = send(spec());
  agent->acknowledge(agent->last_job(), "200");
  executor.run_ready();
  unit([&] { EXPECT_TRUE(commands.cancel(scope, running, {})); });
  EXPECT_EQ(status(running), CommandStatus::cancelling);
  EXPECT_EQ(text_or(*parse_json(agent->received.back().payload), "Topic"), "aws.ssm.cancelCommand");
  agent->reply(job_id(running, host), "Cancelled", "");
  executor.run_ready();
  EXPECT_EQ(status(running), CommandStatus::cancelled);
}

TEST_F(RunCommand, TargetsChooseHostsByTagAndBadOnesAreRefused) {
  CommandSpec by_tag = spec();
  by_tag.instance_ids.clear();
  by_tag.targets = Array{Object{{"Key", "tag:application"}, {"Values", Array{"shop"}}}};
  const std::string id = send(by_tag);
  EXPECT_EQ(invocation(id).instance_id, host);
  unit([&] {
    CommandSpec unknown = spec();
    unknown.instance_ids = {"mi-00000000000000000"};
    EXPECT_EQ(commands.send(unknown).error().reason, "InvalidInstanceId");
    CommandSpec extra = spec();
    extra.parameters["other"] = Array{"x"};
    EXPECT_EQ(commands.send(extra).error().reason, "InvalidParameters");
  });
}

TEST_F(RunCommand, AChannelOpensOnlyWithItsOwnFreshToken) {
  const std::string other = register_host();
  auto agent = std::make_shared<FakeAgent>();
  const std::string token = channels.create_token(other);
  channels.upgrade(
      {.method = "GET", .path = "/v1/control-channel/" + host},
      [&](std::function<wire::WebSocketListener(std::shared_ptr<wire::WebSocket>)> start) { agent->server = start(agent); },
      [](wire::HttpResponse) {});
  agent->server.on_text(to_json(Object{{"TokenValue", token}}));
  executor.run_ready();
  EXPECT_TRUE(agent->closed);
  EXPECT_FALSE(channels.connected(host));
  agents.push_back(agent);
}

TEST(CommandProgress, ConcurrencyAndErrorsBoundWhatIsSent) {
  Command command{.spec = {.concurrency_max = 2, .errors_max = 0}};
  std::vector<Invocation> invocations = {{.instance_id = "a"}, {.instance_id = "b"}, {.instance_id = "c"}};
  summarize(command, invocations);
  EXPECT_EQ(to_dispatch(command, invocations), (std::vector<std::string>{"a", "b"}));
  invocations[0].status = InvocationStatus::in_progress;
  invocations[1].status = InvocationStatus::success;
  summarize(command, invocations);
  EXPECT_EQ(to_dispatch(command, invocations), (std::vector<std::string>{"c"}));
  invocations[0].status = InvocationStatus::failed;
  summarize(command, invocations);
  EXPECT_TRUE(to_dispatch(command, invocations).empty());
}

TEST(AgentJobFuzz, WhateverAnAgentSendsIsReadOrDropped) {
  fuzz::mutate({R"({"jobId":"aws.ssm.c.mi-1","content":"{\"documentStatus\":\"Success\",\"runtimeStatus\":{\"s\":{\"code\":0}}}"})",
                R"({"jobId":"x","statusCode":"200"})"},
               20'000, [](std::string_view text) {
                 (void)parse_reply(text);
                 (void)parse_acknowledgement(text);
                 (void)command_of_job(text);
               });
}

}  // namespace
}  // namespace tocsin::remediate
