#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <future>

#include "agent/command_document.h"
#include "agent/job_runner.h"
#include "agent/job_spool.h"
#include "agent/registration.h"
#include "agent/shell_step.h"
#include "base/ids.h"
#include "fuzz/mutate.h"

namespace tocsin::agent {
namespace {

using namespace std::chrono_literals;

class OnDisk : public testing::Test {
 protected:
  void SetUp() override {
    SystemRandom random;
    folder = std::filesystem::temp_directory_path() / ("agent-test-" + make_hex(random, 12));
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
  std::atomic<bool> cancelled = false;
};

using Script = OnDisk;

TEST_F(Script, GivesBothOutputsAndItsExitCode) {
  const auto outcome = run_script({"echo out; echo err >&2", "exit 3"}, "", 10s, folder, cancelled);
  EXPECT_EQ(outcome.end, ScriptEnd::exited);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.standard_output, "out\n");
  EXPECT_EQ(outcome.standard_error, "err\n");
}

TEST_F(Script, IsEndedWithItsChildrenWhenItsTimeIsOver) {
  const auto outcome = run_script({"sleep 60 & sleep 60"}, "", 200ms, folder, cancelled);
  EXPECT_EQ(outcome.end, ScriptEnd::timed_out);
  EXPECT_EQ(outcome.exit_code, 128 + SIGKILL);
}

TEST_F(Script, CanBeCancelledAndItsOutputIsBounded) {
  auto running = std::async(std::launch::async, [&] { return run_script({"yes"}, "", 60s, folder, cancelled); });
  std::this_thread::sleep_for(100ms);
  cancelled = true;
  const auto outcome = running.get();
  EXPECT_EQ(outcome.end, ScriptEnd::cancelled);
  EXPECT_LT(outcome.standard_output.size(), standard_output_max + 100);
  EXPECT_TRUE(outcome.standard_output.ends_with("---Output truncated---\n"));
}

TEST_F(Script, DoesNotWaitForADaemonItLeftBehind) {
  const auto outcome = run_script({"(sleep 5 &) ; echo started"}, "", 10s, folder, cancelled);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.standard_output, "started\n");
}

TEST(CommandDocument, FillsListsAndTextsOfBothSchemas) {
  const auto steps = plan_steps(*parse_json(R"({"Parameters":{"commands":["a","b {{ x }}"],"dir":"/tmp","executionTimeout":"7"},"DocumentContent":{"schemaVersion":"2.2",
    "mainSteps":[{"action":"aws:runShellScript","name":"s","precondition":{"StringEquals":["platformType","Linux"]},
      "inputs":{"runCommand":"{{ commands }}","workingDirectory":"{{dir}}","timeoutSeconds":"{{ executionTimeout }}"}},
      {"action":"aws:runPowerShellScript","name":"w","precondition":{"StringEquals":["platformType","Windows"]},"inputs":{"runCommand":["x"]}}]}})"));
  ASSERT_TRUE(steps);
  EXPECT_EQ(steps->at(0).lines, (std::vector<std::string>{"a", "b {{ x }}"}));
  EXPECT_EQ(steps->at(0).working_directory, "/tmp");
  EXPECT_EQ(steps->at(0).timeout, 7s);
  EXPECT_FALSE(steps->at(1).applies);
  const auto old = plan_steps(*parse_json(R"({"Parameters":{"commands":["a"]},"DocumentContent":{"schemaVersion":"1.2",
    "runtimeConfig":{"aws:runShellScript":{"properties":[{"id":"0","runCommand":["echo {{ commands }}","{{ commands }}"]}]}}}})"));
  ASSERT_TRUE(old);
  EXPECT_EQ(old->at(0).lines, (std::vector<std::string>{"echo a", "a"}));
}

TEST(CommandDocumentFuzz, WhateverComesIsPlannedOrRefused) {
  fuzz::mutate({R"({"Parameters":{"c":["a"]},"DocumentContent":{"schemaVersion":"2.2","mainSteps":[{"action":"aws:runShellScript","name":"s","inputs":{"runCommand":["{{ c }}"]}}]}})"},
               20'000, [](std::string_view text) {
                 if (const auto payload = parse_json(text)) (void)plan_steps(*payload);
               });
}

using Spool = OnDisk;

TEST_F(Spool, TakesAJobOnceAndKeepsItsReplyOverARestart) {
  SystemClock clock;
  {
    JobSpool spool(folder, clock);
    ASSERT_TRUE(spool.open());
    EXPECT_TRUE(spool.accept("aws.ssm.c1.mi-1"));
    EXPECT_EQ(spool.accept("aws.ssm.c1.mi-1").error().kind, ErrorKind::already_exists);
    EXPECT_TRUE(spool.finish("aws.ssm.c1.mi-1", "reply"));
    EXPECT_TRUE(spool.accept("aws.ssm.c2.mi-1"));
  }
  JobSpool spool(folder, clock);
  ASSERT_TRUE(spool.open());
  EXPECT_EQ(spool.unacknowledged().at("aws.ssm.c1.mi-1"), "reply");
  EXPECT_EQ(spool.interrupted(), (std::vector<std::string>{"aws.ssm.c2.mi-1"}));
  spool.acknowledged("aws.ssm.c1.mi-1");
  EXPECT_TRUE(spool.unacknowledged().empty());
  EXPECT_EQ(spool.accept("aws.ssm.c1.mi-1").error().kind, ErrorKind::already_exists);
}

using Runner = OnDisk;

TEST_F(Runner, RepliesWithTheStatusOfItsWorstStep) {
  SystemClock clock;
  std::promise<std::string> replied;
  JobRunner runner(folder, clock, [&](const std::string&, const std::string& reply) { replied.set_value(reply); });
  runner.start("job", *parse_json(R"({"Parameters":{},"DocumentContent":{"schemaVersion":"2.2","mainSteps":[
    {"action":"aws:runShellScript","name":"one","inputs":{"runCommand":["false"]}},{"action":"aws:runShellScript","name":"two","inputs":{"runCommand":["echo two"]}}]}})"));
  const Document content = *parse_json(text_or(*parse_json(replied.get_future().get()), "content"));
  EXPECT_EQ(text_or(content, "documentStatus"), "Failed");
  EXPECT_EQ(text_or(*find(find(content, "runtimeStatus"), "two"), "standardOutput"), "two\n");
}

using Saved = OnDisk;

TEST_F(Saved, ARegistrationReadsBackAndIsPrivate) {
  EXPECT_EQ(load_registration(folder).error().kind, ErrorKind::not_found);
  ASSERT_TRUE(save_registration(folder, {.server_url = "http://h:1", .region = "r", .instance_id = "mi-1", .fingerprint = "f", .private_key_pem = "k"}));
  EXPECT_EQ(load_registration(folder)->instance_id, "mi-1");
  EXPECT_EQ(std::filesystem::status(folder / "registration.json").permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace
}  // namespace tocsin::agent
