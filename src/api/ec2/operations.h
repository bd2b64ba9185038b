// EC2's operations, one function each, and what they share.
#pragma once

#include <functional>
#include <vector>

#include "api/call.h"
#include "hosts/control_channels.h"
#include "hosts/host_registry.h"

namespace tocsin::api::ec2 {

struct Rooms {
  hosts::HostRegistry& hosts;
  hosts::ControlChannels& channels;
};

Reply describe_instances(const Rooms&, const Call&);
Reply describe_instance_status(const Rooms&, const Call&);
Reply describe_regions(const Rooms&, const Call&);
Reply describe_availability_zones(const Rooms&, const Call&);
Reply describe_tags(const Rooms&, const Call&);
Reply create_tags(const Rooms&, const Call&);
Reply delete_tags(const Rooms&, const Call&);

/// The values of a filter's name for one thing; none: it has no such property.
using Property = std::function<std::vector<std::string>(const std::string& name)>;
/// Whether it passes all filters [{Name, Values}]: any value, `*` and `?` stand for anything.
bool passes(const Array& filters, const Property& property);

}  // namespace tocsin::api::ec2
