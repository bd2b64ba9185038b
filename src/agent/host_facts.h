// What this machine says of itself.
#pragma once

#include <string>

namespace tocsin::agent {

struct HostFacts {
  std::string computer_name;
  std::string ip_address;        ///< the one that would reach `server_host`
  std::string platform_name;     ///< of /etc/os-release
  std::string platform_version;
};

/// `name`, or what the machine calls itself when that is empty; "localhost" when it has no name.
std::string host_name(const std::string& name);
/// `name` stands for the name of the machine when it is not empty.
HostFacts read_host_facts(const std::string& server_host, const std::string& name = "");

}  // namespace tocsin::agent
