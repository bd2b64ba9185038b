#include "agent/host_facts.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

namespace tocsin::agent {
namespace {

std::string os_release(const std::string& key) {
  std::ifstream file("/etc/os-release");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key + "=")) continue;
    std::string value = line.substr(key.size() + 1);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

std::string name_of_host() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

// connecting a datagram socket sends nothing and tells which address would be used
std::string address_towards(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), "9", &hints, &found) != 0) return {};
  std::string address;
  const int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in own{};
  socklen_t length = sizeof own;
  char text[INET_ADDRSTRLEN];
  if (probe >= 0 && connect(probe, found->ai_addr, found->ai_addrlen) == 0 &&
      getsockname(probe, reinterpret_cast<sockaddr*>(&own), &length) == 0)
    address = inet_ntop(AF_INET, &own.sin_addr, text, sizeof text);
  if (probe >= 0) close(probe);
  freeaddrinfo(found);
  return address;
}

}  // namespace

std::string host_name(const std::string& name) {
  if (!name.empty()) return name;
  const std::string own = name_of_host();
  return own.empty() ? "localhost" : own;
}

HostFacts read_host_facts(const std::string& server_host, const std::string& name) {
  return {name.empty() ? name_of_host() : name, address_towards(server_host), os_release("NAME"), os_release("VERSION_ID")};
}

}  // namespace tocsin::agent
