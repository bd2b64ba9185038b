// CreateActivation, DescribeActivations, DeleteActivation, DescribeInstanceInformation, DeregisterManagedInstance, UpdateManagedInstanceRole, GetConnectionStatus.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "hosts/control_channels.h"
#include "hosts/host_registry.h"

namespace tocsin::api::ssm {

std::vector<Operation> host_operations(hosts::HostRegistry& hosts, hosts::ControlChannels& channels, ListTokens pages);

}  // namespace tocsin::api::ssm
