// A whole server, and the world around it, in virtual time: its disk, the mailboxes and web servers that it reaches, hosts with agents, and
// clients. Nothing sleeps; the same seed gives the same run, but for the bits of keys that OpenSSL draws.
//
//   World world(7);
//   world.call("sns", "CreateTopic", {{"Name", "alarms"}});
//   world.fast_forward(30min);
//   EXPECT_EQ(world.mail.find("ada@shop.example").size(), 1u);
#pragma once

#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/simulated_executor.h"
#include "server/config/server_config.h"
#include "server/node/node.h"
#include "server/node/outside.h"
#include "simulation/fake_host.h"
#include "simulation/mailboxes.h"
#include "simulation/server_executor.h"
#include "simulation/webhooks.h"
#include "storage/simulated/simulated_disk.h"

namespace tocsin::simulation {

struct ApiError {
  std::string code, message;
  int status = 0;  ///< 0: no answer came
};
using ApiAnswer = std::expected<Document, ApiError>;

/// What a browser sends for the one button of a page.
wire::HttpRequest form_request(const std::string& url);

struct WorldOptions {
  std::string account = "111122223333";
  std::string region = "eu-west-1";
  Instant starts_at = instant_from_ms(1'795'500'000'000);  // 2026-11-24 06:00 UTC
  bool dev = false;  ///< the server takes any key, and is reached as localhost
  std::function<void(server::ServerConfig&)> configure = {};  ///< further settings
};

/// Who calls: keys of an account, in a region.
struct Client {
  wire::sigv4::Credentials credentials;
  std::string account, region;
  std::string ingest_key;
};

class World {
 public:
  explicit World(std::uint64_t seed, WorldOptions options = {});
  ~World();
  World(const World&) = delete;

  // --- time
  Instant now() const { return clock.now(); }
  /// Lets time pass. When the power went, the server comes back after some seconds, and time goes on.
  void fast_forward(Duration span);
  /// Lets time pass until it is true, at most `at_most`; whether it became true.
  bool wait_until(const std::function<bool()>& is_true, Duration at_most, Duration look_every = std::chrono::seconds(1));

  // --- the server
  /// The power goes, and comes back at once.
  void crash();
  /// Stops in good order and starts again.
  void restart();
  /// Stops in good order and starts again that much later.
  void stay_down(Duration span);
  /// The rows of every table of the state. The server is stopped for it.
  std::map<std::string, std::int64_t> state_rows();
  /// The power goes in the midst of the disk operation that follows `skip` others.
  void cut_power_after(int skip);
  void cut_power_at(Instant at);
  const std::vector<Instant>& power_cuts() const { return power_cuts_; }

  // --- clients
  /// The first administrator of an account; made on the stopped server, which is started again.
  Client new_account(const std::string& account);
  const Client& client() const { return client_; }
  /// One try.
  ApiAnswer try_call(const Client& client, std::string_view service, std::string_view operation, const Object& input);
  /// One try whose answer may come much later, while time passes.
  void start_call(const Client& client, std::string_view service, std::string_view operation, const Object& input,
                  std::function<void(ApiAnswer)> told);
  /// Tried again while no answer comes or the server cannot; fails the test on any other error. REST and JSON answers as they are; of query
  /// {"Xml": text}.
  Document call(const Client& client, std::string_view service, std::string_view operation, const Object& input = {});
  Document call(std::string_view service, std::string_view operation, const Object& input = {}) {
    return call(client_, service, operation, input);
  }
  /// A request as it is; status 0 when no answer came.
  wire::HttpResponse http(wire::HttpRequest request);
  wire::HttpResponse get(const std::string& url);
  wire::HttpResponse post_form(const std::string& url);
  /// GET, signed.
  wire::HttpResponse signed_get(const std::string& path, const std::string& service);

  /// A registered machine whose agent connects; waits until it has.
  FakeHost& add_host(const std::string& computer_name);
  /// The same answer later; nothing when the server went away meanwhile.
  void send(wire::HttpRequest request, std::function<void(wire::HttpResponse)> told);

  static constexpr const char* host_name = "tocsin.example";
  const char* host() const { return options_.dev ? "localhost" : host_name; }
  static constexpr const char* url = "http://tocsin.example";

  const std::uint64_t seed;
  ManualClock clock;
  SimulatedExecutor executor{clock};
  SeededRandom random;
  storage::SimulatedDisk disk;
  Mailboxes mail{executor};
  Webhooks webhooks{executor};

 private:
  class LifeCarrier;
  wire::HttpRequest signed_call(const Client& client, std::string_view service, std::string_view operation, const Object& input) const;
  void open();
  void close();
  void come_back();
  server::Outside outside(const std::shared_ptr<Life>& life);
  server::ServerConfig config_of(const std::string& account) const;
  std::optional<server::FirstCredentials> first_credentials(const std::string& account);

  WorldOptions options_;
  Client client_;
  std::shared_ptr<Life> life_;
  std::unique_ptr<LifeCarrier> smtp_, http_;
  std::unique_ptr<server::Node> node_;
  std::deque<FakeHost> hosts_;
  std::vector<Instant> power_cuts_;
  bool cut_planned_ = false;
  SeededRandom server_random_;
};

}  // namespace tocsin::simulation
