#include "agent/host_metrics/host_metrics.h"

#include <gtest/gtest.h>

#include "fuzz/mutate.h"

namespace tocsin::agent {
namespace {

constexpr std::string_view net_dev =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n"
    "  eth0: 1000 10 1 0 0 0 0 0 2000 20 2 0 0 0 0 0\n";
constexpr std::string_view mounts =
    "proc /proc proc rw 0 0\n/dev/sda1 / ext4 rw 0 0\n/dev/sda1 /var/lib/docker ext4 rw 0 0\n/dev/sdb1 /data\\040disk xfs rw 0 "
    "0\n/dev/loop1 /snap squashfs ro 0 0\n";

double value_of(const std::vector<HostDatum>& data, std::string_view name) {
  for (const HostDatum& each : data)
    if (each.name == name) return each.value;
  ADD_FAILURE() << name;
  return -1;
}

TEST(ProcFiles, AreRead) {
  EXPECT_EQ(parse_cpu_times("cpu  10 1 5 100 4 0 2 3 0 0\ncpu0 1 1 1 1\n").total(), 125u);
  EXPECT_EQ(parse_memory("MemTotal:        2048 kB\nMemAvailable:    1024 kB\n").at("MemTotal"), 2u << 20);
  EXPECT_EQ(parse_interfaces(net_dev).at("eth0").bytes_sent, 2000u);
  EXPECT_EQ(parse_disks("   8       0 sda 100 0 200 0 50 0 400 0 0 0 0\n   7       0 loop0 1 1 1 1 1 1 1 1 1 1\n").at("sda").write_bytes,
            400u * 512);
  const auto found = parse_mounts(mounts);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].path, "/data disk");
  EXPECT_EQ(parse_process_state("12 (a (b) c) S 1 2"), 'S');
  EXPECT_EQ(parse_process_state("12"), '\0');
}

TEST(HostMetrics, ComeFromTwoReadings) {
  HostReading before{.cpu = parse_cpu_times("cpu 0 0 0 0"),
                     .memory = {},
                     .interfaces = parse_interfaces(net_dev),
                     .disks = {{"sda", {}}},
                     .mounts = {},
                     .processes = {}};
  HostReading now = before;
  now.cpu = parse_cpu_times("cpu 20 0 10 60 10");
  now.memory = {{"MemTotal", 4000}, {"MemAvailable", 1000}, {"SwapTotal", 100}, {"SwapFree", 75}};
  now.interfaces["eth0"].bytes_recv = 1500;
  now.disks["sda"].reads = 7;
  now.mounts = {{{"/dev/sda1", "/", "ext4"}, {.total = 1000, .free = 400, .available = 300, .inodes_free = 9}}};
  now.processes = {{'R', 1}, {'S', 5}, {'I', 2}, {'Z', 1}};
  const auto data = host_data(now, before);
  EXPECT_EQ(value_of(data, "cpu_usage_idle"), 60);
  EXPECT_EQ(value_of(data, "cpu_usage_active"), 30);
  EXPECT_EQ(value_of(data, "mem_used_percent"), 75);
  EXPECT_EQ(value_of(data, "swap_used_percent"), 25);
  EXPECT_NEAR(value_of(data, "disk_used_percent"), 100 * 600.0 / 900, 1e-9);
  EXPECT_EQ(value_of(data, "net_bytes_recv"), 500);
  EXPECT_EQ(value_of(data, "diskio_reads"), 7);
  EXPECT_EQ(value_of(data, "processes_total"), 9);
  EXPECT_EQ(value_of(data, "processes_sleeping"), 7);
  for (const HostDatum& each : host_data(now, std::nullopt)) EXPECT_FALSE(each.name.starts_with("cpu") || each.name.starts_with("net"));
}

TEST(HostMetrics, AreThoseOfThisMachine) {
  const HostReading reading = read_host();
  EXPECT_GT(value_of(host_data(reading, std::nullopt), "mem_total"), 1e6);
  EXPECT_GT(value_of(host_data(reading, std::nullopt), "processes_total"), 0);
}

TEST(ProcFilesFuzz, AnyTextIsRead) {
  fuzz::mutate({std::string(net_dev), std::string(mounts), "cpu  10 1 5 100\n", "8 0 sda 1 2 3 4 5 6 7 8", "12 (a) S"}, 3000,
               [](std::string_view text) {
                 parse_cpu_times(text);
                 parse_memory(text);
                 parse_interfaces(text);
                 parse_disks(text);
                 for (const Mount& mount : parse_mounts(text)) EXPECT_FALSE(mount.device.empty());
                 parse_process_state(text);
               });
}

}  // namespace
}  // namespace tocsin::agent
