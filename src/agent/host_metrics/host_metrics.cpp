#include "agent/host_metrics/host_metrics.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tocsin::agent {
namespace {

using Dimensions = std::vector<std::pair<std::string, std::string>>;

std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  if (const std::ifstream file(path); file) text << file.rdbuf();
  return std::move(text).str();
}

double share(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

void add(std::vector<HostDatum>& data, std::string name, Dimensions dimensions, double value, std::string unit) {
  data.push_back({std::move(name), std::move(dimensions), value, std::move(unit)});
}

void add_cpu(std::vector<HostDatum>& data, const CpuTimes& now, const CpuTimes& before) {
  const auto total = static_cast<double>(now.total()) - static_cast<double>(before.total());
  if (total <= 0) return;
  const auto of = [&](const char* name, std::uint64_t later, std::uint64_t earlier) {
    const double value = share(static_cast<double>(later) - static_cast<double>(earlier), total);
    add(data, name, {{"cpu", "cpu-total"}}, std::clamp(value, 0.0, 100.0), "Percent");
  };
  of("cpu_usage_idle", now.idle, before.idle);
  of("cpu_usage_user", now.user, before.user);
  of("cpu_usage_system", now.system, before.system);
  of("cpu_usage_iowait", now.iowait, before.iowait);
  of("cpu_usage_steal", now.steal, before.steal);
  of("cpu_usage_active", now.total() - now.idle - now.iowait, before.total() - before.idle - before.iowait);
}

void add_memory(std::vector<HostDatum>& data, const std::map<std::string, std::uint64_t>& memory) {
  const auto at = [&](const char* name) {
    const auto found = memory.find(name);
    return found == memory.end() ? 0.0 : static_cast<double>(found->second);
  };
  const double total = at("MemTotal"), available = at("MemAvailable");
  if (total <= 0) return;
  add(data, "mem_total", {}, total, "Bytes");
  add(data, "mem_available", {}, available, "Bytes");
  add(data, "mem_used", {}, total - available, "Bytes");
  add(data, "mem_used_percent", {}, share(total - available, total), "Percent");
  add(data, "mem_available_percent", {}, share(available, total), "Percent");
  add(data, "swap_used_percent", {}, share(at("SwapTotal") - at("SwapFree"), at("SwapTotal")), "Percent");
}

void add_file_systems(std::vector<HostDatum>& data, const HostReading& now) {
  for (const auto& [mount, use] : now.mounts) {
    const auto slash = mount.device.rfind('/');
    const Dimensions dimensions{{"path", mount.path},
                                {"device", slash == std::string::npos ? mount.device : mount.device.substr(slash + 1)},
                                {"fstype", mount.type}};
    const auto used = static_cast<double>(use.total - use.free);
    add(data, "disk_total", dimensions, static_cast<double>(use.total), "Bytes");
    add(data, "disk_used", dimensions, used, "Bytes");
    add(data, "disk_free", dimensions, static_cast<double>(use.available), "Bytes");
    // as df has it: of what users can have
    add(data, "disk_used_percent", dimensions, share(used, used + static_cast<double>(use.available)), "Percent");
    add(data, "disk_inodes_free", dimensions, static_cast<double>(use.inodes_free), "Count");
  }
}

/// What a counter gained; nothing when it began anew.
void add_gain(std::vector<HostDatum>& data, const char* name, const Dimensions& dimensions, std::uint64_t now, std::uint64_t before,
              const char* unit) {
  if (now >= before) add(data, name, dimensions, static_cast<double>(now - before), unit);
}

void add_counters(std::vector<HostDatum>& data, const HostReading& now, const HostReading& before) {
  for (const auto& [name, counts] : now.interfaces) {
    const auto earlier = before.interfaces.find(name);
    if (earlier == before.interfaces.end()) continue;
    const Dimensions dimensions{{"interface", name}};
    add_gain(data, "net_bytes_recv", dimensions, counts.bytes_recv, earlier->second.bytes_recv, "Bytes");
    add_gain(data, "net_bytes_sent", dimensions, counts.bytes_sent, earlier->second.bytes_sent, "Bytes");
    add_gain(data, "net_packets_recv", dimensions, counts.packets_recv, earlier->second.packets_recv, "Count");
    add_gain(data, "net_packets_sent", dimensions, counts.packets_sent, earlier->second.packets_sent, "Count");
    add_gain(data, "net_err_in", dimensions, counts.err_in, earlier->second.err_in, "Count");
    add_gain(data, "net_err_out", dimensions, counts.err_out, earlier->second.err_out, "Count");
  }
  for (const auto& [name, counts] : now.disks) {
    const auto earlier = before.disks.find(name);
    if (earlier == before.disks.end()) continue;
    const Dimensions dimensions{{"name", name}};
    add_gain(data, "diskio_reads", dimensions, counts.reads, earlier->second.reads, "Count");
    add_gain(data, "diskio_writes", dimensions, counts.writes, earlier->second.writes, "Count");
    add_gain(data, "diskio_read_bytes", dimensions, counts.read_bytes, earlier->second.read_bytes, "Bytes");
    add_gain(data, "diskio_write_bytes", dimensions, counts.write_bytes, earlier->second.write_bytes, "Bytes");
  }
}

void add_processes(std::vector<HostDatum>& data, const std::map<char, int>& processes) {
  int total = 0;
  for (const auto& [state, count] : processes) total += count;
  const auto of = [&](const char* name, std::string_view states) {
    int sum = 0;
    for (const char state : states)
      if (const auto found = processes.find(state); found != processes.end()) sum += found->second;
    add(data, name, {}, sum, "Count");
  };
  add(data, "processes_total", {}, total, "Count");
  of("processes_running", "R");
  of("processes_sleeping", "SI");
  of("processes_blocked", "D");
  of("processes_zombies", "Z");
}

FileSystemUse use_of(const std::string& path) {
  struct statvfs found {};
  if (statvfs(path.c_str(), &found) != 0) return {};
  return {.total = found.f_blocks * found.f_frsize,
          .free = found.f_bfree * found.f_frsize,
          .available = found.f_bavail * found.f_frsize,
          .inodes_free = found.f_ffree};
}

std::map<char, int> read_processes() {
  std::map<char, int> processes;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", failed)) {
    const std::string name = entry.path().filename();
    if (!std::isdigit(static_cast<unsigned char>(name.front()))) continue;
    if (const char state = parse_process_state(content_of(entry.path() / "stat"))) ++processes[state];
  }
  return processes;
}

}  // namespace

HostReading read_host() {
  HostReading reading{.cpu = parse_cpu_times(content_of("/proc/stat")),
                      .memory = parse_memory(content_of("/proc/meminfo")),
                      .interfaces = parse_interfaces(content_of("/proc/net/dev")),
                      .disks = parse_disks(content_of("/proc/diskstats")),
                      .mounts = {},
                      .processes = read_processes()};
  for (Mount& mount : parse_mounts(content_of("/proc/mounts"))) {
    const FileSystemUse use = use_of(mount.path);
    if (use.total > 0) reading.mounts.emplace_back(std::move(mount), use);
  }
  return reading;
}

std::vector<HostDatum> host_data(const HostReading& now, const std::optional<HostReading>& before) {
  std::vector<HostDatum> data;
  if (before) {
    add_cpu(data, now.cpu, before->cpu);
    add_counters(data, now, *before);
  }
  add_memory(data, now.memory);
  add_file_systems(data, now);
  add_processes(data, now.processes);
  return data;
}

}  // namespace tocsin::agent
