// For `make check-long` (TOCSIN_LONG=1): a week in which everything around the server fails now and then, and a clock that somebody sets.
//
// Strategy: a ledger outside remembers what the server acknowledged. Day and night parameters are put, messages and events sent, and alarms
// rung that page a person, while a seed draws faults: the power goes, the disk fails or is full for a while, mail is out of order. At the
// end all is well again for two hours. Invariants: nothing acknowledged is lost; what was sent once is there once, an event reaches its
// target once; each alarm opens one incident; every page was delivered or its failure is known.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/text_time.h"
#include "scenarios/outage.h"
#include "simulation/seed.h"

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::World;

constexpr const char* for_rules =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}})";

/// Tried again until it is answered, however long the disk is full.
Document insist(World& world, std::string_view service, std::string_view operation, const Object& input) {
  for (int i = 0; i < 1000; ++i) {
    auto answer = world.try_call(world.client(), service, operation, input);
    if (answer) return *answer;
    if (answer.error().status != 0 && answer.error().status < 500) {
      ADD_FAILURE() << service << ' ' << operation << ": " << answer.error().code << ": " << answer.error().message;
      return Object{};
    }
    world.fast_forward(5s);
  }
  ADD_FAILURE() << operation << " is never answered";
  return Object{};
}

class Ledger {
 public:
  explicit Ledger(World& world) : world_(world) {
    sent_ = add_queue("sent");
    caught_ = add_queue("caught");
    world_.call("events", "PutRule", {{"Name", "week"}, {"EventPattern", R"({"source":["week"]})"}});
    const std::string arn = "arn:aws:sqs:" + world_.client().region + ':' + world_.client().account + ":caught";
    world_.call("events", "PutTargets", {{"Rule", "week"}, {"Targets", Array{Object{{"Id", "queue"}, {"Arn", arn}}}}});
  }

  void send_something() {
    const std::string name = std::to_string(++names_);
    // one try: an answer that never came may stand for what was done
    const auto parameter =
        world_.try_call(world_.client(), "ssm", "PutParameter", {{"Name", "/week/" + name}, {"Value", name}, {"Type", "String"}});
    if (parameter) parameters_.insert(name);
    if (world_.try_call(world_.client(), "sqs", "SendMessage", {{"QueueUrl", sent_}, {"MessageBody", name}})) messages_.insert(name);
    const auto event =
        world_.try_call(world_.client(), "events", "PutEvents",
                        {{"Entries", Array{Object{{"Source", "week"}, {"DetailType", "n"}, {"Detail", to_json(Object{{"n", name}})}}}}});
    if (event && integer_or(*event, "FailedEntryCount", 1) == 0) events_.insert(name);
  }

  void expect_kept() {
    EXPECT_GT(parameters_.size(), names_ / 2u) << "the faults left hardly anything to be acknowledged";
    for (const std::string& name : parameters_) {
      const Document found = world_.call("ssm", "GetParameter", {{"Name", "/week/" + name}});
      EXPECT_EQ(text_or(*find(found, "Parameter"), "Value"), name);
    }
    expect_once(messages_, drained(sent_), "message");
    std::multiset<std::string> numbers;
    for (const std::string& body : drained(caught_)) numbers.insert(text_or(*find(*parse_json(body), "detail"), "n"));
    expect_once(events_, numbers, "event");
  }

 private:
  std::string add_queue(const std::string& name) {
    return text_or(world_.call("sqs", "CreateQueue",
                               {{"QueueName", name}, {"Attributes", Object{{"Policy", for_rules}, {"MessageRetentionPeriod", "1209600"}}}}),
                   "QueueUrl");
  }

  static void expect_once(const std::set<std::string>& acknowledged, const std::multiset<std::string>& found, const char* what) {
    for (const std::string& name : acknowledged) EXPECT_EQ(found.count(name), 1u) << what << ' ' << name;
    for (const std::string& name : found) EXPECT_EQ(found.count(name), 1u) << what << ' ' << name;
  }

  std::multiset<std::string> drained(const std::string& url) {
    std::multiset<std::string> bodies;
    while (true) {
      const Document answer = world_.call("sqs", "ReceiveMessage", {{"QueueUrl", url}, {"MaxNumberOfMessages", 10}});
      const Array& messages = array_at(answer, "Messages");
      if (messages.empty()) return bodies;
      for (const Document& message : messages) {
        bodies.insert(text_or(message, "Body"));
        world_.call("sqs", "DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", text_or(message, "ReceiptHandle")}});
      }
    }
  }

  World& world_;
  std::string sent_, caught_;
  unsigned names_ = 0;
  std::set<std::string> parameters_, messages_, events_;
};

/// One alarm with a plan that pages Ada, who answers by the link.
class Watch {
 public:
  explicit Watch(World& world) : world_(world), shop_(world) {
    const std::string person = shop_.add_person("ada", ada);
    world_.call("ssm-incidents", "CreateReplicationSet", {{"regions", Object{{world_.client().region, Object{}}}}});
    const Document plan = world_.call(
        "ssm-incidents", "CreateResponsePlan",
        {{"name", "week"}, {"incidentTemplate", Object{{"title", "rung"}, {"impact", 3}}}, {"engagements", Array{Document(person)}}});
    world_.call("cloudwatch", "PutMetricAlarm",
                {{"AlarmName", "bell"},
                 {"Namespace", "Week"},
                 {"MetricName", "none"},
                 {"Statistic", "Maximum"},
                 {"Period", 60},
                 {"EvaluationPeriods", 1},
                 {"Threshold", 1},
                 {"ComparisonOperator", "GreaterThanThreshold"},
                 {"TreatMissingData", "ignore"},
                 {"AlarmActions", Array{*find(plan, "arn")}}});
    world_.mail.on_letter = [this](const simulation::Letter& letter) {
      const std::string link = letter.link("/a/");
      if (!link.empty())
        world_.executor.post_after(2min, [this, link] { world_.send(simulation::form_request(link), [](wire::HttpResponse) {}); });
    };
  }

  void ring() {
    set("ALARM");
    ++rung_;
    world_.fast_forward(40min);
    for (const Document& incident : open_incidents())
      insist(world_, "ssm-incidents", "UpdateIncidentRecord", {{"arn", text_or(incident, "arn")}, {"status", "RESOLVED"}});
    set("OK");
    world_.fast_forward(1min);
  }

  void expect_answered() {
    EXPECT_EQ(incidents("").size(), rung_) << "each ring opens one incident";
    expect_every_page_settled(world_);
    EXPECT_GE(world_.mail.find(ada).size(), rung_ / 2) << "most reach her, though mail is out of order now and then";
  }

 private:
  void set(const char* state) {
    insist(world_, "cloudwatch", "SetAlarmState", {{"AlarmName", "bell"}, {"StateValue", state}, {"StateReason", "by hand"}});
  }
  std::vector<Document> open_incidents() { return incidents("OPEN"); }
  std::vector<Document> incidents(const std::string& status) {
    std::vector<Document> found;
    Object input{{"maxResults", 50}};
    while (true) {
      const Document page = insist(world_, "ssm-incidents", "ListIncidentRecords", input);
      for (const Document& each : array_at(page, "incidentRecordSummaries"))
        if (status.empty() || text_or(each, "status") == status) found.push_back(each);
      const auto token = text_at(page, "nextToken");
      if (!token) return found;
      input["nextToken"] = *token;
    }
  }

  World& world_;
  Shop shop_;
  std::size_t rung_ = 0;
};

/// Something goes wrong; it is well again some minutes later.
void fall_ill(World& world) {
  storage::SimulatedDisk& disk = world.disk;
  switch (world.random.below(6)) {
    case 0:
    case 1:
      return world.cut_power_after(static_cast<int>(world.random.below(3000)));
    case 2:
      return disk.fail_writes(static_cast<int>(world.random.below(300)), 1 + static_cast<int>(world.random.below(20)));
    case 3:
      return disk.fail_syncs(static_cast<int>(world.random.below(60)), 1 + static_cast<int>(world.random.below(5)));
    case 4:
      return disk.set_capacity(disk.bytes_used() + world.random.below(200'000));
    default:
      world.mail.out_of_order_until = world.now() + std::chrono::minutes(world.random.below(30));
  }
}

void live_through(World& world, Duration span) {
  Ledger ledger(world);
  Watch watch(world);
  const Instant end = world.now() + span;
  int rounds = 0;
  while (world.now() < end) {
    if (world.random.below(6) == 0) fall_ill(world);
    ledger.send_something();
    world.fast_forward(std::chrono::minutes(5 + world.random.below(10)));
    world.disk.heal();
    if (++rounds % 18 == 0) watch.ring();
  }
  world.disk.heal();
  world.fast_forward(2h);
  ledger.expect_kept();
  watch.expect_answered();
}

TEST(WeekOfFaults, LosesNothingThatWasAcknowledgedAndPagesForEachAlarm) {
  for (const std::uint64_t seed : simulation::seeds(300, 0, 10)) {
    SCOPED_TRACE("TOCSIN_SEED=" + std::to_string(seed));
    World world(seed);
    live_through(world, 7 * 24h);
  }
}

TEST(SetClock, AnHourAheadOrBackLosesNothingAndPagesForEachAlarm) {
  if (!simulation::long_run()) return;
  for (const Duration step : {Duration(1h), Duration(-1h)}) {
    SCOPED_TRACE(step > 0h ? "ahead" : "back");
    World world(51);
    Ledger ledger(world);
    Watch watch(world);
    for (int round = 0; round < 6; ++round) {
      ledger.send_something();
      world.clock.advance(step);
      ledger.send_something();
      world.fast_forward(10min);
      watch.ring();
    }
    world.fast_forward(3h);
    ledger.expect_kept();
    watch.expect_answered();
  }
}

TEST(SetClock, OverTheChangeOfClocksInSpringLosesNothing) {
  if (!simulation::long_run()) return;
  World world(52, {.starts_at = *parse_rfc3339("2027-03-27T23:00:00Z")});
  live_through(world, 6h);
}

/// What the heap holds beside what lies on the simulated disk must not grow with the days.
TEST(DayOfLoad, GrowsByItsDataAlone) {
  if (!simulation::long_run()) return;
  World world(53);
  Ledger ledger(world);
  const auto hour = [&] {
    for (int minute = 0; minute < 60; ++minute) {
      Array data;
      for (int host = 0; host < 50; ++host)
        data.push_back(Object{{"MetricName", "Load"},
                              {"Dimensions", Array{Object{{"Name", "Host"}, {"Value", "h" + std::to_string(host)}}}},
                              {"Value", (host * 7 + minute) % 50}});
      world.call("cloudwatch", "PutMetricData", {{"Namespace", "Day"}, {"MetricData", std::move(data)}});
      if (minute % 10 == 0) ledger.send_something();
      world.fast_forward(1min);
    }
  };
  const auto after_hours = [&](int hours) {
    for (int i = 0; i < hours; ++i) hour();
    return std::pair(simulation::heap_bytes(), world.disk.bytes_used());
  };
  const auto [heap_before, disk_before] = after_hours(6);
  const auto [heap_after, disk_after] = after_hours(24);
  constexpr double hours = 24;
  // the write-ahead logs and caches of three databases may fill up once: 16 MB each
  constexpr double filled_once = 60e6;
  EXPECT_LT(static_cast<double>(disk_after) - static_cast<double>(disk_before), filled_once + 2e6 * hours) << "bytes of disk";
  // what is simulated is kept twice: as written and as it would survive
  const auto beside_disk = [](std::size_t heap, std::uint64_t disk) { return static_cast<double>(heap) - 2 * static_cast<double>(disk); };
  EXPECT_LT(beside_disk(heap_after, disk_after) - beside_disk(heap_before, disk_before), filled_once) << "memory grows beyond the data";
}

}  // namespace
}  // namespace tocsin::scenarios
