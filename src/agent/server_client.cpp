#include "agent/server_client.h"

#include <curl/curl.h>

#include <boost/json.hpp>
#include <memory>

#include "base/ids.h"
#include "base/text_time.h"
#include "wire/host_key/host_key.h"
#include "wire/sigv4/verify.h"

namespace tocsin::agent {
namespace {

constexpr long timeout_s = 20;
constexpr std::string_view host_signature_algorithm = "AWS4-HMAC-SHA256";

std::string authority_of(const std::string& url) {
  const auto start = url.find("://") + 3;
  return url.substr(start, url.find('/', start) - start);
}

std::size_t collect(char* data, std::size_t, std::size_t size, void* into) {
  static_cast<std::string*>(into)->append(data, size);
  return size;
}

// The headers that an agent without credentials signs with its key, and the Authorization that says so.
Result<void> sign_with_host_key(wire::HttpRequest& request, const Registration& registration, Instant now) {
  const std::string date = to_amz_date(now);
  request.headers.set("X-Amz-Date", date);
  wire::sigv4::Authorization authorization;
  authorization.algorithm = host_signature_algorithm;
  authorization.access_key_id = registration.instance_id;
  authorization.scope = {date.substr(0, 8), registration.region, "ssm"};
  authorization.signed_headers = {"content-type", "host", "x-amz-date", "x-amz-target"};
  authorization.amz_date = date;
  const auto signature = wire::sign_as_host(registration.private_key_pem, wire::sigv4::signed_text(request, authorization));
  if (!signature) return std::unexpected(signature.error());
  request.headers.set("Authorization", std::string(host_signature_algorithm) + " Credential=" + registration.instance_id + '/' + authorization.scope.text() +
                                           ", SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=" + *signature);
  return {};
}

Result<HttpAnswer> send(const wire::HttpRequest& request, const Registration& registration) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), curl_easy_cleanup);
  curl_slist* lines = nullptr;
  for (const auto& [name, value] : request.headers.fields()) lines = curl_slist_append(lines, (name + ": " + value).c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(lines, curl_slist_free_all);
  HttpAnswer answer;
  CURL* curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, (registration.server_url + request.target).c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, timeout_s);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  if (!registration.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, registration.ca_file.c_str());
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) return fail(ErrorKind::unavailable, registration.server_url + ": " + curl_easy_strerror(code));
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

std::unexpected<Error> refused(const HttpAnswer& answer) {
  const Result<Document> body = parse_json(answer.body);
  const std::string code = body ? text_or(*body, "__type") : "";
  const std::string words = body ? text_or(*body, "message", text_or(*body, "Message")) : answer.body.substr(0, 200);
  return fail(answer.status >= 500 ? ErrorKind::unavailable : ErrorKind::denied, std::to_string(answer.status) + ' ' + code + ' ' + words, code);
}

}  // namespace

Result<HttpAnswer> ServerClient::post(const std::string& path, const std::string& target, const std::string& body, Signature signature, std::string_view service) {
  wire::HttpRequest request{.method = "POST", .target = path, .path = path, .body = body};
  request.headers.set("Host", authority_of(registration_.server_url));
  request.headers.set("Content-Type", target.empty() ? "application/json" : "application/x-amz-json-1.1");
  if (!target.empty()) request.headers.set("X-Amz-Target", target);
  if (signature == Signature::host_key) {
    if (const auto signed_well = sign_with_host_key(request, registration_, clock_.now()); !signed_well) return std::unexpected(signed_well.error());
  } else if (signature == Signature::credentials) {
    if (!credentials_) return fail(ErrorKind::denied, "no credentials yet");
    wire::sigv4::sign(request, *credentials_, registration_.region, service, clock_.now());
  }
  return send(request, registration_);
}

Result<Document> ServerClient::call(std::string_view operation, const Object& input, Signature signature) {
  auto answer = post("/", "AmazonSSM." + std::string(operation), to_json(input), signature, "ssm");
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200) return refused(*answer);
  return parse_json(answer->body.empty() ? "{}" : answer->body);
}

Result<std::string> ServerClient::register_instance(const std::string& activation_id, const std::string& code, const std::string& public_key) {
  auto answer = call("RegisterManagedInstance",
                     Object{{"ActivationId", activation_id}, {"ActivationCode", code}, {"Fingerprint", registration_.fingerprint}, {"PublicKey", public_key}, {"PublicKeyType", "Rsa"}},
                     Signature::none);
  if (!answer) return std::unexpected(answer.error());
  registration_.instance_id = text_or(*answer, "InstanceId");
  return registration_.instance_id;
}

Result<void> ServerClient::refresh_credentials() {
  auto answer = call("RequestManagedInstanceRoleToken", Object{{"Fingerprint", registration_.fingerprint}}, Signature::host_key);
  if (!answer) return std::unexpected(answer.error());
  credentials_ = wire::sigv4::Credentials{text_or(*answer, "AccessKeyId"), text_or(*answer, "SecretAccessKey"), text_or(*answer, "SessionToken")};
  const double expires_s = number_at(*answer, "TokenExpirationDate").value_or(0);
  const Instant now = clock_.now();
  const Instant expires = instant_from_ms(static_cast<std::int64_t>(expires_s * 1000));
  refresh_at_ = now + std::max<Duration>((expires - now) / 2, std::chrono::seconds(30));
  return {};
}

Result<void> ServerClient::put_metric_data(const std::string& body) {
  if (credentials_need_refresh())
    if (auto fresh = refresh_credentials(); !fresh) return fresh;
  const auto answer = post("/", "GraniteServiceVersion20100801.PutMetricData", body, Signature::credentials, "monitoring");
  if (!answer) return std::unexpected(answer.error());
  if (answer->status == 200) return {};
  Error error = refused(*answer).error();
  // 403 is a permission that may be given yet
  if (answer->status == 400 && error.reason != "Throttling" && error.reason != "ExpiredTokenException") error.kind = ErrorKind::invalid;
  return std::unexpected(std::move(error));
}

Result<Document> ServerClient::call_logs(const std::string& operation, const Object& input) {
  if (credentials_need_refresh())
    if (auto fresh = refresh_credentials(); !fresh) return std::unexpected(fresh.error());
  const auto answer = post("/", "Logs_20140328." + operation, to_json(input), Signature::credentials, "logs");
  if (!answer) return std::unexpected(answer.error());
  if (answer->status == 200) return parse_json(answer->body.empty() ? "{}" : answer->body);
  Error error = refused(*answer).error();
  // a group that is missing can be made, a permission be given
  if (answer->status == 400 && error.reason == "InvalidParameterException") error.kind = ErrorKind::invalid;
  return std::unexpected(std::move(error));
}

bool ServerClient::credentials_need_refresh() const { return !credentials_ || clock_.now() >= refresh_at_; }

Result<void> ServerClient::ping(const HostFacts& facts) {
  auto answer = call("UpdateInstanceInformation",
                     Object{{"InstanceId", registration_.instance_id}, {"AgentName", "tocsin-agent"}, {"AgentVersion", "0.1.0"}, {"AgentStatus", "Active"},
                            {"PlatformType", "Linux"}, {"PlatformName", facts.platform_name}, {"PlatformVersion", facts.platform_version},
                            {"ComputerName", facts.computer_name}, {"IPAddress", facts.ip_address}, {"SSMConnectionChannel", "ssmmessages"}},
                     Signature::credentials);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

Result<std::string> ServerClient::control_channel_token() {
  const std::string body = to_json(Object{{"MessageSchemaVersion", "1.0"}, {"RequestId", make_uuid_v4(random_)}});
  auto answer = post("/v1/control-channel/" + registration_.instance_id, "", body, Signature::credentials, "ssmmessages");
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 201) return refused(*answer);
  const auto start = answer->body.find("<TokenValue>"), end = answer->body.find("</TokenValue>");
  if (start == std::string::npos || end == std::string::npos) return fail(ErrorKind::invalid, "the server's answer has no token");
  return answer->body.substr(start + 12, end - start - 12);
}

std::string ServerClient::control_channel_url() const {
  return registration_.server_url + "/v1/control-channel/" + registration_.instance_id + "?role=subscribe&stream=input";
}

}  // namespace tocsin::agent
