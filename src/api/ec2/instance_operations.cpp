#include <algorithm>
#include <boost/json.hpp>

#include "api/ec2/operations.h"

namespace tocsin::api::ec2 {
namespace {

using hosts::Host;

Array tag_list(const Object& tags) {
  Array out;
  for (const auto& [key, value] : tags) out.push_back(Object{{"Key", std::string_view(key)}, {"Value", value}});
  return out;
}

bool is_online(const Rooms& rooms, const Call& call, const Host& host) {
  return ping_status(host, rooms.channels.connected(host.instance_id), call.now) == hosts::PingStatus::online;
}

Property property_of(const Rooms& rooms, const Call& call, const Host& host, const Object& tags) {
  return [&rooms, &call, &host, &tags](const std::string& name) -> std::vector<std::string> {
    if (name == "instance-id") return {host.instance_id};
    if (name == "instance-state-name") return {is_online(rooms, call, host) ? "running" : "stopped"};
    if (name == "instance-state-code") return {is_online(rooms, call, host) ? "16" : "80"};
    if (name == "private-ip-address") return {host.ip_address};
    if (name == "private-dns-name") return {host.computer_name};
    if (name == "availability-zone") return {host.scope.region + "a"};
    std::vector<std::string> out;
    for (const auto& [key, value] : tags) {
      if (!value.is_string()) continue;
      if (name == "tag-key") out.emplace_back(key);
      if (name == "tag-value" || name == "tag:" + std::string(key)) out.emplace_back(value.get_string());
    }
    return out;
  };
}

Object state_shape(bool online) { return {{"Code", online ? 16 : 80}, {"Name", online ? "running" : "stopped"}}; }

Object instance_shape(const Rooms& rooms, const Call& call, const Host& host, const Object& tags) {
  Object out{{"InstanceId", host.instance_id}, {"State", state_shape(is_online(rooms, call, host))}, {"LaunchTime", to_ns(host.registered_at)}};
  out["PrivateDnsName"] = host.computer_name;
  if (!host.ip_address.empty()) out["PrivateIpAddress"] = host.ip_address;
  out["Placement"] = Object{{"AvailabilityZone", host.scope.region + "a"}};
  out["PlatformDetails"] = host.platform_name.empty() ? "Linux/UNIX" : host.platform_name + " " + host.platform_version;
  Object all = tags;
  if (!all.contains("Name") && !host.name.empty()) all["Name"] = host.name;
  out["Tags"] = tag_list(all);
  return out;
}

/// The hosts named, or all; those that pass the filters.
std::expected<std::vector<Host>, ServiceError> wanted_hosts(const Rooms& rooms, const Call& call) {
  std::vector<Host> out;
  for (const Document& each : array_at(call.input, "InstanceIds")) {
    const std::string id(each.get_string());
    auto host = rooms.hosts.find(call.scope, id);
    if (!host) return refuse("InvalidInstanceID.NotFound", "The instance ID '" + id + "' does not exist", 400);
    out.push_back(std::move(*host));
  }
  if (array_at(call.input, "InstanceIds").empty()) out = rooms.hosts.hosts(call.scope);
  std::erase_if(out, [&](const Host& host) {
    const Object tags = rooms.hosts.tags(call.scope, host.instance_id);
    return !passes(array_at(call.input, "Filters"), property_of(rooms, call, host, tags));
  });
  std::ranges::sort(out, {}, &Host::instance_id);
  return out;
}

/// The page after NextToken, which is the last id of the page before; sets the next one.
std::vector<Host> page_of(const Call& call, std::vector<Host> hosts, Object& out) {
  const std::string after = text_or(call.input, "NextToken");
  std::erase_if(hosts, [&](const Host& host) { return host.instance_id <= after; });
  const auto count_max = static_cast<std::size_t>(std::clamp<std::int64_t>(integer_or(call.input, "MaxResults", 1000), 1, 1000));
  if (hosts.size() > count_max) {
    hosts.resize(count_max);
    out["NextToken"] = hosts.back().instance_id;
  }
  return hosts;
}

}  // namespace

Reply describe_instances(const Rooms& rooms, const Call& call) {
  auto hosts = wanted_hosts(rooms, call);
  if (!hosts) return std::unexpected(hosts.error());
  Object out;
  Array reservations;
  for (const Host& host : page_of(call, std::move(*hosts), out))
    reservations.push_back(Object{{"ReservationId", "r-" + host.instance_id.substr(host.instance_id.find('-') + 1)},
                                  {"OwnerId", call.scope.account},
                                  {"Groups", Array{}},
                                  {"Instances", Array{Document(instance_shape(rooms, call, host, rooms.hosts.tags(call.scope, host.instance_id)))}}});
  out["Reservations"] = std::move(reservations);
  return out;
}

Reply describe_instance_status(const Rooms& rooms, const Call& call) {
  auto hosts = wanted_hosts(rooms, call);
  if (!hosts) return std::unexpected(hosts.error());
  if (!truth_or(call.input, "IncludeAllInstances", false)) std::erase_if(*hosts, [&](const Host& host) { return !is_online(rooms, call, host); });
  Object out;
  Array statuses;
  for (const Host& host : page_of(call, std::move(*hosts), out)) {
    const bool online = is_online(rooms, call, host);
    const Object summary{{"Status", online ? "ok" : "not-applicable"},
                         {"Details", online ? Array{Object{{"Name", "reachability"}, {"Status", "passed"}}} : Array{}}};
    statuses.push_back(Object{{"AvailabilityZone", host.scope.region + "a"}, {"InstanceId", host.instance_id}, {"InstanceState", state_shape(online)}, {"InstanceStatus", summary}, {"SystemStatus", summary}});
  }
  out["InstanceStatuses"] = std::move(statuses);
  return out;
}

Reply describe_tags(const Rooms& rooms, const Call& call) {
  Array out;
  for (const Host& host : rooms.hosts.hosts(call.scope))
    for (const auto& [key, value] : rooms.hosts.tags(call.scope, host.instance_id)) {
      const std::string tag_key(key), tag_value(value.is_string() ? std::string(value.get_string()) : "");
      const Property property = [&](const std::string& name) -> std::vector<std::string> {
        if (name == "resource-id") return {host.instance_id};
        if (name == "resource-type") return {"instance"};
        if (name == "key" || name == "tag-key") return {tag_key};
        if (name == "value" || name == "tag-value" || name == "tag:" + tag_key) return {tag_value};
        return {};
      };
      if (passes(array_at(call.input, "Filters"), property))
        out.push_back(Object{{"Key", tag_key}, {"ResourceId", host.instance_id}, {"ResourceType", "instance"}, {"Value", tag_value}});
    }
  return Object{{"Tags", std::move(out)}};
}

namespace {

Reply change_tags(const Rooms& rooms, const Call& call, const std::function<void(Object&)>& change) {
  for (const Document& each : array_at(call.input, "Resources")) {
    const std::string id(each.get_string());
    if (!rooms.hosts.find(call.scope, id)) return refuse("InvalidInstanceID.NotFound", "The instance ID '" + id + "' does not exist", 400);
    Object tags = rooms.hosts.tags(call.scope, id);
    change(tags);
    if (tags.size() > 50) return refuse("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.", 400);
    rooms.hosts.set_tags(call.scope, id, tags);
  }
  return Object{};
}

}  // namespace

Reply create_tags(const Rooms& rooms, const Call& call) {
  return change_tags(rooms, call, [&](Object& tags) {
    for (const Document& tag : array_at(call.input, "Tags")) tags[text_or(tag, "Key")] = text_or(tag, "Value");
  });
}

// without tags all go; with a value only that one
Reply delete_tags(const Rooms& rooms, const Call& call) {
  return change_tags(rooms, call, [&](Object& tags) {
    const Array& named = array_at(call.input, "Tags");
    if (named.empty()) tags.clear();
    for (const Document& tag : named) {
      const Document* held = tags.if_contains(text_or(tag, "Key"));
      const auto value = text_at(tag, "Value");
      if (held && (!value || *held == Document(*value))) tags.erase(text_or(tag, "Key"));
    }
  });
}

}  // namespace tocsin::api::ec2
