// The instances of EC2 are the registered hosts: the ec2 protocol. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
#pragma once

#include "api/call.h"
#include "hosts/control_channels.h"
#include "hosts/host_registry.h"

namespace tocsin::api {

/// All references must outlive the service.
Service make_ec2_service(hosts::HostRegistry& hosts, hosts::ControlChannels& channels);

}  // namespace tocsin::api
