#include "api/dispatch/access_gate/access_gate.h"

#include <algorithm>
#include <array>

#include "api/dispatch/access_gate/loopback_guard.h"
#include "wire/sigv4/verify.h"

namespace tocsin::api {
namespace {

using wire::sigv4::Authorization;
constexpr int forbidden = 403;
// of a scope that a stranger made up, nothing long is kept
constexpr std::size_t remembered_name_bytes_max = 128;
constexpr std::string_view dev_account = "000000000000";
constexpr std::string_view invalid_token = "The security token included in the request is invalid.";

std::unexpected<ServiceError> refuse(const Error& error) {
  if (error.kind == ErrorKind::internal || error.reason.empty())
    return api::refuse("InternalFailure", "The credentials could not be read.", 500);
  if (error.reason == "NotImplemented") return api::refuse("NotImplementedException", error.message, 501);
  return api::refuse(error.reason, error.message);
}

std::unexpected<ServiceError> invalid_client() { return api::refuse("InvalidClientTokenId", std::string(invalid_token)); }

bool is_account_id(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// of a request that nobody signed: not every text becomes part of a record
bool is_region_name(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Principal root_of(std::string account, std::string access_key_id) {
  return {.kind = PrincipalKind::root,
          .account = account,
          .arn = "arn:aws:iam::" + account + ":root",
          .principal_id = account,
          .access_key_id = std::move(access_key_id)};
}

Principal anyone_in_dev(const std::string& key_id) { return root_of(is_account_id(key_id) ? key_id : std::string(dev_account), key_id); }

// a scope for another service is a mistake of the client's endpoint, told in words that name the right one
std::expected<void, ServiceError> check_scope(const Authorization& authorization, std::string_view service) {
  if (authorization.scope.service == signing_name(service)) return {};
  return api::refuse("SignatureDoesNotMatch",
                     "Credential should be scoped to correct service: '" + std::string(signing_name(service)) + "'.");
}

}  // namespace

std::string_view signing_name(std::string_view service) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> others{
      {{"cloudwatch", "monitoring"}, {"cloudtrail-data", "cloudtrail-data"}}};
  for (const auto& [model, name] : others)
    if (model == service) return name;
  return service;
}

std::expected<Caller, ServiceError> AccessGate::authenticate(const wire::HttpRequest& request, std::string_view service) {
  if (settings_.dev && !comes_from_this_machine(request))
    return api::refuse(
        "AccessDenied",
        "A server in --dev answers only to this machine: the Host must be loopback and the Origin, if any, the server's own.", forbidden);
  const auto authorization = wire::sigv4::parse_authorization(request);
  if (!authorization) return refuse(authorization.error());
  auto principal = who(request, *authorization);
  if (!principal) return std::unexpected(std::move(principal.error()));
  if (!settings_.dev && !service.empty())
    if (auto right = check_scope(*authorization, service); !right) return std::unexpected(std::move(right.error()));
  Scope scope{principal->account, authorization->scope.region};
  return Caller{std::move(*principal), std::move(scope)};
}

AccessGate::Found AccessGate::who(const wire::HttpRequest& request, const Authorization& authorization) {
  const std::string& id = authorization.access_key_id;
  if (id.starts_with("mi-") && host_signatures_) return of_host(request, authorization);
  if (const auto key = keys_.find(id)) return of_access_key(request, authorization, *key);
  if (const auto session = sessions_.find(id)) return of_session(request, authorization, *session);
  if (settings_.dev) return anyone_in_dev(id);
  return invalid_client();
}

AccessGate::Found AccessGate::of_access_key(const wire::HttpRequest& request, const Authorization& authorization,
                                            const access::AccessKey& key) {
  if (!key.active) return invalid_client();
  if (auto timely = wire::sigv4::check_time(authorization, state_.now()); !timely) return refuse(timely.error());
  const auto secret = keys_.secret_of(key.id);
  if (!secret) return refuse(secret.error());
  if (auto verified = verify(request, authorization, *secret); !verified) return refuse(verified.error());
  keys_.note_use(key, authorization.scope.service, authorization.scope.region);
  auto owner = owner_of(key);
  if (!owner) return invalid_client();
  return std::move(*owner);
}

/// The key that signs for a day, region and service is the same for every request, and dearer than the signature.
Result<void> AccessGate::verify(const wire::HttpRequest& request, const Authorization& authorization, const std::string& secret) {
  const std::string name = authorization.access_key_id + '/' + authorization.scope.text();
  if (name.size() > remembered_name_bytes_max || authorization.form == wire::sigv4::Form::presigned_v2) return wire::sigv4::verify(request, authorization, secret);
  return wire::sigv4::verify_with_key(request, authorization,
                                      *signing_keys_.get(name, [&] { return wire::sigv4::signing_key(secret, authorization.scope); }));
}

std::optional<Principal> AccessGate::owner_of(const access::AccessKey& key) {
  if (key.user_name.empty()) return root_of(key.account, key.id);
  return *owners_.get(key.id, [&]() -> std::optional<Principal> {
    const auto user = identities_.find(access::EntityKind::user, key.account, key.user_name);
    if (!user) return std::nullopt;
    return Principal{.kind = PrincipalKind::user,
                     .account = key.account,
                     .arn = user->arn(),
                     .principal_id = user->id,
                     .name = user->name,
                     .access_key_id = key.id};
  });
}

std::optional<Principal> AccessGate::claimed_by(const std::string& id) {
  if (const auto key = keys_.find(id)) return owner_of(*key);
  if (const auto session = sessions_.find(id)) return session->principal;
  return std::nullopt;
}

RefusedCaller AccessGate::refused(const wire::HttpRequest& request, const ServiceError& error) {
  const auto authorization = wire::sigv4::parse_authorization(request);
  if (!authorization || error.code == "AccessDenied") return {};
  RefusedCaller out;
  bool is_worth_a_record = true;
  // a clock that is wrong or a session that has ended is no attempt at a secret
  if (error.code == "SignatureDoesNotMatch" || error.code == "InvalidClientTokenId") {
    const auto noted = failed_attempts_.note(request.peer_address, state_.now());
    out.hold_back = noted.hold_back;
    is_worth_a_record = noted.is_worth_a_record;
  }
  if (!is_worth_a_record || !is_region_name(authorization->scope.region)) return out;
  if (auto claimed = claimed_by(authorization->access_key_id)) {
    Scope scope{claimed->account, authorization->scope.region};
    out.claimed = Caller{std::move(*claimed), std::move(scope)};
  }
  return out;
}

AccessGate::Found AccessGate::of_session(const wire::HttpRequest& request, const Authorization& authorization,
                                         const access::Session& session) {
  const std::string& id = authorization.access_key_id;
  if (!sessions_.token_matches(id, authorization.security_token)) return invalid_client();
  if (session.expires <= state_.now()) return api::refuse("ExpiredToken", "The security token included in the request is expired");
  if (auto timely = wire::sigv4::check_time(authorization, state_.now()); !timely) return refuse(timely.error());
  const auto secret = sessions_.secret_of(id);
  if (!secret) return refuse(secret.error());
  if (auto verified = verify(request, authorization, *secret); !verified) return refuse(verified.error());
  return session.principal;
}

AccessGate::Found AccessGate::of_host(const wire::HttpRequest& request, const Authorization& authorization) {
  if (auto timely = wire::sigv4::check_time(authorization, state_.now()); !timely) return refuse(timely.error());
  auto host = host_signatures_(authorization.access_key_id, wire::sigv4::signed_text(request, authorization), authorization.signature);
  if (!host) return refuse(host.error());
  return std::move(*host);
}

}  // namespace tocsin::api
