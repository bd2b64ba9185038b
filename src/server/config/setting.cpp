#include "server/config/setting.h"

#include <algorithm>
#include <charconv>

#include "delivery/smtp/smtp_carrier.h"
#include "server/config/gateway_settings.h"

namespace tocsin::server {
namespace {

using Values = std::vector<std::string>;
using Applied = Result<void>;

std::unexpected<Error> unexpected_value(std::string_view key, const std::string& value, std::string_view wanted) {
  return fail(ErrorKind::invalid, std::string(key) + ": '" + value + "' is not " + std::string(wanted));
}

Setting text(std::string_view key, std::string ServerConfig::*member, std::string_view placeholder, std::string_view help) {
  return {key, SettingKind::text, help, placeholder, [member](ServerConfig& config, const Values& values) -> Applied {
            config.*member = values.back();
            return {};
          }};
}

Setting toggle(std::string_view key, bool ServerConfig::*member, std::string_view help) {
  return {key, SettingKind::toggle, help, "", [key, member](ServerConfig& config, const Values& values) -> Applied {
            const std::string& value = values.back();
            const bool on = value == "true" || value == "1" || value == "yes" || value == "on";
            const bool off = value == "false" || value == "0" || value == "no" || value == "off";
            if (!on && !off) return unexpected_value(key, value, "true or false");
            config.*member = on;
            return {};
          }};
}

/// The addresses that a setting names; "off" names none.
Applied set_addresses(std::vector<wire::ListenAddress>& into, const std::string& setting, const Values& values) {
  std::vector<wire::ListenAddress> addresses;
  for (const std::string& value : values) {
    if (value == "off") continue;
    const auto address = wire::parse_listen_address(value);
    if (!address) return fail(ErrorKind::invalid, setting + ": " + address.error().message);
    addresses.push_back(*address);
  }
  into = std::move(addresses);
  return {};
}

Applied set_listen(ServerConfig& config, const Values& values) { return set_addresses(config.listen, "listen", values); }

Applied set_statsd(ServerConfig& config, const Values& values) { return set_addresses(config.statsd, "statsd", values); }

Applied set_mail_in(ServerConfig& config, const Values& values) { return set_addresses(config.mail_in, "mail-in", values); }

Applied set_otlp_grpc(ServerConfig& config, const Values& values) {
  auto applied = set_addresses(config.otlp_grpc, "otlp-grpc", values);
  if (applied) config.otlp_grpc_wanted = true;
  return applied;
}

Applied set_xray_daemon(ServerConfig& config, const Values& values) {
  auto applied = set_addresses(config.xray_daemon, "xray-daemon", values);
  if (applied) config.xray_daemon_wanted = true;
  return applied;
}

Applied set_scrape(ServerConfig& config, const Values& values) {
  std::vector<telemetry::ScrapeTarget> targets;
  for (const std::string& value : values) {
    if (value == "off") continue;
    auto target = telemetry::parse_scrape_target(value);
    if (!target) return fail(ErrorKind::invalid, "scrape: '" + value + "': " + target.error().message);
    targets.push_back(std::move(*target));
  }
  config.scrape = std::move(targets);
  return {};
}

Applied set_syslog(ServerConfig& config, const Values& values) {
  std::vector<wire::SyslogListen> listen;
  for (const std::string& value : values) {
    if (value == "off") continue;
    const auto parsed = wire::parse_syslog_listen(value);
    if (!parsed) return fail(ErrorKind::invalid, "syslog: " + parsed.error().message);
    listen.push_back(*parsed);
  }
  config.syslog = std::move(listen);
  return {};
}

Applied set_smtp(ServerConfig& config, const Values& values) {
  if (values.back() == "off" || values.back().empty()) {
    config.smtp_url.clear();
    return {};
  }
  if (auto sound = delivery::check_smtp_url(values.back()); !sound) return fail(ErrorKind::invalid, "smtp: " + sound.error().message);
  config.smtp_url = values.back();
  return {};
}

Setting gateways(std::string_view key, std::vector<std::string> ServerConfig::*member, Result<void> (*check)(const std::string&), std::string_view help) {
  return {key, SettingKind::list, help, "GATEWAY", [key, member, check](ServerConfig& config, const Values& values) -> Applied {
            std::vector<std::string> all;
            for (const std::string& value : values) {
              if (value == "off" || value.empty()) continue;
              if (auto sound = check(value); !sound) return fail(ErrorKind::invalid, std::string(key) + ": " + sound.error().message);
              all.push_back(value);
            }
            config.*member = std::move(all);
            return {};
          }};
}

Applied set_public_url(ServerConfig& config, const Values& values) {
  std::string url = values.back();
  if (!url.empty() && !url.starts_with("http://") && !url.starts_with("https://"))
    return unexpected_value("public-url", url, "a URL of http or https");
  while (url.ends_with('/')) url.pop_back();
  config.public_url = url;
  return {};
}

Applied set_account(ServerConfig& config, const Values& values) {
  const std::string& account = values.back();
  const bool sound = account.size() == 12 && std::all_of(account.begin(), account.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!sound) return unexpected_value("account", account, "twelve digits");
  config.account = account;
  return {};
}

Applied set_io_threads(ServerConfig& config, const Values& values) {
  const std::string& value = values.back();
  int threads = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), threads);
  if (failed != std::errc{} || end != value.data() + value.size() || threads < 1 || threads > 64)
    return unexpected_value("io-threads", value, "a number from 1 to 64");
  config.io_threads = threads;
  return {};
}

Applied set_log_level(ServerConfig& config, const Values& values) {
  const std::string& value = values.back();
  constexpr std::pair<std::string_view, log::Level> levels[] = {
      {"debug", log::Level::debug}, {"info", log::Level::info}, {"warning", log::Level::warning}, {"error", log::Level::error}};
  for (const auto& [name, level] : levels)
    if (value == name) {
      config.log_level = level;
      return {};
    }
  return unexpected_value("log-level", value, "debug, info, warning or error");
}

Applied set_data(ServerConfig& config, const Values& values) {
  if (values.back().empty()) return fail(ErrorKind::invalid, "data: the directory has no name");
  config.data = values.back();
  return {};
}

}  // namespace

const std::vector<Setting>& server_settings() {
  static const std::vector<Setting> settings = {
      {"data", SettingKind::text, "the data directory; made when it is missing", "DIR", set_data},
      toggle("dev", &ServerConfig::dev, "take any access key, as its account's root; loopback only"),
      {"listen", SettingKind::list, "serve http and https here; repeats; port 0 takes a free one, 'off' none", "HOST:PORT", set_listen},
      {"syslog", SettingKind::list, "take syslog here: udp://HOST:PORT, tcp://… or tls://…; repeats; port 0 takes a free one", "URL", set_syslog},
      {"public-url", SettingKind::text, "how others reach this server, for links in mails and answers", "URL", set_public_url},
      {"smtp", SettingKind::text, "the server that takes our mail: smtp://[USER:PASSWORD@]HOST[:PORT] or smtps://…", "URL", set_smtp},
      text("smtp-from", &ServerConfig::smtp_from, "ADDRESS", "whom mails come from"),
      text("smtp-ca", &ServerConfig::smtp_ca, "FILE", "authorities (PEM) to check the mail server with, instead of the system's"),
      text("smtp-bounces", &ServerConfig::smtp_bounces, "ADDRESS", "whom mails that cannot be delivered go back to, instead of smtp-from"),
      {"mail-in", SettingKind::list, "take mail that reports alerts, and mail of ours that comes back, by SMTP here; repeats; port 0 takes a free one", "HOST:PORT", set_mail_in},
      gateways("sms", &ServerConfig::sms, check_sms_setting, "send SMS: twilio://SID:TOKEN@HOST?from=NUMBER or smpp://USER:PASSWORD@HOST?from=NUMBER; repeats, best first"),
      gateways("voice", &ServerConfig::voice, check_voice_setting, "call people: twilio://SID:TOKEN@HOST?from=NUMBER; repeats, best first"),
      gateways("chat", &ServerConfig::chat, check_chat_setting, "a chat workspace: ID[/CHANNEL]=slack|teams|mattermost|discord:TOKEN_OR_URL; repeats"),
      gateways("push", &ServerConfig::push, check_push_setting, "a push server: NAME=ntfy:URL[;token=TOKEN] or NAME=gotify:URL;token=TOKEN; repeats"),
      text("push-contact", &ServerConfig::push_contact, "URL", "whom browsers' push services may write to: mailto:…"),
      text("templates", &ServerConfig::templates, "DIR", "texts of messages, instead of the defaults: see 'tocsin templates'"),
      text("webhook-ca", &ServerConfig::webhook_ca, "FILE",
           "authorities (PEM) to check receivers of webhooks with, instead of the system's"),
      text("tls-certificate", &ServerConfig::tls_certificate, "FILE", "certificate (PEM) for https, instead of the one of 'tocsin init'"),
      text("tls-key", &ServerConfig::tls_key, "FILE", "its key (PEM)"),
      {"account", SettingKind::text, "the account of a caller that names none", "ID", set_account},
      text("region", &ServerConfig::region, "NAME", "the region of a caller that names none"),
      {"io-threads", SettingKind::text, "threads that serve connections", "N", set_io_threads},
      {"statsd", SettingKind::list, "take StatsD's datagrams here; repeats; off by default, 8125 is usual", "HOST:PORT", set_statsd},
      {"otlp-grpc", SettingKind::list, "take OTLP over gRPC here, with and without TLS; repeats; off by default, with dev 127.0.0.1:4317 where it is free", "HOST:PORT", set_otlp_grpc},
      {"xray-daemon", SettingKind::list, "take what SDKs send to the X-Ray daemon here; repeats; 127.0.0.1:2000 by default, where it is free; 'off' none", "HOST:PORT", set_xray_daemon},
      {"scrape", SettingKind::list, "scrape Prometheus metrics from here; repeats; URL[;job=NAME][;every=15s]", "TARGET", set_scrape},
      {"log-level", SettingKind::text, "debug, info, warning or error", "LEVEL", set_log_level},
      toggle("log-json", &ServerConfig::log_json, "log lines as JSON objects"),
  };
  return settings;
}

}  // namespace tocsin::server
