#include "agent/host_metrics/proc_files.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace tocsin::agent {
namespace {

std::string_view next_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t begin = line.find_first_not_of(" \t:", at);
    if (begin == std::string_view::npos) break;
    at = std::min(line.find_first_of(" \t:", begin), line.size());
    words.push_back(line.substr(begin, at - begin));
  }
  return words;
}

std::uint64_t number_at(const std::vector<std::string_view>& words, std::size_t place) {
  std::uint64_t number = 0;
  if (place < words.size()) std::from_chars(words[place].data(), words[place].data() + words[place].size(), number);
  return number;
}

/// In /proc/mounts a blank is written \040.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 4) == "\\040") {
      result += ' ';
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace

CpuTimes parse_cpu_times(std::string_view stat) {
  const auto words = words_of(next_line(stat));
  if (words.empty() || words[0] != "cpu") return {};
  return {.user = number_at(words, 1),
          .nice = number_at(words, 2),
          .system = number_at(words, 3),
          .idle = number_at(words, 4),
          .iowait = number_at(words, 5),
          .irq = number_at(words, 6),
          .softirq = number_at(words, 7),
          .steal = number_at(words, 8)};
}

std::map<std::string, std::uint64_t> parse_memory(std::string_view meminfo) {
  std::map<std::string, std::uint64_t> memory;
  while (!meminfo.empty())
    if (const auto words = words_of(next_line(meminfo)); words.size() >= 2) memory[std::string(words[0])] = number_at(words, 1) * 1024;
  return memory;
}

std::map<std::string, InterfaceCounts> parse_interfaces(std::string_view net_dev) {
  std::map<std::string, InterfaceCounts> interfaces;
  while (!net_dev.empty()) {
    const std::string_view line = next_line(net_dev);
    const auto words = words_of(line);
    // the two lines of headings have bars
    if (words.size() < 17 || line.find('|') != std::string_view::npos) continue;
    interfaces[std::string(words[0])] = {.bytes_recv = number_at(words, 1),
                                         .packets_recv = number_at(words, 2),
                                         .err_in = number_at(words, 3),
                                         .bytes_sent = number_at(words, 9),
                                         .packets_sent = number_at(words, 10),
                                         .err_out = number_at(words, 11)};
  }
  return interfaces;
}

std::map<std::string, DiskCounts> parse_disks(std::string_view diskstats) {
  constexpr std::uint64_t sector_bytes = 512;
  std::map<std::string, DiskCounts> disks;
  while (!diskstats.empty()) {
    const auto words = words_of(next_line(diskstats));
    if (words.size() < 10 || words[2].starts_with("loop") || words[2].starts_with("ram")) continue;
    disks[std::string(words[2])] = {.reads = number_at(words, 3),
                                    .read_bytes = number_at(words, 5) * sector_bytes,
                                    .writes = number_at(words, 7),
                                    .write_bytes = number_at(words, 9) * sector_bytes};
  }
  return disks;
}

std::vector<Mount> parse_mounts(std::string_view mounts) {
  std::vector<Mount> found;
  std::set<std::string> devices;
  while (!mounts.empty()) {
    std::string_view line = next_line(mounts);
    std::vector<std::string> words;
    while (words.size() < 3 && !line.empty()) {
      const std::string_view word = line.substr(0, line.find(' '));
      line.remove_prefix(std::min(line.size(), word.size() + 1));
      words.push_back(unescaped(word));
    }
    const bool on_disk =
        words.size() == 3 && (words[0].starts_with("/dev/") || words[2] == "overlay") && words[2] != "squashfs" && words[2] != "iso9660";
    if (on_disk && devices.insert(words[0]).second) found.push_back({words[0], words[1], words[2]});
  }
  return found;
}

char parse_process_state(std::string_view stat) {
  // the name stands in parentheses and may hold anything
  const auto end = stat.rfind(')');
  return end == std::string_view::npos || end + 2 >= stat.size() ? '\0' : stat[end + 2];
}

}  // namespace tocsin::agent
