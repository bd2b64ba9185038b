// Stories of the command line, as a user types it.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "base/document.h"
#include "server/commands/command_line.h"
#include "server/commands/doctor_checks.h"
#include "server/config/data_directory.h"
#include "server/config/endpoints_file.h"
#include "tests/support/mail_sink.h"
#include "tests/support/webhook_sink.h"
#include "wire/tls/certificate_authority.h"

namespace tocsin::server {
namespace {

// Notes what serve makes of it, and stops at once.
struct FakeNode final : Node {
  Result<void> start() override {
    ::kill(::getpid(), SIGTERM);
    return {};
  }
  void stop() override { ++stopped; }
  std::vector<std::string> endpoints() const override { return {"http://127.0.0.1:1"}; }
  wire::HttpHandler& entry() override { std::abort(); }
  wire::WebSocketHandler& web_socket_entry() override { std::abort(); }
  inline static int stopped = 0;
};

class CommandsTest : public ::testing::Test {
 protected:
  std::filesystem::path data = std::filesystem::temp_directory_path() / ("tocsin-commands-" + std::to_string(::getpid()));
  SystemClock clock;
  std::ostringstream out, err;
  ServerConfig opened_with;
  bool keys_made = false;
  CommandParts parts{.open_node = [this](const ServerConfig& config) -> Result<std::unique_ptr<Node>> {
                       opened_with = config;
                       return std::make_unique<FakeNode>();
                     },
                     .make_first_credentials = [this](const ServerConfig& config) -> Result<FirstCredentials> {
                       if (std::exchange(keys_made, true)) return fail(ErrorKind::already_exists, "there is one");
                       return FirstCredentials{config.account, "AKIATEST", "secret", "ingest", "admin", "word"};
                     },
                     .open_past_store = {}};

  int tocsin(std::vector<const char*> arguments, std::vector<const char*> environment = {}) {
    out.str("");
    err.str("");
    arguments.insert(arguments.begin(), "tocsin");
    environment.push_back(nullptr);
    return run_command_line(static_cast<int>(arguments.size()), arguments.data(), environment.data(), clock, parts, {out, err});
  }
  void TearDown() override { std::filesystem::remove_all(data); }
};

TEST_F(CommandsTest, UsageIsTaughtByExamples) {
  EXPECT_EQ(tocsin({}), 2);
  EXPECT_EQ(tocsin({"dance"}), 2);
  EXPECT_EQ(tocsin({"serve", "--colour", "red"}), 2);
  EXPECT_EQ(tocsin({"--help"}), 0);
  EXPECT_NE(out.str().find("Examples:\n  tocsin serve --dev"), std::string::npos);
  EXPECT_EQ(tocsin({"version"}), 0);
  EXPECT_TRUE(out.str().starts_with("tocsin 0."));
}

TEST_F(CommandsTest, ServeTakesItsSettingsFromEverywhereAndStopsOnASignal) {
  std::filesystem::create_directories(data);
  const std::string file = data / "tocsin.yaml";
  std::ofstream(file) << "region: eu-west-1\nsmtp-from: a@b.example\ntypo: 1\n";
  const int stopped = FakeNode::stopped;
  EXPECT_EQ(
      tocsin({"serve", "--dev", "--data", data.c_str(), "--listen", "127.0.0.1:0", "--listen", "[::1]:0", "--smtp", "smtp://127.0.0.1:25"},
             {("TOCSIN_CONFIG=" + file).c_str(), "TOCSIN_LOG_LEVEL=error"}),
      0)
      << err.str();
  EXPECT_EQ(FakeNode::stopped, stopped + 1);
  EXPECT_TRUE(opened_with.dev);
  EXPECT_EQ(opened_with.listen.size(), 2u);
  EXPECT_EQ(opened_with.region, "eu-west-1");
  EXPECT_EQ(opened_with.smtp_url, "smtp://127.0.0.1:25");
  EXPECT_NE(err.str().find("unknown setting 'typo'"), std::string::npos);
}

TEST_F(CommandsTest, ServeRefusesWhatCannotBe) {
  EXPECT_EQ(tocsin({"serve", "--dev", "--listen", "0.0.0.0:4566"}), 2);
  EXPECT_EQ(tocsin({"serve", "--config", "/no/such/file"}), 3);
  parts.open_node = [](const ServerConfig&) { return fail(ErrorKind::unavailable, "disk full"); };
  EXPECT_EQ(tocsin({"serve", "--log-level", "error"}), 1);
  EXPECT_EQ(err.str(), "tocsin serve: disk full\n");
}

TEST_F(CommandsTest, InitPrintsCredentialsOnce) {
  EXPECT_EQ(tocsin({"init", "--data", data.c_str(), "--host", "ops.example", "--json"}), 0) << err.str();
  const auto printed = parse_json(out.str());
  ASSERT_TRUE(printed);
  EXPECT_EQ(text_or(*printed, "access_key_id"), "AKIATEST");
  EXPECT_TRUE(std::filesystem::exists(text_or(*printed, "ca_file")));
  EXPECT_EQ(std::filesystem::status(data).permissions(), std::filesystem::perms::owner_all);
  EXPECT_EQ(tocsin({"init", "--data", data.c_str()}), 0);
  EXPECT_EQ(out.str(), "");
  EXPECT_NE(err.str().find("kept the certificate"), std::string::npos);
}

TEST_F(CommandsTest, StatusTellsWhetherItIsWell) {
  EXPECT_EQ(tocsin({"status", "--data", data.c_str()}), 3);
  std::filesystem::create_directories(data);
  testing::WebhookSink server;
  const auto file = DataDirectory{data}.endpoints();
  ASSERT_TRUE(write_endpoints(file, {.version = "0.1.0", .started = clock.now(), .urls = {server.url("")}}));
  EXPECT_EQ(tocsin({"status", "--data", data.c_str()}), 0) << err.str();
  EXPECT_NE(out.str().find(": healthy, ready, up "), std::string::npos) << out.str();
  server.answer({.status = 503, .body = "storage is full"});
  EXPECT_EQ(tocsin({"status", "--data", data.c_str(), "--json"}), 1);
  EXPECT_EQ(truth_or(*parse_json(out.str()), "healthy", true), false);
  ASSERT_TRUE(write_endpoints(file, {.urls = {"http://127.0.0.1:1"}}));
  EXPECT_EQ(tocsin({"status", "--data", data.c_str()}), 5);
}

TEST_F(CommandsTest, DoctorSaysWhatToDo) {
  testing::MailSink mail;
  EXPECT_EQ(tocsin({"doctor", "--data", data.c_str(), "--listen", "127.0.0.1:0"}), 1);
  EXPECT_NE(out.str().find("FAIL  data directory: " + data.string() + " is not there\n      fix: tocsin init --data " + data.string()),
            std::string::npos)
      << out.str();
  tocsin({"init", "--data", data.c_str()});
  EXPECT_EQ(tocsin({"doctor", "--data", data.c_str(), "--listen", "127.0.0.1:0", "--smtp", mail.url().c_str()}), 0) << out.str();
  EXPECT_EQ(tocsin({"doctor", "--data", data.c_str(), "--listen", "127.0.0.1:0", "--smtp", "smtp://127.0.0.1:1"}), 1);
  EXPECT_NE(out.str().find("FAIL  mail server"), std::string::npos);
}

TEST_F(CommandsTest, DoctorSeesTakenPortsOldCertificatesAndBrokenDatabases) {
  std::filesystem::create_directories(data);
  testing::WebhookSink server;
  const auto taken = wire::parse_listen_address(server.url("").substr(7));
  const ServerConfig config{.data = data, .listen = {*taken}};
  EXPECT_EQ(check_listeners(config).at(0).health, Health::ill);
  ASSERT_TRUE(write_endpoints(DataDirectory{data}.endpoints(), {.urls = {server.url("")}}));
  EXPECT_EQ(check_listeners(config).at(0).health, Health::well);
  EXPECT_EQ(check_certificate(config, clock.now()).health, Health::doubtful);
  ASSERT_TRUE(wire::create_tls_files(data, {}, clock.now() - std::chrono::days(800)));
  EXPECT_EQ(check_certificate(config, clock.now()).health, Health::doubtful);
  EXPECT_EQ(check_certificate(config, clock.now() + std::chrono::days(21)).health, Health::ill);
  EXPECT_EQ(check_clock(data, clock.now() - std::chrono::days(1)).health, Health::ill);
  std::ofstream(DataDirectory{data}.state_database()) << std::string(8192, 'x');
  EXPECT_EQ(check_database(data).health, Health::ill);
}

}  // namespace
}  // namespace tocsin::server
