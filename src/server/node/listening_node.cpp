#include <unistd.h>

#include <atomic>
#include <mutex>
#include <shared_mutex>

#include "base/log.h"
#include "server/config/data_directory.h"
#include "server/config/endpoints_file.h"
#include "server/config/server_config.h"
#include "server/node/interior.h"
#include "server/node/node.h"
#include "server/node/reset_path.h"
#include "wire/aws/s3_routing.h"
#include "wire/grpc/grpc_server.h"
#include "wire/http/http_server.h"
#include "wire/mail_in/smtp_server.h"
#include "wire/syslog/syslog_server.h"
#include "wire/tls/certificate_authority.h"
#include "wire/tls/tls_context.h"
#include "wire/udp/udp_listener.h"

namespace tocsin::server {
namespace {

constexpr int close_service_restart = 1012;

/// An answer that comes at any rate: of a request that an emptied server forgot, that it did so.
wire::Respond answered_at_any_rate(wire::Respond respond) {
  struct Once {
    explicit Once(wire::Respond respond) : respond(std::move(respond)) {}
    ~Once() {
      if (!respond) return;
      wire::HttpResponse gone{
          .status = 503, .headers = {}, .body = R"({"__type":"ServiceUnavailable","message":"The server was emptied meanwhile."})"};
      gone.headers.set("Content-Type", "application/json");
      respond(std::move(gone));
    }
    wire::Respond respond;
  };
  return [once = std::make_unique<Once>(std::move(respond))](wire::HttpResponse response) {
    std::exchange(once->respond, nullptr)(std::move(response));
  };
}

/// One interior, and who is in it just now. Calls hold the door; its end waits for them and lets nobody in any more.
struct Generation {
  std::unique_ptr<Interior> interior;
  std::shared_mutex door;
  bool over = false;
  std::mutex sockets_mutex;
  std::vector<std::weak_ptr<wire::WebSocket>> sockets;

  void end() {
    std::vector<std::weak_ptr<wire::WebSocket>> open;
    {
      std::unique_lock alone(door);
      over = true;
      open.swap(sockets);
    }
    for (const auto& held : open)
      if (const auto socket = held.lock()) socket->close(close_service_restart, "the server was emptied");
    interior->stop();
    interior.reset();
  }
};
using SharedGeneration = std::shared_ptr<Generation>;

template <typename... Arguments>
std::function<void(Arguments...)> while_it_lasts(SharedGeneration generation, std::function<void(Arguments...)> told) {
  if (!told) return told;
  return [generation = std::move(generation), told = std::move(told)](Arguments... arguments) {
    std::shared_lock inside(generation->door);
    if (!generation->over) told(std::move(arguments)...);
  };
}

/// A web socket may outlive the interior that listens to it.
wire::WebSocketHandler::Accept accepted_while_it_lasts(SharedGeneration generation, wire::WebSocketHandler::Accept accept) {
  return [generation = std::move(generation),
          accept = std::move(accept)](std::function<wire::WebSocketListener(std::shared_ptr<wire::WebSocket>)> make_listener) mutable {
    accept([generation, make_listener = std::move(make_listener)](std::shared_ptr<wire::WebSocket> socket) {
      std::shared_lock inside(generation->door);
      if (generation->over) {
        socket->close(close_service_restart, "the server was emptied");
        return wire::WebSocketListener{};
      }
      {
        std::lock_guard lock(generation->sockets_mutex);
        std::erase_if(generation->sockets, [](const auto& held) { return held.expired(); });
        generation->sockets.push_back(socket);
      }
      wire::WebSocketListener listener = make_listener(std::move(socket));
      return wire::WebSocketListener{.on_text = while_it_lasts(generation, std::move(listener.on_text)),
                                     .on_binary = while_it_lasts(generation, std::move(listener.on_binary)),
                                     .on_close = while_it_lasts(generation, std::move(listener.on_close))};
    });
  };
}

class ListeningNode final : public Node, public wire::HttpHandler, public wire::WebSocketHandler {
 public:
  ListeningNode(const ServerConfig& config, const Outside& outside)
      : config_(config), outside_(outside), resets_(outside.make_executor("reset")) {}
  ~ListeningNode() override {
    stop();
    // while there are connections to answer: of web sockets some may hold the generation still
    if (current_ && current_->interior) current_->end();
  }

  Result<SharedGeneration> make_generation(StoredData data) {
    auto opened = Interior::open(config_, outside_, data,
                                 {.connection_count = [this] { return http_ ? http_->connection_count() : 0; },
                                  .body_streams = body_streams_,
                                  .reset = [this](wire::Respond respond) { ask_for_reset(std::move(respond)); }});
    if (!opened) return std::unexpected(opened.error());
    auto made = std::make_shared<Generation>();
    made->interior = std::move(*opened);
    return made;
  }

  Result<void> open() {
    auto made = make_generation(StoredData::kept);
    if (!made) return std::unexpected(made.error());
    current_ = std::move(*made);
    return {};
  }

  Result<void> start() override {
    // links that go out before we listen name the configured port
    for (const wire::ListenAddress& address : config_.listen)
      if (own_url_.empty() && address.port != 0) own_url_ = "http://" + wire::to_text(address);
    start_interior(*current_);
    return outside_.on_a_machine ? bind() : Result<void>{};
  }

  void stop() override {
    if (stopped_) return;
    stopped_ = true;
    resets_->halt();
    if (current_ && current_->interior) current_->interior->release_waiting();
    if (http_) http_->stop();
    for (const auto& listener : grpc_) listener->stop();
    for (const auto& listener : xray_http_) listener->stop();
    for (const auto& listener : udp_) listener->stop();
    if (syslog_) syslog_->stop();
    if (mail_) mail_->stop();
    if (current_ && current_->interior) current_->interior->stop();
  }

  std::vector<std::string> endpoints() const override { return endpoints_; }
  wire::HttpHandler& entry() override { return *this; }
  wire::WebSocketHandler& web_socket_entry() override { return *this; }

  void handle(wire::HttpRequest request, wire::Respond respond) override {
    if (!config_.dev) return current_->interior->entry().handle(std::move(request), std::move(respond));
    if (const SharedGeneration generation = generation_now()) {
      std::shared_lock inside(generation->door);
      if (!generation->over) return generation->interior->entry().handle(std::move(request), answered_at_any_rate(std::move(respond)));
    }
    wait_for_next({std::move(request), std::move(respond)});
  }

  void upgrade(wire::HttpRequest request, Accept accept, wire::Respond refuse) override {
    const SharedGeneration generation = config_.dev ? generation_now() : current_;
    if (!generation) return refuse({.status = 503});
    std::shared_lock inside(generation->door);
    if (generation->over) return refuse({.status = 503});
    generation->interior->web_socket_entry().upgrade(std::move(request), accepted_while_it_lasts(generation, std::move(accept)),
                                                     std::move(refuse));
  }

 private:
  /// What SDKs ask the X-Ray daemon over HTTP.
  class XrayDaemonEntry final : public wire::HttpHandler {
   public:
    explicit XrayDaemonEntry(ListeningNode& node) : node_(node) {}
    void handle(wire::HttpRequest request, wire::Respond respond) override {
      auto shared = std::make_shared<wire::Respond>(answered_at_any_rate(std::move(respond)));
      node_.with_interior([&](Interior& interior) {
        interior.xray_daemon_entry().handle(std::move(request), [shared](wire::HttpResponse response) { (*shared)(std::move(response)); });
      });
    }

   private:
    ListeningNode& node_;
  };

  /// Came while the server was emptied.
  struct Waiting {
    wire::HttpRequest request;
    wire::Respond respond;
  };

  /// Null while the server is emptied.
  SharedGeneration generation_now() {
    std::lock_guard lock(mutex_);
    return current_;
  }

  void wait_for_next(Waiting waiting) {
    {
      std::lock_guard lock(mutex_);
      if (!current_ && !failed_) return waiting_.push_back(std::move(waiting));
    }
    go_on(std::move(waiting));
  }

  void go_on(Waiting waiting) {
    if (failed_) return waiting.respond(reset_answer(503, "ServiceUnavailable", "The server could not be emptied; start it again."));
    handle(std::move(waiting.request), std::move(waiting.respond));
  }

  void ask_for_reset(wire::Respond respond) {
    std::lock_guard lock(mutex_);
    asked_.push_back(std::move(respond));
    if (asked_.size() == 1) resets_->post([this] { reset(); });
  }

  /// On the thread of resets. Who asks meanwhile is answered together with the first.
  void reset() {
    SharedGeneration ending;
    {
      std::lock_guard lock(mutex_);
      ending = std::exchange(current_, nullptr);
    }
    if (ending) ending->end();
    auto opened = make_generation(StoredData::emptied);
    if (opened) start_interior(**opened);
    std::vector<wire::Respond> asked;
    std::vector<Waiting> waiting;
    {
      std::lock_guard lock(mutex_);
      failed_ = !opened;
      if (opened) current_ = *opened;
      asked.swap(asked_);
      waiting.swap(waiting_);
    }
    if (!opened) log::error("server", "the server could not be emptied", {{"error", opened.error().message}});
    for (wire::Respond& respond : asked)
      respond(opened ? reset_answer(200, "reset") : reset_answer(500, "InternalFailure", opened.error().message));
    for (Waiting& request : waiting) go_on(std::move(request));
  }

  void start_interior(Generation& generation) {
    generation.interior->set_own_url(own_url_);
    generation.interior->start();
  }

  Result<std::shared_ptr<const wire::TlsContext>> load_tls() {
    if (!config_.tls_certificate.empty()) return wire::load_server_tls(config_.tls_certificate, config_.tls_key);
    const wire::TlsFiles files = wire::tls_files(config_.data);
    if (!std::filesystem::exists(files.certificate)) return std::shared_ptr<const wire::TlsContext>();
    return wire::load_server_tls(files.certificate, files.key);
  }

  Result<void> bind() {
    auto tls = load_tls();
    if (!tls) return std::unexpected(tls.error());
    http_ = std::make_unique<wire::HttpServer>(
        wire::HttpServerOptions{.listen = config_.listen, .tls = *tls, .io_threads = config_.io_threads, .streams = &body_streams_, .keeps_encoding = wire::is_for_s3}, outside_.clock, *this, this);
    if (auto started = http_->start(); !started) return started;
    for (const wire::ListenAddress& address : http_->bound()) {
      endpoints_.push_back("http://" + wire::to_text(address));
      if (*tls) endpoints_.push_back("https://" + wire::to_text(address));
    }
    if (!endpoints_.empty()) {
      own_url_ = endpoints_.front();
      current_->interior->set_own_url(own_url_);
    }
    if (auto listening = bind_statsd(); !listening) return listening;
    if (auto listening = bind_mail(); !listening) return listening;
    if (auto listening = bind_syslog(*tls); !listening) return listening;
    if (auto listening = bind_xray_daemon(); !listening) return listening;
    if (auto listening = bind_otlp_grpc(); !listening) return listening;
    return write_endpoints(
        DataDirectory{config_.data}.endpoints(),
        {.process_id = getpid(), .version = "0.1.0", .started = outside_.clock.now(), .dev = config_.dev, .urls = endpoints_});
  }

  Result<void> bind_statsd() {
    for (const wire::ListenAddress& address : config_.statsd) {
      auto& listener = udp_.emplace_back(std::make_unique<wire::UdpListener>([this](std::string_view datagram) {
        with_interior([&](Interior& interior) { interior.receive_statsd(datagram); });
      }));
      if (auto started = listener->start(address); !started) return started;
      endpoints_.push_back("statsd://" + wire::to_text(listener->bound()));
    }
    return {};
  }

  // in dev the usual port, which a collector may have already
  Result<void> bind_otlp_grpc() {
    std::vector<wire::ListenAddress> wanted = config_.otlp_grpc;
    if (config_.dev && !config_.otlp_grpc_wanted) wanted = {{"127.0.0.1", 4317}};
    for (const wire::ListenAddress& address : wanted) {
      auto tls = load_tls();
      if (!tls) return std::unexpected(tls.error());
      auto listener = std::make_unique<wire::GrpcServer>(wire::GrpcServerOptions{.listen = {address}, .tls = std::move(*tls)}, *this);
      if (auto started = listener->start(); !started) {
        if (config_.otlp_grpc_wanted) return started;
        log::warning("server", "OTLP over gRPC is not taken", {{"address", wire::to_text(address)}, {"error", started.error().message}});
        continue;
      }
      endpoints_.push_back("grpc://" + wire::to_text(listener->bound()[0]));
      grpc_.push_back(std::move(listener));
    }
    return {};
  }

  // both sides have one port; the usual one may be taken by a daemon that runs here already
  Result<void> bind_xray_daemon() {
    for (const wire::ListenAddress& address : config_.xray_daemon) {
      auto bound = bind_xray_daemon_at(address);
      if (!bound && config_.xray_daemon_wanted) return bound;
      if (!bound) log::warning("server", "segments for the X-Ray daemon are not taken", {{"address", wire::to_text(address)}, {"error", bound.error().message}});
    }
    return {};
  }

  Result<void> bind_xray_daemon_at(const wire::ListenAddress& address) {
    auto udp = std::make_unique<wire::UdpListener>([this](std::string_view datagram) {
      with_interior([&](Interior& interior) { interior.receive_xray(datagram); });
    });
    if (auto started = udp->start(address); !started) return started;
    auto http = std::make_unique<wire::HttpServer>(wire::HttpServerOptions{.listen = {udp->bound()}, .tls = nullptr, .io_threads = 1}, outside_.clock, xray_entry_);
    if (auto started = http->start(); !started) return started;
    endpoints_.push_back("xray://" + wire::to_text(udp->bound()));
    udp_.push_back(std::move(udp));
    xray_http_.push_back(std::move(http));
    return {};
  }

  /// Nothing while the server is emptied.
  template <typename Use>
  bool with_interior(const Use& use) {
    const SharedGeneration generation = generation_now();
    if (!generation) return false;
    std::shared_lock inside(generation->door);
    if (generation->over) return false;
    use(*generation->interior);
    return true;
  }

  Result<void> bind_syslog(std::shared_ptr<const wire::TlsContext> tls) {
    if (config_.syslog.empty()) return {};
    syslog_ = std::make_unique<wire::SyslogServer>(config_.syslog, std::move(tls), [this](std::vector<std::string> messages, std::string peer, Task kept) {
      // what comes while the server is emptied is emptied with it
      if (!with_interior([&](Interior& interior) { interior.receive_syslog(std::move(messages), std::move(peer), std::move(kept)); })) kept();
    });
    if (auto started = syslog_->start(); !started) return started;
    for (const wire::SyslogListen& each : syslog_->bound()) endpoints_.push_back(wire::to_text(each));
    return {};
  }

  Result<void> bind_mail() {
    if (config_.mail_in.empty()) return {};
    mail_ = std::make_unique<wire::SmtpServer>(config_.mail_in, [this](wire::ReceivedMail mail, std::function<void(wire::MailVerdict)> answer) {
      if (!with_interior([&](Interior& interior) { interior.receive_mail(std::move(mail), std::move(answer)); }))
        answer({451, "the server is emptied"});
    });
    if (auto started = mail_->start(); !started) return started;
    for (const wire::ListenAddress& address : mail_->bound()) endpoints_.push_back("smtp://" + wire::to_text(address));
    return {};
  }

  const ServerConfig config_;
  const Outside outside_;
  wire::BodyStreams body_streams_;
  std::string own_url_;
  std::mutex mutex_;  ///< guards the next three, once started
  SharedGeneration current_;
  std::vector<wire::Respond> asked_;
  std::vector<Waiting> waiting_;
  std::atomic<bool> failed_ = false;
  std::unique_ptr<Executor> resets_;
  std::unique_ptr<wire::HttpServer> http_;
  std::vector<std::unique_ptr<wire::GrpcServer>> grpc_;
  std::vector<std::unique_ptr<wire::UdpListener>> udp_;
  std::unique_ptr<wire::SyslogServer> syslog_;
  std::unique_ptr<wire::SmtpServer> mail_;
  XrayDaemonEntry xray_entry_{*this};
  std::vector<std::unique_ptr<wire::HttpServer>> xray_http_;
  std::vector<std::string> endpoints_;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Node>> Node::open(const ServerConfig& config, const Outside& outside) {
  auto node = std::make_unique<ListeningNode>(config, outside);
  if (auto opened = node->open(); !opened) return std::unexpected(opened.error());
  return node;
}

}  // namespace tocsin::server
