// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <memory>

#include "access/web_identity/web_token.h"
#include "api/sts/operations.h"
#include "model/arn.h"

namespace tocsin::api::sts {
namespace {

using access::WebToken;
constexpr std::int64_t seconds_default = 3600;
constexpr Duration keys_kept = std::chrono::hours(1);
// a key that is not known may be new, but strangers must not make us ask all the time
constexpr Duration asked_again_after = std::chrono::minutes(1);
constexpr std::size_t providers_kept_max = 256;

/// The keys of providers as they were fetched last, each account's apart: they trust different certificates. Touched only on the StateExecutor.
class KnownKeys {
 public:
  struct Entry {
    access::KeySet keys;
    Instant fetched{};
  };
  const Entry* find(const std::string& provider_arn) const {
    const auto found = entries_.find(provider_arn);
    return found == entries_.end() ? nullptr : &found->second;
  }
  void put(const std::string& provider_arn, Entry entry) {
    if (entries_.size() >= providers_kept_max) entries_.clear();
    entries_[provider_arn] = std::move(entry);
  }

 private:
  std::map<std::string, Entry> entries_;
};

/// One call on its way.
struct Assumption : std::enable_shared_from_this<Assumption> {
  Assumption(const StsRooms& rooms, std::shared_ptr<KnownKeys> known, Call call, Complete complete)
      : rooms(rooms), known(std::move(known)), call(std::move(call)), complete(std::move(complete)) {}

  void start();
  void fetch_keys();
  void fetched(Result<access::KeySet> keys);
  void answer(const access::KeySet& keys);
  std::expected<void, ServiceError> look_up();
  Reply assume(const access::KeySet& keys);
  access::ConditionContext context() const;

  const StsRooms rooms;
  const std::shared_ptr<KnownKeys> known;
  const Call call;
  Complete complete;
  WebToken token;
  std::string url;       ///< the provider's, without scheme
  std::string audience;  ///< the one that the provider's clients are known by
  std::string provider_arn;
  std::vector<std::string> thumbprints;
};

std::unexpected<ServiceError> refused(const Error& error) {
  if (error.reason == "InvalidIdentityToken" || error.reason == "ExpiredTokenException") return refuse(error.reason, error.message);
  return refuse("AccessDenied", error.message, 403);
}

bool knows(const access::KeySet& keys, const WebToken& token) {
  return std::any_of(keys.keys.begin(), keys.keys.end(),
                     [&](const access::PublicKey& key) { return token.key_id.empty() || key.id == token.key_id; });
}

void Assumption::start() {
  auto parsed = access::parse_web_token(text_or(call.input, "WebIdentityToken"));
  if (!parsed) return complete(refused(parsed.error()));
  token = std::move(*parsed);
  auto found = std::make_shared<std::expected<void, ServiceError>>();
  rooms.state.submit(
      [self = shared_from_this(), found]() -> Result<void> {
        *found = self->look_up();
        return {};
      },
      [self = shared_from_this(), found](Result<void> done) {
        if (!done) return self->complete(refuse("ServiceUnavailable", done.error().message, 503));
        if (!*found) return self->complete(std::unexpected(found->error()));
        const KnownKeys::Entry* entry = self->known->find(self->provider_arn);
        const Duration age = entry ? self->rooms.state.now() - entry->fetched : Duration::max();
        if (entry && age < keys_kept && (knows(entry->keys, self->token) || age < asked_again_after)) return self->answer(entry->keys);
        self->fetch_keys();
      });
}

/// The provider of the role's account that issued the token, and the audience.
std::expected<void, ServiceError> Assumption::look_up() {
  url = access::without_scheme(token.issuer);
  const auto role = access::role_of_arn(text_or(call.input, "RoleArn"));
  if (!role) return refuse("ValidationError", "Request ARN is invalid");
  const auto provider = rooms.identity_providers.find(role->account, url);
  if (!provider) return refuse("InvalidIdentityToken", "No OpenIDConnect provider found in your account for " + token.issuer);
  provider_arn = provider->arn();
  thumbprints = provider->thumbprints;
  for (const std::string& each : token.audiences)
    if (std::find(provider->client_ids.begin(), provider->client_ids.end(), each) != provider->client_ids.end()) audience = each;
  if (audience.empty()) return refuse("InvalidIdentityToken", "Incorrect token audience");
  return {};
}

void Assumption::fetch_keys() {
  if (!rooms.fetch) return fetched(fail(ErrorKind::unavailable, "This server reaches no identity providers."));
  const std::string configuration = token.issuer + (token.issuer.ends_with('/') ? "" : "/") + ".well-known/openid-configuration";
  rooms.fetch(configuration, thumbprints, [self = shared_from_this()](Result<std::string> document) {
    if (!document) return self->fetched(std::unexpected(document.error()));
    const auto keys_url = access::key_set_url(*document);
    if (!keys_url) return self->fetched(std::unexpected(keys_url.error()));
    if (!keys_url->starts_with("https://")) return self->fetched(fail(ErrorKind::invalid, "The provider's jwks_uri is not https."));
    self->rooms.fetch(*keys_url, self->thumbprints, [self](Result<std::string> keys) {
      self->fetched(keys ? access::parse_key_set(*keys) : Result<access::KeySet>(std::unexpected(keys.error())));
    });
  });
}

/// On any thread.
void Assumption::fetched(Result<access::KeySet> keys) {
  rooms.state.executor().post([self = shared_from_this(), keys = std::move(keys)] {
    if (!keys)
      return self->complete(
          refuse("IDPCommunicationError", "Could not reach the identity provider https://" + self->url + ": " + keys.error().message));
    self->known->put(self->provider_arn, {*keys, self->rooms.state.now()});
    self->answer(*keys);
  });
}

void Assumption::answer(const access::KeySet& keys) {
  auto reply = std::make_shared<Reply>();
  rooms.state.submit(
      [self = shared_from_this(), keys, reply]() -> Result<void> {
        *reply = self->assume(keys);
        return {};
      },
      [self = shared_from_this(), reply](Result<void> done) {
        self->complete(done ? std::move(*reply) : refuse("ServiceUnavailable", done.error().message, 503));
      });
}

access::ConditionContext Assumption::context() const {
  access::ConditionContext out;
  out[lower_case(url) + ":aud"] = {audience};
  out[lower_case(url) + ":sub"] = {token.subject};
  for (const char* claim : {"amr", "azp", "email", "oaud"}) {
    std::vector<std::string> values;
    if (const auto one = text_at(token.claims, claim)) values.emplace_back(*one);
    for (const Document& each : array_at(token.claims, claim))
      if (each.is_string()) values.emplace_back(each.get_string());
    if (!values.empty()) out[lower_case(url) + ':' + claim] = std::move(values);
  }
  out["aws:sourceip"] = {call.source_ip};
  return out;
}

Reply Assumption::assume(const access::KeySet& keys) {
  if (auto held = access::verify_web_token(token, keys); !held) return refused(held.error());
  if (auto timely = access::check_web_token_times(token, rooms.state.now()); !timely) return refused(timely.error());
  auto assumed =
      rooms.roles.assume_with_web_identity(provider_arn, text_or(call.input, "RoleArn"), text_or(call.input, "RoleSessionName"), context());
  if (!assumed) return refused(assumed.error());
  const std::int64_t seconds = integer_or(call.input, "DurationSeconds", seconds_default);
  if (seconds > assumed->role.session_seconds_max)
    return refuse("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  auto policies = session_policies(rooms, call);
  if (!policies) return std::unexpected(policies.error());
  const auto made = rooms.sessions.issue({.principal = assumed->principal,
                                          .lifetime = std::chrono::seconds(seconds),
                                          .policies = std::move(*policies),
                                          .tags = {},
                                          .source_identity = ""});
  Object out{{"Credentials", credentials_document(made)},
             {"SubjectFromWebIdentityToken", token.subject},
             {"AssumedRoleUser", Object{{"AssumedRoleId", assumed->principal.principal_id}, {"Arn", assumed->principal.arn}}},
             {"Provider", provider_arn},
             {"Audience", audience}};
  if (const auto size = packed_policy_size(call)) out["PackedPolicySize"] = *size;
  return out;
}

}  // namespace

HandleLater assume_role_with_web_identity(const StsRooms& rooms) {
  return [rooms, known = std::make_shared<KnownKeys>()](Call call, Complete complete) {
    std::make_shared<Assumption>(rooms, known, std::move(call), std::move(complete))->start();
  };
}

}  // namespace tocsin::api::sts
