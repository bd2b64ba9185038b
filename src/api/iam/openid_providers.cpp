// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
#include <algorithm>
#include <boost/json.hpp>

#include "access/web_identity/web_token.h"
#include "api/iam/operations.h"

namespace tocsin::api::iam {
namespace {

using access::IdentityProvider;
using FoundProvider = std::expected<IdentityProvider, ServiceError>;

constexpr std::size_t client_ids_max = 100;
constexpr std::size_t thumbprints_max = 5;
constexpr std::size_t providers_max = 100;

std::vector<std::string> texts_at(const Document& input, const char* member) {
  std::vector<std::string> out;
  for (const Document& value : array_at(input, member))
    if (value.is_string() && std::find(out.begin(), out.end(), std::string(value.get_string())) == out.end())
      out.emplace_back(value.get_string());
  return out;
}

std::string arn_of(const Call& call) { return text_or(call.input, "OpenIDConnectProviderArn"); }

FoundProvider provider_of(const IamRooms& rooms, const Call& call) {
  auto provider = rooms.identity_providers.find_by_arn(arn_of(call));
  if (!provider || provider->account != call.scope.account)
    return refuse("NoSuchEntityException", "OpenIDConnect Provider not found for arn " + arn_of(call));
  return std::move(*provider);
}

std::expected<void, ServiceError> check_thumbprints(const std::vector<std::string>& thumbprints) {
  if (thumbprints.size() > thumbprints_max) return refuse("InvalidInputException", "Thumbprint list must contain fewer than 5 entries.");
  for (const std::string& each : thumbprints)
    if (each.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
      return refuse("InvalidInputException", "Thumbprint must be an hexadecimal string.");
  return {};
}

/// A host, perhaps a port and a path; no query.
bool is_provider_url(const std::string& url) {
  constexpr std::string_view scheme = "https://";
  return url.starts_with(scheme) && url.size() > scheme.size() && url.find_first_of("?#@ \"<>\\") == std::string::npos &&
         url[scheme.size()] != '/';
}

}  // namespace

Reply create_openid_connect_provider(const IamRooms& rooms, const Call& call) {
  const std::string url = text_or(call.input, "Url");
  if (!is_provider_url(url)) return refuse("InvalidInputException", "Invalid Open ID Connect Provider URL");
  IdentityProvider provider{.account = call.scope.account,
                            .url = access::without_scheme(url),
                            .client_ids = texts_at(call.input, "ClientIDList"),
                            .thumbprints = texts_at(call.input, "ThumbprintList"),
                            .created = call.now,
                            .tags = {}};
  if (rooms.identity_providers.find(provider.account, provider.url))
    return refuse("EntityAlreadyExistsException", "Provider with url " + url + " already exists.");
  if (provider.client_ids.size() > client_ids_max)
    return refuse("LimitExceededException", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100");
  if (rooms.identity_providers.list(provider.account).size() >= providers_max)
    return refuse("LimitExceededException", "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100");
  if (auto good = check_thumbprints(provider.thumbprints); !good) return std::unexpected(good.error());
  auto tags = with_tags({}, call.input);
  if (!tags) return std::unexpected(tags.error());
  provider.tags = std::move(*tags);
  rooms.identity_providers.put(provider);
  Object out{{"OpenIDConnectProviderArn", provider.arn()}};
  if (!provider.tags.empty()) out["Tags"] = tags_document(provider.tags);
  return out;
}

Reply get_openid_connect_provider(const IamRooms& rooms, const Call& call) {
  const auto provider = provider_of(rooms, call);
  if (!provider) return std::unexpected(provider.error());
  return Object{{"Url", provider->url},
                {"ClientIDList", Array(provider->client_ids.begin(), provider->client_ids.end())},
                {"ThumbprintList", Array(provider->thumbprints.begin(), provider->thumbprints.end())},
                {"CreateDate", to_ns(provider->created)},
                {"Tags", tags_document(provider->tags)}};
}

Reply list_openid_connect_providers(const IamRooms& rooms, const Call& call) {
  Array list;
  for (const IdentityProvider& provider : rooms.identity_providers.list(call.scope.account))
    list.push_back(Object{{"Arn", provider.arn()}});
  return Object{{"OpenIDConnectProviderList", std::move(list)}};
}

// what is not there is deleted
Reply delete_openid_connect_provider(const IamRooms& rooms, const Call& call) {
  if (const auto provider = provider_of(rooms, call)) rooms.identity_providers.remove(*provider);
  return Object{};
}

Reply add_client_id(const IamRooms& rooms, const Call& call) {
  auto provider = provider_of(rooms, call);
  if (!provider) return std::unexpected(provider.error());
  const std::string id = text_or(call.input, "ClientID");
  if (std::find(provider->client_ids.begin(), provider->client_ids.end(), id) != provider->client_ids.end()) return Object{};
  if (provider->client_ids.size() >= client_ids_max)
    return refuse("LimitExceededException", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100");
  provider->client_ids.push_back(id);
  rooms.identity_providers.put(*provider);
  return Object{};
}

Reply remove_client_id(const IamRooms& rooms, const Call& call) {
  auto provider = provider_of(rooms, call);
  if (!provider) return std::unexpected(provider.error());
  std::erase(provider->client_ids, text_or(call.input, "ClientID"));
  rooms.identity_providers.put(*provider);
  return Object{};
}

Reply update_thumbprints(const IamRooms& rooms, const Call& call) {
  auto provider = provider_of(rooms, call);
  if (!provider) return std::unexpected(provider.error());
  provider->thumbprints = texts_at(call.input, "ThumbprintList");
  if (auto good = check_thumbprints(provider->thumbprints); !good) return std::unexpected(good.error());
  rooms.identity_providers.put(*provider);
  return Object{};
}

Reply tag_openid_connect_provider(const IamRooms& rooms, const Call& call) {
  auto provider = provider_of(rooms, call);
  if (!provider) return std::unexpected(provider.error());
  auto tags = with_tags(provider->tags, call.input);
  if (!tags) return std::unexpected(tags.error());
  provider->tags = std::move(*tags);
  rooms.identity_providers.put(*provider);
  return Object{};
}

Reply untag_openid_connect_provider(const IamRooms& rooms, const Call& call) {
  auto provider = provider_of(rooms, call);
  if (!provider) return std::unexpected(provider.error());
  provider->tags = without_tags(std::move(provider->tags), call.input);
  rooms.identity_providers.put(*provider);
  return Object{};
}

Reply list_openid_connect_provider_tags(const IamRooms& rooms, const Call& call) {
  const auto provider = provider_of(rooms, call);
  if (!provider) return std::unexpected(provider.error());
  KeyedItems items;
  for (const auto& [name, value] : provider->tags) items.emplace_back(name, Object{{"Key", name}, {"Value", value}});
  return page_of(rooms, call, {}, "Tags", items);
}

}  // namespace tocsin::api::iam
