#include "hosts/evidence/host_look.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace tocsin::hosts {
namespace {

constexpr std::int64_t disk_left_kb_min = 64 * 1024;
constexpr double left_part_min = 0.02;
constexpr std::size_t lines_max = 2000;
// file systems that are made full, or that hold nothing
constexpr std::array<std::string_view, 6> always_full = {"squashfs", "iso9660", "overlay", "devtmpfs", "efivarfs", "fuse.snapfuse"};

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void read_line(HostLook& look, const std::vector<std::string_view>& fields) {
  const std::string_view kind = fields[0];
  if ((kind == "disk" || kind == "inodes") && fields.size() == 5) {
    Disk disk{std::string(fields[1]), std::string(fields[2]), number(fields[3]), number(fields[4])};
    (kind == "disk" ? look.disks : look.inodes).push_back(std::move(disk));
  } else if (kind == "memory" && fields.size() == 3) {
    look.memory_total_kb = number(fields[1]);
    look.memory_available_kb = number(fields[2]);
  } else if (kind == "limit" && fields.size() == 5) {
    look.at_limit.push_back({number(fields[1]), number(fields[2]), number(fields[3]), std::string(fields[4])});
  } else if (kind == "gone" && fields.size() == 2) {
    look.gone.push_back(number(fields[1]));
  }
}

bool can_be_full(const Disk& disk) {
  return disk.size > 0 && std::find(always_full.begin(), always_full.end(), disk.type) == always_full.end();
}

double part_left(const Disk& disk) { return static_cast<double>(disk.available) / static_cast<double>(disk.size); }

std::string megabytes(std::int64_t kb) { return fmt::format("{:.1f} MB", static_cast<double>(kb) / 1024.0); }

}  // namespace

HostLook read_host_look(std::string_view printed) {
  HostLook look;
  std::size_t lines = 0;
  for (const std::string_view line : split(printed, '\n')) {
    if (++lines > lines_max) break;
    read_line(look, split(line, '\t'));
  }
  return look;
}

std::vector<HostFinding> findings_of(const HostLook& look) {
  std::vector<HostFinding> findings;
  for (const Disk& disk : look.disks)
    if (can_be_full(disk) && part_left(disk) < left_part_min && disk.available < disk_left_kb_min)
      findings.push_back(
          {HostFindingKind::full_disk, disk.mount + " is full",
           fmt::format("{} of {} are left on {} ({})", megabytes(disk.available), megabytes(disk.size), disk.mount, disk.type)});
  for (const Disk& disk : look.inodes)
    if (can_be_full(disk) && disk.available == 0)
      findings.push_back({HostFindingKind::full_disk, disk.mount + " has no inode left",
                          fmt::format("0 of {} inodes are left on {} ({})", disk.size, disk.mount, disk.type)});
  for (const LimitedProcess& process : look.at_limit)
    findings.push_back({HostFindingKind::exhausted_memory, fmt::format("Process {} is at its memory limit", process.process_id),
                        fmt::format("process {} uses {} of the {} that it may: {}", process.process_id, megabytes(process.used_kb),
                                    megabytes(process.limit_kb), process.command)});
  if (look.memory_total_kb > 0 && static_cast<double>(look.memory_available_kb) < left_part_min * static_cast<double>(look.memory_total_kb))
    findings.push_back({HostFindingKind::exhausted_memory, "The host has no memory left",
                        fmt::format("{} of {} are available", megabytes(look.memory_available_kb), megabytes(look.memory_total_kb))});
  return findings;
}

}  // namespace tocsin::hosts
