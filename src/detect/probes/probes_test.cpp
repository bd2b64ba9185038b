// A target that fails and recovers, in virtual time; and the prober on real sockets of this machine.
#include "detect/probes/probes.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <future>

#include "base/simulated_executor.h"
#include "detect/probes/prober.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::detect {
namespace {

using namespace std::chrono_literals;

class ProbesStory : public testing::Test {
 protected:
  ProbesStory() {
    EXPECT_TRUE(journal.migrate() && timers.migrate() && reports.migrate() && probes.migrate());
    journal.subscribe("test",
                      [this](const EventEnvelope& event) { return heard.push_back(text_or(event.detail, "status")), Result<void>(); });
    reports.start();
    probes.start();
    timers.start();
    journal.start();
    executor.run_ready();
  }
  Result<void> set(const std::optional<std::string>& text) {
    Result<void> done;
    state.submit([&]() -> Result<void> { return done = probes.on_setting(scope, "shop", text), Result<void>(); });
    executor.run_for(1ms);
    return done;
  }

  const Scope scope{"111122223333", "eu-central-1"};
  ManualClock clock{instant_from_ms(1700000000000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  events::Journal journal{state, random};
  delivery::Timers timers{state};
  Reports reports{state, journal, timers};
  bool works = true;
  int tries = 0;
  Probes probes{state, reports, nullptr, [this](const ProbeSpec&, std::function<void(ProbeResult)> done) {
                  ++tries;
                  done({.ok = works, .error = works ? "" : "refused"});
                }};
  std::vector<std::string> heard;
};

TEST_F(ProbesStory, ThreeFailuresInARowAreAnAlertAndASuccessEndsIt) {
  ASSERT_TRUE(set(R"({"type":"http","target":"http://shop/","every":"10s"})"));
  EXPECT_EQ(tries, 1);
  works = false;
  executor.run_for(20s);
  EXPECT_TRUE(heard.empty());
  executor.run_for(60s);
  EXPECT_EQ(heard, std::vector<std::string>{"firing"});
  works = true;
  executor.run_for(10s);
  EXPECT_EQ(heard, (std::vector<std::string>{"firing", "resolved"}));
  ASSERT_TRUE(set(std::nullopt));
  const int before = tries;
  executor.run_for(1min);
  EXPECT_EQ(tries, before);
}

TEST_F(ProbesStory, WhatCannotBeReadIsRefusedAndLeavesWhatWas) {
  ASSERT_TRUE(set(R"({"target":"http://shop/","every":"10s"})"));
  for (const char* bad : {"x", "{}", R"({"target":"shop"})", R"({"type":"tcp","target":"shop"})", R"({"target":"http://x","every":"1s"})",
                          R"({"target":"http://x","colour":"red"})", R"({"type":"smoke","target":"x"})"})
    EXPECT_FALSE(set(bad)) << bad;
  const int before = tries;
  executor.run_for(10s);
  EXPECT_EQ(tries, before + 1);
}

TEST(Prober, TellsAnOpenPortFromAClosedOne) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  listen(listener, 5);
  socklen_t size = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  SystemClock clock;
  Prober prober(clock);
  const auto result_of = [&](ProbeKind kind, const std::string& target) {
    std::promise<ProbeResult> result;
    prober.run({.name = "p", .kind = kind, .target = target, .timeout = 1s}, [&](ProbeResult came) { result.set_value(std::move(came)); });
    return result.get_future().get();
  };
  const std::string open = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  EXPECT_TRUE(result_of(ProbeKind::tcp, open).ok);
  EXPECT_FALSE(result_of(ProbeKind::tcp, "127.0.0.1:1").ok);
  EXPECT_FALSE(result_of(ProbeKind::tls, open).ok);
  EXPECT_FALSE(result_of(ProbeKind::http, "http://127.0.0.1:1/").ok);
  EXPECT_TRUE(result_of(ProbeKind::dns, "localhost").ok);
  EXPECT_FALSE(result_of(ProbeKind::dns, "no-such-host.invalid").ok);
  close(listener);
}

}  // namespace
}  // namespace tocsin::detect
