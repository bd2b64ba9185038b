// Two readings of a host, one after the other, as the data of the CloudWatch agent.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/metrics-collected-by-CloudWatch-agent.html
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/host_metrics/proc_files.h"

namespace tocsin::agent {

struct HostDatum {
  std::string name;
  std::vector<std::pair<std::string, std::string>> dimensions;  ///< without `host`
  double value = 0;
  std::string unit;
};

struct FileSystemUse {
  std::uint64_t total = 0, free = 0, available = 0, inodes_free = 0;  ///< bytes, but for inodes
};

struct HostReading {
  CpuTimes cpu;
  std::map<std::string, std::uint64_t> memory;
  std::map<std::string, InterfaceCounts> interfaces;
  std::map<std::string, DiskCounts> disks;
  std::vector<std::pair<Mount, FileSystemUse>> mounts;
  std::map<char, int> processes;  ///< how many by state
};

/// Of this machine, now.
HostReading read_host();
/// Without `before`, no counters and no processor.
std::vector<HostDatum> host_data(const HostReading& now, const std::optional<HostReading>& before);

}  // namespace tocsin::agent
