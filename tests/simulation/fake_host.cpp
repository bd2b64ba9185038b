#include "simulation/fake_host.h"

#include <boost/json.hpp>

#include "agent/command_document.h"
#include "base/ids.h"
#include "base/text_time.h"
#include "wire/sigv4/authorization.h"
#include "wire/sigv4/verify.h"

namespace tocsin::simulation {
namespace {

using namespace std::chrono_literals;
enum Signature { none, host_key, credentials };
constexpr Duration connect_every = 3s;
constexpr Duration credentials_last = 30min;

// keys cost tens of milliseconds; which machine has which is of no account
wire::HostKey host_key_of(std::size_t number) {
  static std::vector<wire::HostKey> keys;
  while (keys.size() <= number) keys.push_back(*wire::make_host_key());
  return keys[number];
}

std::string text_between(const std::string& text, std::string_view from, std::string_view to) {
  const auto begin = text.find(from);
  if (begin == std::string::npos) return {};
  return text.substr(begin + from.size(), text.find(to, begin) - begin - from.size());
}

// the lines of all steps, with the parameters in their places
std::string script_of(const Document& content) {
  std::string script;
  if (const auto steps = agent::plan_steps(content))
    for (const agent::Step& step : *steps)
      for (const std::string& line : step.lines) script += line + '\n';
  return script;
}

}  // namespace

// what the server holds of our connection
class FakeHost::Socket final : public wire::WebSocket {
 public:
  explicit Socket(FakeHost& host) : host_(host) {}
  void send_text(std::string) override {}
  void send_binary(std::string bytes) override {
    host_.world_.post([this, &host = host_, bytes = std::move(bytes)] {
      if (host.socket_.get() == this) host.receive(bytes);
    });
  }
  void close(int, std::string) override {
    host_.world_.post([this, &host = host_] {
      if (host.socket_.get() == this) host.lost_connection();
    });
  }

 private:
  FakeHost& host_;
};

FakeHost::FakeHost(Executor& world, Random& random, ServerConnection server, std::string region, std::string computer_name)
    : world_(world),
      random_(random),
      server_(std::move(server)),
      region_(std::move(region)),
      computer_name_(std::move(computer_name)),
      fingerprint_(make_uuid_v4(random)) {
  static std::size_t hosts = 0;
  key_ = host_key_of(hosts++ % 4);
}

void FakeHost::enroll(const std::string& activation_id, const std::string& code) {
  activation_id_ = activation_id;
  activation_code_ = code;
  keep_trying();
}

void FakeHost::keep_trying() {
  if (!connected() && world_.now() >= unplugged_until_) connect();
  world_.post_after(connect_every, [this] { keep_trying(); });
}

void FakeHost::lost_connection() {
  socket_.reset();
  opened_ = false;
  listener_ = {};
}

void FakeHost::unplug(Duration span) {
  unplugged_until_ = world_.now() + span;
  const auto closed = listener_.on_close;
  lost_connection();
  if (closed) closed();
}

void FakeHost::sign_with_key(wire::HttpRequest& request) {
  const std::string date = to_amz_date(world_.now());
  request.headers.set("X-Amz-Date", date);
  wire::sigv4::Authorization authorization;
  authorization.algorithm = "AWS4-HMAC-SHA256";
  authorization.access_key_id = instance_id_;
  authorization.scope = {date.substr(0, 8), region_, "ssm"};
  authorization.signed_headers = {"content-type", "host", "x-amz-date", "x-amz-target"};
  authorization.amz_date = date;
  const auto signature = wire::sign_as_host(key_.private_key_pem, wire::sigv4::signed_text(request, authorization));
  request.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=" + instance_id_ + '/' + authorization.scope.text() +
                                           ", SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=" + *signature);
}

void FakeHost::post(const std::string& path, const std::string& target, const Object& body, int signature,
                    std::function<void(Document)> then) {
  wire::HttpRequest request{.method = "POST", .target = path, .path = path, .body = to_json(body)};
  request.headers.set("Host", server_.host);
  request.headers.set("Content-Type", target.empty() ? "application/json" : "application/x-amz-json-1.1");
  if (!target.empty()) request.headers.set("X-Amz-Target", "AmazonSSM." + target);
  if (signature == host_key) sign_with_key(request);
  if (signature == credentials) wire::sigv4::sign(request, *credentials_, region_, target.empty() ? "ssmmessages" : "ssm", world_.now());
  server_.send(std::move(request), [then = std::move(then)](wire::HttpResponse response) {
    if (response.status >= 300) return;  // tried again
    auto json = parse_json(response.body);
    then(json ? std::move(*json) : Document(response.body));
  });
}

void FakeHost::connect() {
  if (instance_id_.empty())
    return post("/", "RegisterManagedInstance",
                {{"ActivationId", activation_id_},
                 {"ActivationCode", activation_code_},
                 {"Fingerprint", fingerprint_},
                 {"PublicKey", key_.public_key},
                 {"PublicKeyType", "Rsa"}},
                none, [this](Document answer) {
                  if (instance_id_.empty()) instance_id_ = text_or(answer, "InstanceId");
                  connect();
                });
  if (!credentials_ || world_.now() > credentials_from_ + credentials_last)
    return post("/", "RequestManagedInstanceRoleToken", {{"Fingerprint", fingerprint_}}, host_key, [this](Document answer) {
      credentials_ =
          wire::sigv4::Credentials{text_or(answer, "AccessKeyId"), text_or(answer, "SecretAccessKey"), text_or(answer, "SessionToken")};
      credentials_from_ = world_.now();
      connect();
    });
  post("/", "UpdateInstanceInformation",
       {{"InstanceId", instance_id_},
        {"AgentName", "tocsin-agent"},
        {"AgentVersion", "0.1.0"},
        {"PlatformType", "Linux"},
        {"PlatformName", "Debian"},
        {"PlatformVersion", "12"},
        {"ComputerName", computer_name_},
        {"IPAddress", "10.0.0.7"}},
       credentials, [this](Document) {
         post("/v1/control-channel/" + instance_id_, "", {}, credentials, [this](Document answer) {
           if (answer.is_string()) open_channel(text_between(std::string(answer.get_string()), "<TokenValue>", "</TokenValue>"));
         });
       });
}

void FakeHost::open_channel(const std::string& token) {
  if (connected()) return;
  wire::HttpRequest request{.method = "GET", .path = "/v1/control-channel/" + instance_id_};
  request.headers.set("Host", server_.host);
  server_.upgrade(
      std::move(request),
      [this, token](std::function<wire::WebSocketListener(std::shared_ptr<wire::WebSocket>)> listen) {
        socket_ = std::make_shared<Socket>(*this);
        listener_ = listen(socket_);
        opened_ = true;
        listener_.on_text(to_json(Object{{"MessageSchemaVersion", "1.0"}, {"TokenValue", token}}));
        send_replies();
      },
      [](wire::HttpResponse) {});
}

void FakeHost::receive(const std::string& bytes) {
  const auto frame = wire::decode_frame(bytes);
  const auto payload = frame ? parse_json(frame->payload) : Result<Document>(Document());
  if (!frame || !payload) return;
  if (frame->message_type == "agent_job_reply_ack") {
    replies_.erase(text_or(*payload, "jobId"));
    return;
  }
  const auto content = parse_json(text_or(*payload, "Content"), 100);
  if (frame->message_type != "agent_job" || !content || text_or(*payload, "Topic") != "aws.ssm.sendCommand") return;
  run(text_or(*payload, "JobId"), frame->message_id, *content);
}

void FakeHost::run(const std::string& job, const std::string& message_id, const Document& content) {
  const bool fresh = jobs_.insert(job).second;
  send("agent_job_ack", to_json(Object{{"jobId", job},
                                       {"acknowledgedMessageId", message_id},
                                       {"createdDate", to_rfc3339_ms(world_.now())},
                                       {"statusCode", fresh ? "200" : "51405"},
                                       {"errorMessage", ""}}));
  if (!fresh) return send_replies();
  const std::string document_name = text_or(content, "DocumentName");
  runs_.push_back({job, document_name, script_of(content), world_.now(), {}});
  world_.post_after(takes(document_name), [this, job, at = runs_.size() - 1] { finish(job, at); });
}

void FakeHost::finish(const std::string& job, std::size_t at) {
  HostRun& run = runs_[at];
  run.ended_at = world_.now();
  const std::string printed = shell(run.script);
  const Object step{{"status", "Success"},
                    {"code", 0},
                    {"name", "aws:runShellScript"},
                    {"stepName", "run"},
                    {"output", printed.substr(0, 2500)},
                    {"standardOutput", printed},
                    {"standardError", ""},
                    {"startDateTime", to_rfc3339_ms(run.started_at)},
                    {"endDateTime", to_rfc3339_ms(run.ended_at)}};
  const Object content{
      {"additionalInfo", Object{}}, {"documentStatus", "Success"}, {"documentTraceOutput", ""}, {"runtimeStatus", Object{{"run", step}}}};
  replies_[job] = to_json(Object{{"schemaVersion", 1}, {"jobId", job}, {"content", to_json(content)}, {"topic", "aws.ssm.sendCommand"}});
  send_replies();
}

void FakeHost::send(std::string type, std::string payload) {
  if (!connected()) return;
  listener_.on_binary(wire::encode_frame({.message_type = std::move(type),
                                          .created_ms = to_ms(world_.now()),
                                          .message_id = make_uuid_v4(random_),
                                          .payload = std::move(payload)}));
}

void FakeHost::send_replies() {
  for (const auto& [job, reply] : replies_) send("agent_job_reply", reply);
  if (replies_.empty() || !connected()) return;
  world_.post_after(10s, [this] { send_replies(); });
}

}  // namespace tocsin::simulation
