#include "server/node/interior.h"

#include <algorithm>
#include <boost/json.hpp>
#include <future>
#include <optional>

#include "api/agent_calls/agent_calls.h"
#include "api/dispatch/access_gate/access_gate.h"
#include "api/dispatch/audit_recorder/audit_recorder.h"
#include "api/dispatch/dispatcher.h"
#include "api/log_push/loki_receiver.h"
#include "api/log_push/pushed_logs.h"
#include "api/otlp/otlp_receiver.h"
#include "api/prometheus/remote_write_receiver.h"
#include "api/reported_alerts/alert_receiver.h"
#include "api/reported_alerts/mail_receiver.h"
#include "api/xray/daemon/xray_daemon.h"
#include "base/log.h"
#include "delivery/arrivals/recorded_carrier.h"
#include "server/config/data_directory.h"
#include "base/steady_time.h"
#include "delivery/clock_steps.h"
#include "server/node/first_credentials.h"
#include "server/node/health_paths.h"
#include "server/node/pipeline.h"
#include "server/node/reset_path.h"
#include "server/node/services.h"
#include "telemetry/logs/otlp_logs.h"
#include "telemetry/prometheus/scraper.h"
#include "telemetry/statsd/statsd_receiver.h"
#include "wire/host_key/host_key.h"
#include "wire/http/path_router.h"

namespace tocsin::server {
namespace {

constexpr Duration kept_for = std::chrono::days(30);

// What is on no list of paths: the links that SNS hands out, which stand at "/", then the APIs.
class SignedPaths final : public wire::HttpHandler {
 public:
  SignedPaths(communicate::TopicPublicEndpoints& topic_pages, api::Dispatcher& dispatcher) : topic_pages_(topic_pages), dispatcher_(dispatcher) {}
  void handle(wire::HttpRequest request, wire::Respond respond) override {
    if (topic_pages_.serves(request)) return topic_pages_.handle(std::move(request), std::move(respond));
    dispatcher_.handle(std::move(request), std::move(respond));
  }

 private:
  communicate::TopicPublicEndpoints& topic_pages_;
  api::Dispatcher& dispatcher_;
};

class WholeInterior final : public Interior {
 public:
  WholeInterior(std::unique_ptr<Foundation> foundation, Around around)
      : ground_(std::move(foundation)),
        rooms_(*ground_, around.body_streams),
        gate_(ground_->state, rooms_.access_keys, rooms_.sessions, rooms_.identities, rooms_.authorizer, {.dev = ground_->config.dev, .secrets = &ground_->secrets}),
        recorder_(rooms_.audit, ground_->journal, ground_->outside.random, ground_->state),
        dispatcher_({.models = ground_->models, .state = ground_->state, .gate = gate_, .recorder = recorder_, .random = ground_->outside.random,
                     .metrics = ground_->self_metrics, .public_url = ground_->config.public_url},
                    make_services(rooms_)),
        agent_calls_(ground_->state, gate_, rooms_.roles, rooms_.hosts, rooms_.channels),
        health_(*ground_, std::move(around.connection_count)),
        otlp_(ground_->state, rooms_.ingest_keys, ground_->metrics, rooms_.service_graph, ground_->traces,
              [this](const Scope& scope, const std::vector<wire::otlp::ResourceLogs>& batches) {
                return telemetry::keep_otlp_logs(ground_->logs, scope, batches, ground_->state.now());
              },
              {.dev = ground_->config.dev, .dev_scope = {ground_->config.account, ground_->config.region}}),
        reset_(ground_->state, gate_, ground_->config.dev, std::move(around.reset)),
        remote_write_(ground_->state, rooms_.ingest_keys, ground_->metrics, {.dev = ground_->config.dev, .dev_scope = own_scope()}),
        statsd_(*ground_->executor, ground_->metrics, own_scope()),
        scraper_(*ground_->executor, ground_->metrics, own_scope(), ground_->config.scrape, ground_->outside.fetch),
        xray_daemon_(ground_->state, ground_->traces, dispatcher_, ground_->models, own_scope()),
        loki_(ground_->state, rooms_.ingest_keys, ground_->logs, {.dev = ground_->config.dev, .dev_scope = {ground_->config.account, ground_->config.region}}),
        alerts_(ground_->state, rooms_.ingest_keys, rooms_.reports, rooms_.heartbeats,
                {.dev = ground_->config.dev, .dev_scope = own_scope(), .mapping = [this](const Scope& scope, const std::string& name) { return webhook_mapping(scope, name); }}),
        mails_(ground_->state, rooms_.ingest_keys, rooms_.reports, {.dev = ground_->config.dev, .dev_scope = own_scope(), .mapping = {}}),
        signed_paths_(rooms_.topic_pages, dispatcher_),
        paths_(signed_paths_) {
    gate_.set_host_signatures([this](const std::string& id, const std::string& text, const std::string& signature) { return host_signer(id, text, signature); });
    gate_.set_resource_policies([this](const api::Call&, const std::string& arn) { return rooms_.resource_guard.policy_of(arn); });
    for (wire::ExtraRoute& route : agent_calls_.routes()) dispatcher_.router().add(std::move(route));
    rooms_.own_api.bind(dispatcher_);
    rooms_.may_read_reviews = [this](const wire::HttpRequest& request, const Scope& scope) { return may_read(request, scope); };
    list_paths();
    connect(rooms_);
  }

  ~WholeInterior() override { stop(); }

  Rooms& rooms() { return rooms_; }

  void start() override { start_parts(); }

  void set_own_url(const std::string& url) override {
    ground_->own_url.set(url);
    dispatcher_.set_local_url(url);
  }

  void release_waiting() override { agent_calls_.release_polls(); }

  void stop() override {
    if (stopped_) return;
    stopped_ = true;
    if (ground_->outside.on_a_machine) flush();
    rooms_.files->halt();
    ground_->executor->halt();
  }

  void receive_syslog(std::vector<std::string> messages, std::string peer, Task kept) override {
    keep_syslog(std::make_shared<const std::vector<std::string>>(std::move(messages)), std::move(peer), std::make_shared<Task>(std::move(kept)));
  }
  // a mail that returns one of ours; what else comes reports an alert
  void receive_mail(wire::ReceivedMail mail, std::function<void(wire::MailVerdict)> answer) override {
    auto shared = std::make_shared<wire::ReceivedMail>(std::move(mail));
    const auto returned = std::make_shared<bool>(false);
    ground_->state.submit(
        [this, shared, returned]() -> Result<void> { return *returned = rooms_.oncall.on_returned_mail(shared->bytes), Result<void>(); },
        [this, shared, returned, answer = std::move(answer)](Result<void> done) mutable {
          if (!done) return answer({451, done.error().message});
          if (*returned) return answer({});
          mails_.take(std::move(*shared), {}, std::move(answer));
        });
  }
  void receive_statsd(std::string_view datagram) override { statsd_.receive(datagram); }
  void receive_xray(std::string_view datagram) override { xray_daemon_.receive(datagram); }
  wire::HttpHandler& xray_daemon_entry() override { return xray_daemon_; }
  wire::HttpHandler& entry() override { return paths_; }
  wire::WebSocketHandler& web_socket_entry() override { return paths_; }

 private:
  Scope own_scope() const { return {ground_->config.account, ground_->config.region}; }

  // every path that is served without a signature
  void list_paths() {
    for (const char* path : {"/healthz", "/readyz", "/metrics"}) paths_.exact(path, health_);
    for (const char* path : {"/v1/traces", "/v1/logs", "/v1/metrics"}) paths_.exact(path, otlp_);
    paths_.exact("/_tocsin/reset", reset_);
    paths_.exact("/api/v1/write", remote_write_);
    paths_.exact("/loki/api/v1/push", loki_);
    paths_.exact("/api/v2/alerts", alerts_);
    for (const char* path : {"/alerts/", "/heartbeats/"}) paths_.prefix(path, alerts_);
    paths_.prefix("/status", rooms_.status_page);
    paths_.prefix("/reviews/", rooms_.reviews);
    paths_.prefix(std::string(oncall::acknowledge_prefix), rooms_.acknowledge_pages);
    paths_.prefix(std::string(oncall::browser_prefix), rooms_.browser_pages);
    paths_.prefix(std::string(oncall::gateway_prefix), rooms_.gateway_answers);
    paths_.prefix(std::string(chat::chat_link_prefix), rooms_.chat_links);
    paths_.prefix_web_socket("/v1/control-channel/", rooms_.channels);
  }

  // how a tool's own form is read is a parameter, so that it is kept, versioned and allowed as parameters are
  std::optional<std::string> webhook_mapping(const Scope& scope, const std::string& name) {
    const auto parameter = rooms_.parameters.get(scope, "/tocsin/webhooks/" + name, true);
    return parameter ? std::optional(parameter->value) : std::nullopt;
  }

  // a review is read by whoever may read the account's incidents
  bool may_read(const wire::HttpRequest& request, const Scope& scope) {
    auto caller = gate_.authenticate(request, "ssm-incidents");
    if (!caller || caller->scope.account != scope.account) return false;
    return gate_
        .authorize({.service = "ssm-incidents", .operation = "GetIncidentRecord", .input = Object{}, .principal = caller->principal, .scope = scope, .now = ground_->state.now()})
        .has_value();
  }

  Result<Principal> host_signer(const std::string& id, const std::string& text, const std::string& signature) {
    const auto host = rooms_.hosts.find(id);
    if (!host || !wire::host_signature_holds(host->public_key, text, signature))
      return fail(ErrorKind::denied, "The request was not signed with the key of a registered host.", "InvalidClientTokenId");
    return api::principal_of(*host);
  }

  // those that a syslog configuration names
  std::vector<std::string> syslog_groups() {
    std::vector<std::string> groups;
    for (const telemetry::LogSetting& each : rooms_.log_settings.list(telemetry::log_setting::syslog, own_scope(), {}))
      if (std::find(groups.begin(), groups.end(), each.owner) == groups.end()) groups.push_back(each.owner);
    return groups;
  }

  // what cannot be kept is tried again, and its sender waits
  void keep_syslog(std::shared_ptr<const std::vector<std::string>> messages, std::string peer, std::shared_ptr<Task> kept) {
    ground_->state.submit([this, messages, peer] { return api::keep_syslog(ground_->logs, own_scope(), *messages, peer, ground_->state.now(), syslog_groups()); },
                          [this, messages, peer, kept](Result<void> done) {
                            if (done) return (*kept)();
                            ground_->executor->post_after(std::chrono::seconds(1), [this, messages, peer, kept] { keep_syslog(messages, peer, kept); });
                          });
  }

  // rooms say what they handle before the journal, the timers and the outbox begin to hand out
  void start_parts() {
    Executor& executor = *ground_->executor;
    auto begin = [this] {
      if (ground_->outside.http_carrier) ground_->outbox.add_carrier("http", recorded(*ground_->outside.http_carrier, "http"), {.in_all = 256, .per_lane = 16});
      if (ground_->outside.smtp_carrier) ground_->outbox.add_carrier("smtp", recorded(*ground_->outside.smtp_carrier, "smtp"));
      ground_->metrics.start();
      ground_->logs.start();
      ground_->traces.start();
      ground_->self_metrics.start();
      statsd_.start();
      if (ground_->outside.fetch) scraper_.start();
      rooms_.start();
      ground_->timers.start();
      if (ground_->outside.on_a_machine) {
        // these are set for a moment and not for a span
        clock_steps_.emplace(ground_->state, ground_->timers, [] { return steady_time(); },
                             std::vector<std::string>{"alarms.unmute", "events.schedule", "health.turn", "logs.scheduled_query", "reports.until", "scheduler.due", "scheduler.invoke"});
        clock_steps_->start();
      }
      ground_->outbox.start();
      ground_->journal.start();
      keep_house();
    };
    if (!ground_->outside.on_a_machine) return begin();
    std::promise<void> begun;
    executor.post([&] {
      begin();
      begun.set_value();
    });
    begun.get_future().wait();
  }

  // on a machine what arrived is on disk before the state knows of it, so that a killed server sends little of it again
  delivery::Carrier& recorded(delivery::Carrier& carrier, const char* channel) {
    if (!ground_->outside.on_a_machine) return carrier;
    const std::string path = DataDirectory{ground_->config.data}.arrivals().string() + '-' + channel;
    recorded_.push_back(std::make_unique<delivery::RecordedCarrier>(
        carrier, [path, &clock = ground_->outside.clock] { return std::make_unique<delivery::ArrivalBook>(path, clock); }));
    return *recorded_.back();
  }

  // what happened and what was run is kept for a month; incidents keep their own
  void keep_house() {
    ground_->state.submit_at(ground_->state.now() + std::chrono::hours(1), [this]() -> Result<void> {
      const Instant before = ground_->state.now() - kept_for;
      ground_->journal.trim(before);
      rooms_.commands.store().trim(before);
      keep_house();
      return {};
    });
  }

  void flush() {
    std::promise<void> flushed;
    ground_->executor->post([&] {
      ground_->self_metrics.flush();
      statsd_.flush();
      if (auto written = ground_->metrics.flush(); !written) log::error("server", "metrics could not be flushed", {{"error", written.error().message}});
      if (auto written = ground_->logs.flush(); !written) log::error("server", "logs could not be flushed", {{"error", written.error().message}});
      if (auto written = ground_->traces.flush(); !written) log::error("server", "traces could not be flushed", {{"error", written.error().message}});
      flushed.set_value();
    });
    flushed.get_future().wait();
    std::promise<void> counted;
    ground_->patterns.flush([&](Result<void> written) {
      if (!written) log::error("server", "counts of patterns could not be flushed", {{"error", written.error().message}});
      counted.set_value();
    });
    counted.get_future().wait();
  }

  std::vector<std::unique_ptr<delivery::RecordedCarrier>> recorded_;
  std::unique_ptr<Foundation> ground_;
  Rooms rooms_;
  api::AccessGate gate_;
  api::AuditRecorder recorder_;
  api::Dispatcher dispatcher_;
  api::AgentCalls agent_calls_;
  HealthPaths health_;
  api::OtlpReceiver otlp_;
  ResetPath reset_;
  api::RemoteWriteReceiver remote_write_;
  telemetry::StatsdReceiver statsd_;
  telemetry::Scraper scraper_;
  api::XrayDaemon xray_daemon_;
  api::LokiReceiver loki_;
  api::AlertReceiver alerts_;
  api::MailReceiver mails_;
  SignedPaths signed_paths_;
  wire::PathRouter paths_;
  std::optional<delivery::ClockSteps> clock_steps_;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Interior>> Interior::open(const ServerConfig& config, const Outside& outside, StoredData data, Around around) {
  auto foundation = open_foundation(config, outside, data);
  if (!foundation) return std::unexpected(foundation.error());
  auto interior = std::make_unique<WholeInterior>(std::move(*foundation), std::move(around));
  if (auto migrated = interior->rooms().migrate(); !migrated) return std::unexpected(migrated.error());
  if (data == StoredData::emptied)
    if (auto kept = keep_first_credentials_only(interior->rooms()); !kept) return std::unexpected(kept.error());
  return interior;
}

}  // namespace tocsin::server
