#include "agent/agent.h"

#include <boost/json.hpp>
#include <mutex>
#include <optional>
#include <utility>

#include "agent/host_facts.h"
#include "agent/job_runner.h"
#include "agent/job_spool.h"
#include "agent/server_client.h"
#include "base/executor.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/text_time.h"
#include "wire/agent_channel/frame.h"
#include "wire/http/web_socket_client.h"

namespace tocsin::agent {
namespace {
using namespace std::chrono_literals;
constexpr Duration ping_every = 5min;
constexpr Duration reply_again_after = 10s;
constexpr Duration reconnect_first = 500ms;
constexpr Duration reconnect_max = 20s;

std::string host_of(const std::string& url) {
  const auto start = url.find("://") + 3;
  return url.substr(start, url.find_first_of(":/", start) - start);
}
}  // namespace

struct Agent::Parts {
  Parts(Registration registration, std::filesystem::path directory, const Clock& clock, Random& random)
      : clock(clock),
        random(random),
        client(registration, clock, random),
        spool(directory / "jobs", clock),
        sockets(std::make_unique<wire::WebSocketClient>(wire::WebSocketClientOptions{.ca_file = registration.ca_file}, random)),
        executor(make_thread_executor(clock, "agent")),
        runner(std::make_unique<JobRunner>(directory / "work", clock,
                                           [this](const std::string& id, const std::string& reply) { finished(id, reply); })) {}

  void connect() {
    if (stopping) return;
    if (client.credentials_need_refresh())
      if (const auto fresh = client.refresh_credentials(); !fresh) return retry(fresh.error());
    if (!pinged)
      if (const auto alive = ping(); !alive) return retry(alive.error());
    const auto token = client.control_channel_token();
    if (!token) return retry(token.error());
    sockets->connect(
        client.control_channel_url(), {},
        [this, token = *token](std::shared_ptr<wire::WebSocket> opened) {
          // not held by the task: one that is never run would keep the connection beyond the thread that serves it
          hold(opened);
          executor->post([this, token] {
            if (const auto held = take_held()) greet(token, held);
          });
          return wire::WebSocketListener{
              .on_text = [](std::string) {},
              .on_binary = [this](std::string bytes) { executor->post([this, bytes = std::move(bytes)] { receive(bytes); }); },
              .on_close = [this, opened = opened.get()] { executor->post([this, opened] { lost(opened); }); }};
        },
        [this](Error error) { executor->post([this, error] { retry(error); }); });
  }

  void hold(std::shared_ptr<wire::WebSocket> just_opened) {
    const std::lock_guard lock(opened_mutex);
    opened_not_greeted = std::move(just_opened);
  }

  std::shared_ptr<wire::WebSocket> take_held() {
    const std::lock_guard lock(opened_mutex);
    return std::exchange(opened_not_greeted, nullptr);
  }

  void greet(const std::string& token, const std::shared_ptr<wire::WebSocket>& opened) {
    socket = opened;
    delay = reconnect_first;
    socket->send_text(to_json(Object{{"MessageSchemaVersion", "1.0"},
                                     {"RequestId", make_uuid_v4(random)},
                                     {"TokenValue", token},
                                     {"AgentVersion", "0.1.0"},
                                     {"PlatformType", "Linux"},
                                     {"Cookie", nullptr}}));
    log::info("agent", "connected", {{"server", client.registration().server_url}, {"host", client.registration().instance_id}});
    send_replies();
  }

  void lost(wire::WebSocket* which) {
    if (socket.get() != which && socket) return;
    socket.reset();
    retry({ErrorKind::unavailable, "the control channel was closed"});
  }

  // the next try, later each time, at most 20 s, with jitter so that a fleet does not come back in one moment
  void retry(const Error& error) {
    if (stopping) return;
    log::warning("agent", "will connect again", {{"error", error.message}});
    const auto jitter = Duration(static_cast<std::int64_t>(static_cast<double>(delay.count()) * (0.5 + random.unit() / 2)));
    executor->post_after(jitter, [this] { connect(); });
    delay = std::min<Duration>(delay * 2, reconnect_max);
  }

  Result<void> ping() {
    auto said = client.ping(read_host_facts(host_of(client.registration().server_url), client.registration().computer_name));
    pinged = pinged || said.has_value();
    return said;
  }

  void keep_pinging() {
    executor->post_after(ping_every, [this] {
      if (client.credentials_need_refresh()) (void)client.refresh_credentials();
      if (const auto said = ping(); !said) log::warning("agent", "ping failed", {{"error", said.error().message}});
      keep_pinging();
    });
  }

  bool send(std::string type, std::string payload) {
    if (!socket) return false;
    socket->send_binary(wire::encode_frame({.message_type = std::move(type),
                                            .created_ms = to_ms(clock.now()),
                                            .message_id = make_uuid_v4(random),
                                            .payload = std::move(payload)}));
    return true;
  }

  void receive(const std::string& bytes) {
    const auto frame = wire::decode_frame(bytes);
    if (!frame) return;
    const Result<Document> payload = parse_json(frame->payload);
    if (!payload) return;
    if (frame->message_type == "agent_job_reply_ack") return spool.acknowledged(text_or(*payload, "jobId"));
    if (frame->message_type != "agent_job") return;
    const std::string job = text_or(*payload, "JobId");
    const Result<Document> content = parse_json(text_or(*payload, "Content"), 100);
    if (!content) return acknowledge(job, frame->message_id, "51408", "the job's content is not JSON");
    if (text_or(*payload, "Topic") == "aws.ssm.cancelCommand") {
      runner->cancel(text_or(*content, "CancelMessageId"));
      return acknowledge(job, frame->message_id, "200", "");
    }
    take(job, frame->message_id, *content);
  }

  void take(const std::string& job, const std::string& message_id, const Document& content) {
    if (!runner->has_room()) return acknowledge(job, message_id, "51402", "the job buffer is full");
    const auto accepted = spool.accept(job);
    if (!accepted && accepted.error().kind == ErrorKind::already_exists) {
      acknowledge(job, message_id, "51405", "");
      return send_replies();
    }
    if (!accepted) return acknowledge(job, message_id, "51402", accepted.error().message);
    acknowledge(job, message_id, "200", "");
    runner->start(job, content);
  }

  void acknowledge(const std::string& job, const std::string& message_id, std::string_view code, std::string_view error) {
    send("agent_job_ack", to_json(Object{{"jobId", job},
                                         {"acknowledgedMessageId", message_id},
                                         {"createdDate", to_rfc3339_ms(clock.now())},
                                         {"statusCode", code},
                                         {"errorMessage", error}}));
  }

  void finished(const std::string& job, const std::string& reply) {
    if (const auto kept = spool.finish(job, reply); !kept)
      log::error("agent", "a reply could not be kept", {{"job", job}, {"error", kept.error().message}});
    executor->post([this] { send_replies(); });
  }

  void send_replies() {
    const auto replies = spool.unacknowledged();
    for (const auto& [job, reply] : replies) send("agent_job_reply", reply);
    if (replies.empty() || reply_timer) return;
    reply_timer = executor->post_after(reply_again_after, [this] {
      reply_timer = 0;
      send_replies();
    });
  }

  void report_interrupted() {
    for (const std::string& job : spool.interrupted()) {
      const Object step{
          {"status", "Failed"}, {"code", 1}, {"standardError", "The agent was stopped while the command ran; it was not run again."}};
      (void)spool.finish(job, reply_payload(job, "Failed", Object{{"agent", step}}));
    }
  }

  const Clock& clock;
  Random& random;
  ServerClient client;
  JobSpool spool;
  std::unique_ptr<wire::WebSocketClient> sockets;
  std::shared_ptr<wire::WebSocket> socket;
  std::mutex opened_mutex;
  std::shared_ptr<wire::WebSocket> opened_not_greeted;  ///< guarded by opened_mutex
  Duration delay = reconnect_first;
  TimerId reply_timer = 0;
  bool pinged = false;
  std::atomic<bool> stopping = false;
  std::unique_ptr<Executor> executor;
  std::unique_ptr<JobRunner> runner;
};

Agent::Agent(Registration registration, std::filesystem::path directory, const Clock& clock, Random& random)
    : parts_(std::make_unique<Parts>(std::move(registration), std::move(directory), clock, random)) {}

Agent::~Agent() { stop(); }

Result<void> Agent::start() {
  if (const auto opened = parts_->spool.open(); !opened) return opened;
  parts_->report_interrupted();
  parts_->executor->post([parts = parts_.get()] {
    parts->connect();
    parts->keep_pinging();
  });
  return {};
}

void Agent::stop() {
  if (parts_->stopping.exchange(true)) return;
  parts_->runner.reset();
  parts_->executor->halt();
  // the channel says that it is closed while it ends, so the executor must be there still
  parts_->socket.reset();
  parts_->take_held();
  parts_->sockets.reset();
  parts_->executor.reset();
}

}  // namespace tocsin::agent
