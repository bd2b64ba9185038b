#include "simulation/world.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/log.h"
#include "simulation/api_request.h"
#include "storage/simulated/simulated_database.h"
#include "storage/simulated/simulated_ingest_log.h"

namespace tocsin::simulation {
namespace {

using namespace std::chrono_literals;
constexpr Duration answer_within = 30s;
constexpr Duration power_out = 3s;
constexpr int tries_max = 8;
constexpr std::uint64_t log_segment_bytes = 1 << 20;

wire::HttpRequest request_of(std::string method, const std::string& url) {
  const auto scheme = url.find("://");
  const std::string target = scheme == std::string::npos ? url : url.substr(url.find('/', scheme + 3));
  wire::HttpRequest request{.method = std::move(method), .target = target, .path = target.substr(0, target.find('?'))};
  if (const auto at = target.find('?'); at != std::string::npos) request.query = target.substr(at + 1);
  request.headers.set("Host", World::host_name);
  return request;
}

std::string xml_member(const std::string& xml, const std::string& name) {
  const auto begin = xml.find('<' + name + '>');
  if (begin == std::string::npos) return {};
  return xml.substr(begin + name.size() + 2, xml.find("</" + name + '>') - begin - name.size() - 2);
}

ApiAnswer answer_of(const wire::HttpResponse& response) {
  if (response.status == 0) return std::unexpected(ApiError{"NoAnswer", "the server went away"});
  const bool is_xml = response.body.starts_with('<');
  if (response.status < 300 && is_xml) return Document(Object{{"Xml", response.body}});
  const auto json = parse_json(response.body.empty() || is_xml ? "{}" : response.body);
  if (!json) return std::unexpected(ApiError{"NotJson", response.body, response.status});
  if (response.status < 300) return *json;
  std::string code = is_xml ? xml_member(response.body, "Code") : text_or(*json, "__type", response.headers.get("x-amzn-ErrorType"));
  if (const auto hash = code.find('#'); hash != std::string::npos) code.erase(0, hash + 1);
  return std::unexpected(ApiError{
      code, is_xml ? xml_member(response.body, "Message") : text_or(*json, "message", text_or(*json, "Message")), response.status});
}

}  // namespace

// parcels leave, and their outcomes come back, while the life that sent them lasts
class World::LifeCarrier final : public delivery::Carrier {
 public:
  LifeCarrier(delivery::Carrier& outer, std::shared_ptr<const Life> life) : outer_(outer), life_(std::move(life)) {}
  void carry(const std::string& parcel_id, const Document& content, Done done) override {
    if (!life_->goes_on()) return;
    outer_.carry(parcel_id, content, [life = life_, done = std::move(done)](delivery::CarryOutcome outcome) mutable {
      if (life->goes_on()) done(std::move(outcome));
    });
  }

 private:
  delivery::Carrier& outer_;
  std::shared_ptr<const Life> life_;
};

World::World(std::uint64_t seed, WorldOptions options)
    : seed(seed),
      clock(options.starts_at),
      random(seed),
      disk(seed * 1009 + 5),
      options_(std::move(options)),
      server_random_(seed * 7919 + 1) {
  log::set_level(std::getenv("TOCSIN_SIMULATION_LOG") ? log::Level::info : log::Level::off);
  client_ = new_account(options_.account);
}

World::~World() { close(); }

server::ServerConfig World::config_of(const std::string& account) const {
  server::ServerConfig config;
  config.data = "data";
  config.public_url = url;
  config.smtp_from = "Tocsin <tocsin@tocsin.example>";
  config.account = account;
  config.region = options_.region;
  config.dev = options_.dev;
  if (options_.configure) options_.configure(config);
  return config;
}

server::Outside World::outside(const std::shared_ptr<Life>& life) {
  smtp_ = std::make_unique<LifeCarrier>(mail, life);
  http_ = std::make_unique<LifeCarrier>(webhooks, life);
  return {
      .clock = clock,
      .random = server_random_,
      .make_executor = [this, life](const char*) { return std::make_unique<ServerExecutor>(executor, life); },
      .open_database = [this](const std::string& path) { return storage::open_simulated_database(disk, path); },
      .open_ingest_log = [this](const std::string& folder) { return storage::open_simulated_ingest_log(disk, folder, log_segment_bytes); },
      .http_carrier = http_.get(),
      .smtp_carrier = smtp_.get(),
      .on_a_machine = false};
}

std::optional<server::FirstCredentials> World::first_credentials(const std::string& account) {
  close();
  auto life = std::make_shared<Life>(Life{disk});
  const auto made = server::make_first_credentials(config_of(account), outside(life));
  life->over = true;
  if (!made) {
    ADD_FAILURE() << "no credentials: " << made.error().message;
    return std::nullopt;
  }
  return *made;
}

Client World::new_account(const std::string& account) {
  const auto made = first_credentials(account);
  open();
  if (!made) return {};
  return {{made->access_key_id, made->secret_access_key, ""}, account, options_.region, made->ingest_key};
}

void World::open() {
  life_ = std::make_shared<Life>(Life{disk});
  auto opened = server::Node::open(config_of(options_.account), outside(life_));
  if (opened) {
    node_ = std::move(*opened);
    (void)node_->start();
    executor.run_ready();
    return;
  }
  life_->over = true;
  // the power may have gone again while it opened
  if (disk.powered()) ADD_FAILURE() << "seed " << seed << ": the server does not open: " << opened.error().message;
}

void World::close() {
  if (life_) life_->over = true;
  node_.reset();
  for (FakeHost& host : hosts_) host.lost_connection();
}

void World::cut_power_after(int skip) {
  disk.cut_power_after(skip);
  cut_planned_ = true;
}

void World::cut_power_at(Instant at) {
  executor.post_at(at, [this] { disk.cut_power(); });
  cut_planned_ = true;
}

void World::come_back() {
  while (!disk.powered()) {
    power_cuts_.push_back(now());
    close();
    executor.run_for(power_out);
    disk.restore_power();
    open();
  }
}

void World::crash() {
  disk.cut_power();
  power_cuts_.push_back(now());
  close();
  disk.restore_power();
  open();
}

void World::restart() { stay_down(0s); }

void World::stay_down(Duration span) {
  if (node_) node_->stop();
  close();
  executor.run_for(span);
  open();
}

std::map<std::string, std::int64_t> World::state_rows() {
  if (node_) node_->stop();
  close();
  std::map<std::string, std::int64_t> rows;
  {
    const auto database = *storage::open_simulated_database(disk, "data/state.db");
    for (const auto& table : database->query("SELECT name FROM sqlite_master WHERE type = 'table'"))
      for (const auto& count : database->query("SELECT count(*) FROM \"" + table.text(0) + '"')) rows[table.text(0)] = count.integer(0);
  }
  open();
  return rows;
}

void World::fast_forward(Duration span) {
  const Instant end = now() + span;
  // only a planned cut must be looked for
  while (now() < end) {
    executor.run_until(cut_planned_ ? std::min(end, now() + 1s) : end);
    come_back();
  }
}

bool World::wait_until(const std::function<bool()>& is_true, Duration at_most, Duration look_every) {
  const Instant end = now() + at_most;
  while (!is_true()) {
    if (now() >= end) return false;
    fast_forward(look_every);
  }
  return true;
}

void World::send(wire::HttpRequest request, std::function<void(wire::HttpResponse)> told) {
  if (!node_ || !life_->goes_on()) return;
  if (request.headers.get("Host") == host_name) request.headers.set("Host", host());
  request.peer_address = "192.0.2.10";
  request.local_address = "192.0.2.1:80";
  node_->entry().handle(std::move(request), [life = life_, told = std::move(told)](wire::HttpResponse response) mutable {
    if (life->goes_on()) told(std::move(response));
  });
}

wire::HttpResponse World::http(wire::HttpRequest request) {
  auto answer = std::make_shared<std::optional<wire::HttpResponse>>();
  const auto life = life_;
  send(std::move(request), [answer](wire::HttpResponse response) { *answer = std::move(response); });
  const Instant end = now() + answer_within;
  executor.run_ready();
  while (!*answer && life->goes_on() && now() < end) executor.run_for(50ms);
  come_back();
  return *answer ? std::move(**answer) : wire::HttpResponse{.status = 0};
}

wire::HttpRequest World::signed_call(const Client& who, std::string_view service, std::string_view operation, const Object& input) const {
  wire::HttpRequest request = api_request(service, operation, input, host());
  wire::sigv4::sign(request, who.credentials, who.region, service_model(service).signing_name, now());
  return request;
}

ApiAnswer World::try_call(const Client& who, std::string_view service, std::string_view operation, const Object& input) {
  return answer_of(http(signed_call(who, service, operation, input)));
}

void World::start_call(const Client& who, std::string_view service, std::string_view operation, const Object& input,
                       std::function<void(ApiAnswer)> told) {
  send(signed_call(who, service, operation, input),
       [told = std::move(told)](wire::HttpResponse response) { told(answer_of(response)); });
}

Document World::call(const Client& who, std::string_view service, std::string_view operation, const Object& input) {
  for (int i = 0;; ++i) {
    auto answer = try_call(who, service, operation, input);
    if (answer) return *answer;
    const bool transient = answer.error().status == 0 || answer.error().status >= 500;
    if (transient && i < tries_max) {
      fast_forward(1s);
      continue;
    }
    ADD_FAILURE() << "seed " << seed << ": " << service << ' ' << operation << ": " << answer.error().status << ' ' << answer.error().code
                  << ": " << answer.error().message;
    return Object{};
  }
}

wire::HttpResponse World::get(const std::string& where) { return http(request_of("GET", where)); }

wire::HttpRequest form_request(const std::string& where) {
  wire::HttpRequest request = request_of("POST", where);
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  return request;
}

wire::HttpResponse World::post_form(const std::string& where) { return http(form_request(where)); }

wire::HttpResponse World::signed_get(const std::string& path, const std::string& service) {
  wire::HttpRequest request = request_of("GET", path);
  request.headers.set("Host", host());
  wire::sigv4::sign(request, client_.credentials, client_.region, service, now());
  return http(std::move(request));
}

FakeHost& World::add_host(const std::string& computer_name) {
  const Document activation = call("ssm", "CreateActivation", {{"IamRole", "hosts"}, {"DefaultInstanceName", computer_name}});
  ServerConnection server{.send = [this](wire::HttpRequest request,
                                         std::function<void(wire::HttpResponse)> told) { send(std::move(request), std::move(told)); },
                          .upgrade =
                              [this](wire::HttpRequest request, wire::WebSocketHandler::Accept accept, wire::Respond refuse) {
                                if (node_ && life_->goes_on())
                                  node_->web_socket_entry().upgrade(std::move(request), std::move(accept), std::move(refuse));
                              },
                          .host = host()};
  FakeHost& host = hosts_.emplace_back(executor, random, std::move(server), options_.region, computer_name);
  host.enroll(text_or(activation, "ActivationId"), text_or(activation, "ActivationCode"));
  EXPECT_TRUE(wait_until([&] { return host.connected(); }, 30s)) << computer_name << " does not connect";
  return host;
}

}  // namespace tocsin::simulation
