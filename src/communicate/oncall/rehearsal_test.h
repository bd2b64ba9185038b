// A rehearsal for tests: one life of the incident and on-call stages over a database, a clock and a mailbox that outlive it, all in virtual
// time.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <deque>
#include <memory>

#include "base/ids.h"
#include "base/simulated_executor.h"
#include "communicate/oncall/acknowledge_handler.h"
#include "communicate/oncall/oncall.h"
#include "incidents/event_names.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::oncall {

/// Takes every mail, unless told otherwise for an address.
class Mailbox final : public delivery::Carrier {
 public:
  struct Mail {
    std::string to, subject, text, html;
    Instant at;
  };
  explicit Mailbox(const Clock& clock) : clock_(clock) {}

  void carry(const std::string&, const Document& content, Done done) override {
    const std::string to = text_or(content, "to");
    if (refused.contains(to)) return done({.result = delivery::CarryResult::refused, .error = "no such mailbox", .status = 550});
    if (silent) return held.push_back(std::move(done));
    mails.push_back({to, text_or(content, "subject"), text_or(content, "text"), text_or(content, "html"), clock_.now()});
    done({.result = delivery::CarryResult::delivered, .status = 250});
  }

  std::vector<Mail> to(const std::string& address) const {
    std::vector<Mail> out;
    for (const Mail& mail : mails)
      if (mail.to == address) out.push_back(mail);
    return out;
  }

  std::vector<Mail> mails;
  std::set<std::string> refused;
  bool silent = false;  ///< the wire takes it and never answers
  std::deque<Done> held;

 private:
  const Clock& clock_;
};

/// What outlives a server.
struct Ground {
  ManualClock clock{instant_from_ms(1'795'500'000'000)};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  Mailbox mailbox{clock};
  std::uint64_t lives = 0;
};

/// One life of a server.
struct Life {
  explicit Life(Ground& ground, std::function<bool(const std::string&)> can_send = {})
      : ground(ground), random(++ground.lives), can_send(std::move(can_send)) {
    outbox.add_carrier("smtp", ground.mailbox);
    EXPECT_TRUE(journal.migrate());
    EXPECT_TRUE(timers.migrate());
    EXPECT_TRUE(outbox.migrate());
    EXPECT_TRUE(incidents.migrate());
    EXPECT_TRUE(oncall.migrate());
    incidents.set_engager(oncall);
    journal.subscribe("incidents", [this](const EventEnvelope& event) { return incidents.on_event(event); });
    journal.subscribe("oncall", [this](const EventEnvelope& event) { return oncall.on_event(event); });
    journal.subscribe("test", [this](const EventEnvelope& event) -> Result<void> {
      events.push_back(event);
      return {};
    });
  }

  void start() {
    journal.start();
    timers.start();
    outbox.start();
    incidents.start();
    executor.run_ready();
  }

  template <typename Work>
  auto run(Work work) {
    using Out = decltype(work());
    std::optional<Out> out;
    state.submit([&]() -> Result<void> {
      out.emplace(work());
      return {};
    });
    executor.run_ready();
    return std::move(*out);
  }

  /// A contact with one activated mail channel, whose plan pages it in stages of these minutes.
  std::string person(const std::string& alias, std::vector<int> stage_minutes = {5}, int retry_minutes = 0) {
    return run([&] {
      Contact contact{.scope = scope, .alias = alias, .plan = Object{{"Stages", Array{}}}};
      contact = *oncall.create_contact(contact, {});
      Channel channel{.scope = scope, .contact_arn = contact.arn, .name = "mail", .type = "EMAIL", .address = alias + "@example.org"};
      channel = *oncall.create_channel(channel, true);
      channel.activated = true;
      oncall.contacts().replace(channel);
      Array stages;
      for (const int minutes : stage_minutes)
        stages.push_back(Object{
            {"DurationInMinutes", minutes},
            {"Targets",
             Array{Object{{"ChannelTargetInfo", Object{{"ContactChannelId", channel.arn}, {"RetryIntervalInMinutes", retry_minutes}}}}}}});
      contact.plan = Object{{"Stages", std::move(stages)}};
      oncall.contacts().replace(contact);
      return contact.arn;
    });
  }

  /// An escalation: each contact a stage of so many minutes.
  std::string escalation(const std::string& alias, const std::vector<std::string>& contact_arns, int minutes) {
    return run([&] {
      Array stages;
      for (const std::string& arn : contact_arns)
        stages.push_back(Object{{"DurationInMinutes", minutes},
                                {"Targets", Array{Object{{"ContactTargetInfo", Object{{"ContactId", arn}, {"IsEssential", true}}}}}}});
      Contact contact{.scope = scope, .alias = alias, .type = ContactType::escalation, .plan = Object{{"Stages", std::move(stages)}}};
      return oncall.create_contact(contact, {})->arn;
    });
  }

  std::string plan(const std::vector<std::string>& engagements, incidents::Tags tags = {}) {
    return run([&] {
      Array arns;
      for (const auto& arn : engagements) arns.emplace_back(arn);
      Object definition{{"incidentTemplate", Object{{"title", "Checkout errors"}, {"impact", 2}}}, {"engagements", std::move(arns)}};
      return incidents.plans().create(scope, "shop", std::move(definition), tags)->arn;
    });
  }

  /// The alarm's transition on the journal, and the event as its action would hand it over.
  std::string alarm_event(const std::string& state, const std::string& name = "checkout") {
    EventEnvelope event{
        .scope = scope, .event_time = state_executor_now(), .source = "aws.cloudwatch", .type = "CloudWatch Alarm State Change"};
    event.resources = {alarm_arn(name)};
    event.detail = *parse_json(R"({"alarmName":")" + name + R"(","previousState":{"value":"OK"},"state":{"value":")" + state +
                               R"(","reason":"Threshold Crossed","timestamp":")" + to_time(state_executor_now()) +
                               R"(","reasonData":"{\"threshold\":5,\"evaluatedDatapoints\":[{\"timestamp\":\")" +
                               to_time(state_executor_now() - std::chrono::seconds(40)) + R"(\",\"value\":18}]}"}})");
    return run([&] {
      event.id = journal.append(event);
      return to_json(to_event_document(event));
    });
  }
  static std::string to_time(Instant at);
  std::string alarm_arn(const std::string& name) const { return "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:" + name; }
  Instant state_executor_now() const { return executor.now(); }

  incidents::Incidents::Started ring(const std::string& plan_arn, const std::string& name = "checkout") {
    const std::string raw = alarm_event("ALARM", name);
    return run([&] {
      incidents::Trigger trigger{
          .source = "aws.cloudwatch", .arn = alarm_arn(name), .raw_data = raw, .created_by = "cloudwatch.amazonaws.com"};
      trigger.at = executor.now();
      return *incidents.start_from_plan(scope, plan_arn, trigger);
    });
  }

  wire::HttpResponse http(const std::string& method, const std::string& path) {
    wire::HttpResponse out;
    handler.handle({.method = method, .target = path, .path = path}, [&](wire::HttpResponse response) { out = std::move(response); });
    executor.run_ready();
    return out;
  }

  std::vector<std::string> timeline(const std::string& arn) {
    std::vector<std::string> out;
    for (const auto& event : run([&] { return incidents.store().timeline(scope, arn); })) out.push_back(event.summary());
    return out;
  }
  incidents::Incident incident(const std::string& arn) {
    return run([&] { return *incidents.store().find(scope, arn); });
  }
  std::size_t count(std::string_view type) const {
    return static_cast<std::size_t>(std::ranges::count_if(events, [&](const EventEnvelope& event) { return event.type == type; }));
  }

  Ground& ground;
  const Scope scope{"123456789012", "eu-west-1"};
  SeededRandom random;
  const std::function<bool(const std::string&)> can_send;
  SimulatedExecutor executor{ground.clock};
  storage::StateExecutor state{executor, *ground.database};
  events::Journal journal{state, random};
  delivery::Timers timers{state};
  delivery::Outbox outbox{state, random};
  incidents::Incidents incidents{state, random, journal, timers};
  OnCall oncall{
      state, random, journal, outbox, timers, incidents, {[] { return std::string("https://t.example"); }, "tocsin@example.org", can_send}};
  AcknowledgeHandler handler{state, oncall};
  std::vector<EventEnvelope> events;
};

/// The path of the link in a mail.
std::string link_in(const std::string& text);

}  // namespace tocsin::oncall
