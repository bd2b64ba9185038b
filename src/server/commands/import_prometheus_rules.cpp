#include "server/commands/import_prometheus_rules.h"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>

#include "delivery/curl/transfer_thread.h"
#include "delivery/http/http_carrier.h"
#include "server/config/data_directory.h"
#include "server/config/endpoints_file.h"
#include "wire/sigv4/signer.h"
#include "wire/tls/certificate_authority.h"

namespace tocsin::server {
namespace {

std::string variable(const char* const* environment, std::string_view name) {
  for (; environment && *environment; ++environment) {
    const std::string_view entry(*environment);
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return std::string(entry.substr(name.size() + 1));
  }
  return {};
}

Result<std::string> text_of(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return fail(ErrorKind::not_found, path + ": there is no such file");
  std::ifstream file(path);
  if (!file) return fail(ErrorKind::unavailable, path + ": cannot be opened");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<std::string> endpoint_of(const ServerConfig& config, const ImportRulesOptions& options) {
  if (!options.endpoint.empty())
    return options.endpoint.ends_with('/') ? options.endpoint.substr(0, options.endpoint.size() - 1) : options.endpoint;
  const auto endpoints = read_endpoints(DataDirectory{config.data}.endpoints());
  if (endpoints && !endpoints->urls.empty()) return endpoints->urls.front();
  return fail(ErrorKind::not_found, "no server has run on " + config.data.string() + "; name one with --endpoint, or use --dry-run");
}

/// One call after another over one connection.
class Caller {
 public:
  Caller(std::string url, std::string region, wire::sigv4::Credentials credentials, const std::string& ca_file)
      : url_(std::move(url)),
        region_(std::move(region)),
        credentials_(std::move(credentials)),
        transfers_(1),
        carrier_({.ca_file = ca_file}, transfers_) {}

  Result<void> put(const Document& alarm, Instant now) {
    const std::string host = url_.substr(url_.find("//") + 2);
    wire::HttpRequest request{.method = "POST", .target = "/", .path = "/", .query = {}, .headers = {}, .body = to_json(alarm)};
    request.headers.set("Host", host);
    request.headers.set("Content-Type", "application/x-amz-json-1.0");
    request.headers.set("X-Amz-Target", "GraniteServiceVersion20100801.PutMetricAlarm");
    wire::sigv4::sign(request, credentials_, region_, "monitoring", now);
    Object headers;
    for (const auto& [name, value] : request.headers.fields())
      if (name != "Host") headers[name] = value;
    std::promise<delivery::CarryOutcome> outcome;
    carrier_.carry("import", Object{{"method", "POST"}, {"url", url_ + "/"}, {"headers", std::move(headers)}, {"body", request.body}},
                   [&](delivery::CarryOutcome came) { outcome.set_value(std::move(came)); });
    const delivery::CarryOutcome came = outcome.get_future().get();
    if (came.status == 200) return {};
    if (came.status == 0) return fail(ErrorKind::unavailable, came.error);
    const auto body = parse_json(text_or(came.answer, "body"));
    return fail(ErrorKind::invalid, body ? text_or(*body, "message", text_or(*body, "Message")) : "answer " + std::to_string(came.status));
  }

 private:
  std::string url_, region_;
  wire::sigv4::Credentials credentials_;
  delivery::TransferThread transfers_;
  delivery::HttpCarrier carrier_;
};

ExitCode put_all(const ServerConfig& config, const ImportRulesOptions& options, const ImportedRules& rules, const char* const* environment,
                 const Clock& clock, Console console) {
  const auto endpoint = endpoint_of(config, options);
  if (!endpoint) {
    console.err << "tocsin: " << endpoint.error().message << "\n";
    return exit_code_of(endpoint.error().kind);
  }
  wire::sigv4::Credentials keys{variable(environment, "AWS_ACCESS_KEY_ID"), variable(environment, "AWS_SECRET_ACCESS_KEY"),
                                variable(environment, "AWS_SESSION_TOKEN")};
  if (keys.access_key_id.empty()) keys = {"dev", "dev", ""};
  std::string region = variable(environment, "AWS_REGION");
  if (region.empty()) region = variable(environment, "AWS_DEFAULT_REGION");
  const wire::TlsFiles files = wire::tls_files(config.data);
  Caller caller(*endpoint, region.empty() ? config.region : region, keys,
                endpoint->starts_with("https") && std::filesystem::exists(files.ca_certificate) ? files.ca_certificate.string() : "");
  ExitCode exit = ExitCode::done;
  for (const Document& alarm : rules.alarms) {
    const auto put = caller.put(alarm, clock.now());
    if (put) {
      console.out << text_or(alarm, "AlarmName") << "\n";
      continue;
    }
    console.err << "tocsin: " << text_or(alarm, "AlarmName") << ": " << put.error().message << "\n";
    if (put.error().kind == ErrorKind::unavailable) return ExitCode::unreachable;
    exit = ExitCode::failed;
  }
  return exit;
}

}  // namespace

ExitCode run_import_rules(const ServerConfig& config, const ImportRulesOptions& options, const char* const* environment, const Clock& clock,
                          Console console) {
  const auto text = text_of(options.file);
  const auto rules = text ? read_prometheus_rules(*text, options.settings) : Result<ImportedRules>(std::unexpected(text.error()));
  if (!rules) {
    console.err << "tocsin: " << (text ? options.file + ": " : "") << rules.error().message << "\n";
    return exit_code_of(rules.error().kind);
  }
  for (const std::string& words : rules->left_out) console.err << "tocsin: left out: " << words << "\n";
  if (!options.dry_run) return put_all(config, options, *rules, environment, clock, console);
  for (const Document& alarm : rules->alarms) console.out << to_json(alarm) << "\n";
  return ExitCode::done;
}

}  // namespace tocsin::server
