#include "api/ssm/hosts/host_operations.h"

#include <algorithm>
#include <boost/json.hpp>

#include "api/ssm/reply.h"

namespace tocsin::api::ssm {
namespace {
using namespace std::chrono_literals;

constexpr Duration activation_life_default = 24h;
constexpr Duration activation_life_max = 30 * 24h;

std::string_view to_text(hosts::PingStatus status) {
  switch (status) {
    case hosts::PingStatus::online: return "Online";
    case hosts::PingStatus::connection_lost: return "ConnectionLost";
    case hosts::PingStatus::inactive: return "Inactive";
  }
  return "Inactive";
}

void put_text(Object& shape, std::string_view key, const std::string& value) {
  if (!value.empty()) shape[key] = value;
}

Object to_shape(const hosts::Activation& activation, Instant now) {
  Object shape{{"ActivationId", activation.id},
               {"IamRole", activation.iam_role},
               {"RegistrationLimit", activation.registration_limit},
               {"RegistrationsCount", activation.registrations},
               {"ExpirationDate", to_ns(activation.expires_at)},
               {"Expired", activation.expires_at <= now},
               {"CreatedDate", to_ns(activation.created_at)}};
  put_text(shape, "Description", activation.description);
  put_text(shape, "DefaultInstanceName", activation.default_instance_name);
  if (activation.tags.is_array() && !activation.tags.get_array().empty()) shape["Tags"] = activation.tags;
  return shape;
}

Object to_shape(const hosts::Host& host, bool connected, Instant now) {
  Object shape{{"InstanceId", host.instance_id},
               {"PingStatus", to_text(hosts::ping_status(host, connected, now))},
               {"ResourceType", "ManagedInstance"},
               {"IsLatestVersion", true},
               {"ActivationId", host.activation_id},
               {"IamRole", host.iam_role},
               {"RegistrationDate", to_ns(host.registered_at)}};
  if (host.last_ping_at != Instant{}) shape["LastPingDateTime"] = to_ns(host.last_ping_at);
  put_text(shape, "Name", host.name);
  put_text(shape, "AgentVersion", host.agent_version);
  put_text(shape, "PlatformType", host.platform_type);
  put_text(shape, "PlatformName", host.platform_name);
  put_text(shape, "PlatformVersion", host.platform_version);
  put_text(shape, "IPAddress", host.ip_address);
  put_text(shape, "ComputerName", host.computer_name);
  return shape;
}

Reply create_activation(hosts::HostRegistry& hosts, const Call& call) {
  if (find(call.input, "RegistrationMetadata")) return refuse("InvalidParameters", "RegistrationMetadata is not offered by this server.");
  hosts::Activation spec{.scope = call.scope,
                         .description = text_or(call.input, "Description"),
                         .default_instance_name = text_or(call.input, "DefaultInstanceName"),
                         .iam_role = text_or(call.input, "IamRole"),
                         .registration_limit = integer_or(call.input, "RegistrationLimit", 1),
                         .expires_at = call.now + activation_life_default,
                         .tags = array_at(call.input, "Tags")};
  if (const auto expires = integer_at(call.input, "ExpirationDate")) spec.expires_at = instant_from_ns(*expires);
  if (spec.expires_at <= call.now || spec.expires_at > call.now + activation_life_max)
    return refuse("InvalidParameters", "ExpirationDate must lie within the next 30 days.");
  const auto made = hosts.create_activation(std::move(spec));
  return Object{{"ActivationId", made.id}, {"ActivationCode", made.code}};
}

bool matches(const hosts::Activation& activation, const Document& filter) {
  const std::string key = text_or(filter, "FilterKey");
  const std::string& value = key == "ActivationIds" ? activation.id : key == "IamRole" ? activation.iam_role : activation.default_instance_name;
  const auto wanted = texts_at(filter, "FilterValues");
  return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

Reply describe_activations(hosts::HostRegistry& hosts, const Call& call) {
  Array list;
  const Array& filters = array_at(call.input, "Filters");
  for (const hosts::Activation& activation : hosts.activations(call.scope))
    if (std::all_of(filters.begin(), filters.end(), [&](const Document& filter) { return matches(activation, filter); }))
      list.push_back(to_shape(activation, call.now));
  return Object{{"ActivationList", std::move(list)}};
}

Reply delete_activation(hosts::HostRegistry& hosts, const Call& call) {
  if (!hosts.delete_activation(call.scope, text_or(call.input, "ActivationId"))) return refuse("InvalidActivation", "The activation isn't valid. The activation might have been deleted.");
  return Object{};
}

// what one filter of DescribeInstanceInformation looks at; nullopt for a key that is none
std::optional<std::vector<std::string>> values_of(const hosts::Host& host, bool connected, const Object& tags, const std::string& key, Instant now) {
  if (key == "InstanceIds") return {{host.instance_id}};
  if (key == "AgentVersion") return {{host.agent_version}};
  if (key == "PingStatus") return {{std::string(to_text(hosts::ping_status(host, connected, now)))}};
  if (key == "PlatformTypes" || key == "PlatformType") return {{host.platform_type}};
  if (key == "ActivationIds") return {{host.activation_id}};
  if (key == "IamRole") return {{host.iam_role}};
  if (key == "ResourceType") return {{"ManagedInstance"}};
  if (key == "AssociationStatus") return {std::vector<std::string>{}};
  if (!key.starts_with("tag:")) return std::nullopt;
  const auto value = find(tags, std::string_view(key).substr(4));
  return value && value->is_string() ? std::vector<std::string>{std::string(value->get_string())} : std::vector<std::string>{};
}

struct Filter {
  std::string key;
  std::vector<std::string> values;
};

std::vector<Filter> filters_of(const Document& input) {
  std::vector<Filter> filters;
  for (const Document& one : array_at(input, "Filters")) filters.push_back({text_or(one, "Key"), texts_at(one, "Values")});
  for (const Document& one : array_at(input, "InstanceInformationFilterList")) filters.push_back({text_or(one, "key"), texts_at(one, "valueSet")});
  return filters;
}

Reply describe_instances(hosts::HostRegistry& hosts, hosts::ControlChannels& channels, const ListTokens& pages, const Call& call) {
  const auto start = page_start(call, pages);
  if (!start) return std::unexpected(start.error());
  const auto count = static_cast<std::size_t>(integer_or(call.input, "MaxResults", 50));
  const std::vector<Filter> filters = filters_of(call.input);
  Object output;
  Array list;
  for (const hosts::Host& host : hosts.hosts(call.scope)) {
    if (host.instance_id <= *start) continue;
    const bool connected = channels.connected(host.instance_id);
    const Object tags = hosts.tags(call.scope, host.instance_id);
    bool wanted = true;
    for (const Filter& filter : filters) {
      const auto values = values_of(host, connected, tags, filter.key, call.now);
      if (!values) return refuse("InvalidFilterKey", "The specified filter key " + filter.key + " isn't valid.");
      wanted = wanted && std::any_of(values->begin(), values->end(), [&](const std::string& value) { return std::find(filter.values.begin(), filter.values.end(), value) != filter.values.end(); });
    }
    if (!wanted) continue;
    if (list.size() == count) {
      output["NextToken"] = pages.seal(call, std::string(list.back().at("InstanceId").get_string()));
      break;
    }
    list.push_back(to_shape(host, connected, call.now));
  }
  output["InstanceInformationList"] = std::move(list);
  return output;
}

Reply deregister(hosts::HostRegistry& hosts, hosts::ControlChannels& channels, const Call& call) {
  const std::string id = text_or(call.input, "InstanceId");
  if (!hosts.deregister(call.scope, id)) return refuse("InvalidInstanceId", "The managed node " + id + " is not registered.");
  channels.drop(id);
  return Object{};
}

Reply update_role(hosts::HostRegistry& hosts, const Call& call) {
  const std::string id = text_or(call.input, "InstanceId");
  if (!hosts.set_role(call.scope, id, text_or(call.input, "IamRole"))) return refuse("InvalidInstanceId", "The managed node " + id + " is not registered.");
  return Object{};
}

Reply connection_status(hosts::HostRegistry& hosts, hosts::ControlChannels& channels, const Call& call) {
  const std::string id = text_or(call.input, "Target");
  const bool connected = hosts.find(call.scope, id) && channels.connected(id);
  return Object{{"Target", id}, {"Status", connected ? "connected" : "notconnected"}};
}

}  // namespace

std::vector<Operation> host_operations(hosts::HostRegistry& hosts, hosts::ControlChannels& channels, ListTokens pages) {
  return {{"CreateActivation", Handle([&hosts](const Call& call) { return create_activation(hosts, call); })},
          {"DescribeActivations", Handle([&hosts](const Call& call) { return describe_activations(hosts, call); })},
          {"DeleteActivation", Handle([&hosts](const Call& call) { return delete_activation(hosts, call); })},
          {"DescribeInstanceInformation", Handle([&hosts, &channels, pages](const Call& call) { return describe_instances(hosts, channels, pages, call); })},
          {"DeregisterManagedInstance", Handle([&hosts, &channels](const Call& call) { return deregister(hosts, channels, call); })},
          {"UpdateManagedInstanceRole", Handle([&hosts](const Call& call) { return update_role(hosts, call); })},
          {"GetConnectionStatus", Handle([&hosts, &channels](const Call& call) { return connection_status(hosts, channels, call); })}};
}

}  // namespace tocsin::api::ssm
