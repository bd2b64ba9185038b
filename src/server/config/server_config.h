// What a server can be told, once read and checked.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/log.h"
#include "telemetry/prometheus/scrape_target.h"
#include "wire/http/listen_address.h"
#include "wire/syslog/syslog_server.h"

namespace tocsin::server {

struct ServerConfig {
  std::filesystem::path data = "data";                              ///< the data directory
  bool dev = false;                                                 ///< any key is taken; loopback only
  std::vector<wire::ListenAddress> listen = {{"127.0.0.1", 4566}};  ///< http and https; empty: off
  std::vector<wire::SyslogListen> syslog;                           ///< off when empty; what comes is of `account` and `region`
  std::string public_url;                                           ///< for URLs handed out; empty: the host that the caller used
  std::string smtp_url;                                             ///< may hold a password: never printed; empty: no mail leaves
  std::string smtp_from = "Tocsin <tocsin@localhost>";
  std::string smtp_bounces;                            ///< whom returned mails go to (the envelope's sender); empty: whom mails come from
  std::vector<wire::ListenAddress> mail_in;            ///< SMTP, for alerts that come by mail and mail of ours that comes back; empty: off
  std::vector<std::string> sms;                        ///< gateways of SMS, best first; these four may hold secrets: never printed
  std::vector<std::string> voice;                      ///< gateways of calls, best first
  std::vector<std::string> chat;                       ///< where workspaces of chat services are reached
  std::vector<std::string> push;                       ///< ntfy and Gotify servers
  std::string push_contact = "mailto:root@localhost";  ///< whom push services may write to
  std::string templates;                               ///< a folder with message templates; empty: the defaults
  std::string smtp_ca;                                 ///< PEM authorities that mail servers are checked with; empty: the system's
  std::string webhook_ca;                              ///< the same for receivers of webhooks
  std::string tls_certificate;                         ///< PEM; empty: the one of `tocsin init` when there is one
  std::string tls_key;
  std::string account = "000000000000";  ///< the account of a caller that names none
  std::string region = "us-east-1";      ///< the region of a caller that names none
  int io_threads = 2;
  std::vector<wire::ListenAddress> otlp_grpc;   ///< OTLP over gRPC, with and without TLS; empty: off (with dev 127.0.0.1:4317, where it is free)
  bool otlp_grpc_wanted = false;                ///< was set: then its port must be free
  std::vector<wire::ListenAddress> statsd;      ///< StatsD over UDP; empty: off
  std::vector<wire::ListenAddress> xray_daemon = {{"127.0.0.1", 2000}};  ///< the X-Ray daemon's UDP and TCP; empty: off
  bool xray_daemon_wanted = false;              ///< was set: then its port must be free
  std::vector<telemetry::ScrapeTarget> scrape;  ///< what is scraped, for the account and region above
  log::Level log_level = log::Level::info;
  bool log_json = false;
};

}  // namespace tocsin::server
