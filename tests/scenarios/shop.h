// The shop of the stories: three services that report spans, a host that payments runs on, and a team that has set up an alarm, a topic,
// people on call and a runbook.
#pragma once

#include <set>
#include <string>

#include "simulation/world.h"

namespace tocsin::scenarios {

inline constexpr const char* ada = "ada@shop.example";
inline constexpr const char* ben = "ben@shop.example";
inline constexpr const char* team = "team@shop.example";
inline constexpr const char* hook_url = "https://hooks.shop.example/alarms";
inline constexpr const char* alarm_name = "shop-front-faults";
inline constexpr const char* pool_parameter = "/shop/payments/db-pool-size";
inline constexpr const char* pool_size = "8";

class Shop {
 public:
  explicit Shop(simulation::World& world) : world_(world) {}

  // --- the team, through the API
  void set_up();
  /// A person with one confirmed address, who is reminded every minute; the contact's ARN.
  std::string add_person(const std::string& alias, const std::string& address);
  /// Subscribes and confirms; the topic's ARN.
  std::string add_topic(const std::string& name);
  void put_alarm(const std::string& name, const std::string& service, const std::vector<std::string>& actions);

  // --- the application
  /// Visits every five seconds from now on; their spans go to the server.
  void open();
  /// Visits stop.
  void close() { open_ = false; }
  /// Somebody sets the pool of payments to one connection.
  void break_it();
  bool broken() const { return broken_; }

  // --- what is known
  std::string alarm_state();
  /// The one incident; empty when there is none yet.
  std::string incident_arn();
  std::vector<Document> timeline(const std::string& incident_arn);
  /// Visits whose spans the server has taken, and those that it was sent.
  int visits_acknowledged() const { return visits_acknowledged_; }
  int visits_sent() const { return visits_sent_; }
  /// Of the acknowledged, those that a power cut could take: answered less than 200 ms before it.
  int visits_at_risk() const;
  /// What the server's metric counts.
  double visits_counted();

  std::string topic, plan, on_call;
  simulation::FakeHost* host = nullptr;

 private:
  void serve_visits();
  void look_at_settings();
  std::string spans() const;

  simulation::World& world_;
  bool open_ = false;
  bool broken_ = false;
  Instant opened_at_{};
  std::vector<std::pair<Instant, int>> acknowledged_;
  int visits_acknowledged_ = 0, visits_sent_ = 0;
  std::string setting_ = pool_size;
};

}  // namespace tocsin::scenarios
