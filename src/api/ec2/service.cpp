#include "api/ec2/service.h"

#include "api/ec2/operations.h"

namespace tocsin::api {

Service make_ec2_service(hosts::HostRegistry& hosts, hosts::ControlChannels& channels) {
  const auto on = [&](Reply (*operation)(const ec2::Rooms&, const Call&)) -> Handle {
    return [rooms = ec2::Rooms{hosts, channels}, operation](const Call& call) { return operation(rooms, call); };
  };
  return {"ec2",
          {{"DescribeInstances", on(ec2::describe_instances)},
           {"DescribeInstanceStatus", on(ec2::describe_instance_status)},
           {"DescribeRegions", on(ec2::describe_regions)},
           {"DescribeAvailabilityZones", on(ec2::describe_availability_zones)},
           {"DescribeTags", on(ec2::describe_tags)},
           {"CreateTags", on(ec2::create_tags)},
           {"DeleteTags", on(ec2::delete_tags)}}};
}

}  // namespace tocsin::api
