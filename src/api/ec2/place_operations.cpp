#include <algorithm>
#include <boost/json.hpp>

#include "api/ec2/operations.h"

namespace tocsin::api::ec2 {
namespace {

bool fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_named(const Document& input, std::string_view member, const std::string& name) {
  const Array& names = array_at(input, member);
  return names.empty() || std::ranges::any_of(names, [&](const Document& each) { return each.is_string() && each.get_string() == std::string_view(name); });
}

}  // namespace

bool passes(const Array& filters, const Property& property) {
  return std::ranges::all_of(filters, [&](const Document& filter) {
    const std::vector<std::string> held = property(text_or(filter, "Name"));
    return std::ranges::any_of(array_at(filter, "Values"), [&](const Document& value) {
      return value.is_string() && std::ranges::any_of(held, [&](const std::string& text) { return fits(std::string_view(value.get_string()), text); });
    });
  });
}

// the region of the caller's credential is the one that there is
Reply describe_regions(const Rooms&, const Call& call) {
  const std::string region = call.scope.region;
  const std::string endpoint = "ec2." + region + ".amazonaws.com";
  const Property property = [&](const std::string& name) -> std::vector<std::string> {
    if (name == "region-name") return {region};
    if (name == "endpoint") return {endpoint};
    if (name == "opt-in-status") return {"opt-in-not-required"};
    return {};
  };
  if (const Array& names = array_at(call.input, "RegionNames"); !names.empty())
    for (const Document& name : names)
      if (name.get_string() != std::string_view(region)) return refuse("InvalidParameterValue", "Invalid region name: '" + std::string(name.get_string()) + "'", 400);
  Array regions;
  if (passes(array_at(call.input, "Filters"), property)) regions.push_back(Object{{"RegionName", region}, {"Endpoint", endpoint}, {"OptInStatus", "opt-in-not-required"}});
  return Object{{"Regions", std::move(regions)}};
}

Reply describe_availability_zones(const Rooms&, const Call& call) {
  const std::string region = call.scope.region, zone = region + "a";
  const Property property = [&](const std::string& name) -> std::vector<std::string> {
    if (name == "zone-name") return {zone};
    if (name == "region-name") return {region};
    if (name == "state") return {"available"};
    if (name == "zone-type") return {"availability-zone"};
    return {};
  };
  Array zones;
  if (is_named(call.input, "ZoneNames", zone) && passes(array_at(call.input, "Filters"), property))
    zones.push_back(Object{{"State", "available"}, {"OptInStatus", "opt-in-not-required"}, {"Messages", Array{}}, {"RegionName", region}, {"ZoneName", zone}, {"ZoneId", zone + "z1"}, {"ZoneType", "availability-zone"}});
  return Object{{"AvailabilityZones", std::move(zones)}};
}

}  // namespace tocsin::api::ec2
