// The kernel's texts in /proc, as numbers. https://docs.kernel.org/filesystems/proc.html
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::agent {

/// The first line of /proc/stat, in ticks.
struct CpuTimes {
  std::uint64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
  std::uint64_t total() const { return user + nice + system + idle + iowait + irq + softirq + steal; }
};
CpuTimes parse_cpu_times(std::string_view stat);

/// /proc/meminfo, in bytes by name.
std::map<std::string, std::uint64_t> parse_memory(std::string_view meminfo);

struct InterfaceCounts {
  std::uint64_t bytes_recv = 0, packets_recv = 0, err_in = 0, bytes_sent = 0, packets_sent = 0, err_out = 0;
};
/// /proc/net/dev by interface.
std::map<std::string, InterfaceCounts> parse_interfaces(std::string_view net_dev);

struct DiskCounts {
  std::uint64_t reads = 0, read_bytes = 0, writes = 0, write_bytes = 0;
};
/// /proc/diskstats by device; sectors have 512 bytes there.
std::map<std::string, DiskCounts> parse_disks(std::string_view diskstats);

struct Mount {
  std::string device, path, type;
};
/// /proc/mounts: those that stand on a disk, each device once.
std::vector<Mount> parse_mounts(std::string_view mounts);

/// The state letter of /proc/PID/stat ("R", "S", …); 0 when it is none.
char parse_process_state(std::string_view stat);

}  // namespace tocsin::agent
