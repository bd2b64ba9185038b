// What a look at a host found: what it has, and what of it has run out. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::hosts {

/// A file system and what is left of it; in KiB, or in inodes.
struct Disk {
  std::string mount, type;
  std::int64_t size = 0, available = 0;
};

/// A process that has used most of what it was given.
struct LimitedProcess {
  std::int64_t process_id = 0;
  std::int64_t used_kb = 0, limit_kb = 0;
  std::string command;
};

struct HostLook {
  std::vector<Disk> disks;
  std::vector<Disk> inodes;
  std::int64_t memory_total_kb = 0, memory_available_kb = 0;  ///< 0 of the total: not told
  std::vector<LimitedProcess> at_limit;
  std::vector<std::int64_t> gone;  ///< of the processes that were asked for
};

/// Reads what look_script printed; lines that it does not know are passed over.
HostLook read_host_look(std::string_view printed);

enum class HostFindingKind { full_disk, exhausted_memory };
struct HostFinding {
  HostFindingKind kind;
  std::string title;    ///< "/srv is full"
  std::string summary;  ///< with its numbers
};
/// What has run out, the worst first; empty when nothing has.
std::vector<HostFinding> findings_of(const HostLook& look);

}  // namespace tocsin::hosts
