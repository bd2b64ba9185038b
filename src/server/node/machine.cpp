#include "delivery/curl/transfer_thread.h"
#include "delivery/http/http_carrier.h"
#include "delivery/http/http_fetch.h"
#include "delivery/smtp/smtp_carrier.h"
#include "detect/probes/prober.h"
#include "server/config/server_config.h"
#include "server/node/outside.h"
#include "storage/embedded/file_ingest_log.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::server {

struct Machine::Parts {
  explicit Parts(const ServerConfig& config)
      : http({.ca_file = config.webhook_ca}, transfers),
        outside{.clock = clock,
                .random = random,
                .make_executor = [this](const char* name) { return make_thread_executor(clock, name); },
                .open_database = [](const std::string& path) { return storage::open_sqlite_database(path); },
                .open_ingest_log = [](const std::string& folder) { return storage::open_file_ingest_log(folder); },
                .http_carrier = &http,
                .fetch = [this](const std::string& url, Duration timeout, auto done) { fetch(url, timeout, std::move(done)); },
                .page = [this](const std::string& url, Duration timeout, auto done) { fetch_page(url, timeout, std::move(done)); },
                .probe = [this](const detect::ProbeSpec& spec, auto done) { prober.run(spec, std::move(done)); }} {
    if (config.smtp_url.empty()) return;
    smtp = std::make_unique<delivery::SmtpCarrier>(delivery::SmtpCarrierOptions{.url = config.smtp_url, .from = config.smtp_from, .ca_file = config.smtp_ca, .bounces_to = config.smtp_bounces}, clock);
    outside.smtp_carrier = smtp.get();
  }

  void fetch(const std::string& url, Duration timeout, std::function<void(Result<telemetry::Fetched>)> done) {
    constexpr const char* formats = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    delivery::fetch(transfers, {.url = url, .accept = formats, .timeout = timeout}, [done = std::move(done)](Result<delivery::FetchedDocument> document) {
      if (!document) return done(std::unexpected(document.error()));
      done(telemetry::Fetched{std::move(document->body), std::move(document->content_type)});
    });
  }

  void fetch_page(const std::string& url, Duration timeout, std::function<void(Result<std::string>)> done) {
    constexpr const char* formats = "application/json,application/atom+xml,application/rss+xml,application/xml;q=0.9,*/*;q=0.1";
    constexpr std::size_t page_bytes_max = 2u << 20;
    delivery::fetch(transfers, {.url = url, .accept = formats, .timeout = timeout, .bytes_max = page_bytes_max, .redirects_max = 5},
                    [done = std::move(done)](Result<delivery::FetchedDocument> document) {
                      if (!document) return done(std::unexpected(document.error()));
                      done(std::move(document->body));
                    });
  }

  SystemClock clock;
  SystemRandom random;
  detect::Prober prober{clock};
  delivery::TransferThread transfers{320};  // as many as the outbox has in the air, and some for mail and scrapes
  delivery::HttpCarrier http;
  std::unique_ptr<delivery::SmtpCarrier> smtp;
  Outside outside;
};

Machine::Machine(const ServerConfig& config) : parts_(std::make_unique<Parts>(config)) {}
Machine::~Machine() = default;
Outside& Machine::outside() { return parts_->outside; }

}  // namespace tocsin::server
