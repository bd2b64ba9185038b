#include "hosts/evidence/host_scripts.h"

namespace tocsin::hosts {
namespace {

// each part bounded, all within a few seconds
constexpr std::string_view state = R"sh(
part() { printf '\n== %s\n' "$1"; shift; timeout 2 sh -c "$*" 2>&1 | head -n 60; }
part processes "ps -eo pid,ppid,user,stat,pcpu,pmem,rss,etimes,args --sort=-pcpu"
part threads "ps -eLo pid,tid,stat,wchan:24,comm --sort=stat | grep -v ' kthreadd' | tail -n 40"
part sockets "ss -tanp 2>/dev/null || cat /proc/net/tcp"
part memory "head -n 12 /proc/meminfo; cat /proc/pressure/memory 2>/dev/null"
part disks "df -hT -x overlay 2>/dev/null || df -h"
part load "cat /proc/loadavg /proc/pressure/cpu /proc/pressure/io 2>/dev/null"
part journal "journalctl -n 60 --no-pager -o short-iso -p warning 2>/dev/null || tail -n 60 /var/log/syslog 2>/dev/null || echo none"
exit 0
)sh";

// one finding a line, its fields apart by tabs; processes are named only when they come near a limit of their own
constexpr std::string_view look = R"sh(
df -PkT 2>/dev/null | awk 'NR > 1 { print "disk\t" $7 "\t" $2 "\t" $3 "\t" $5 }'
df -PiT 2>/dev/null | awk 'NR > 1 && $3 ~ /^[1-9]/ { print "inodes\t" $7 "\t" $2 "\t" $3 "\t" $5 }'
awk '/^MemTotal:/ { total = $2 } /^MemAvailable:/ { print "memory\t" total "\t" $2 }' /proc/meminfo
grep -H -e '^Max data size' -e '^Max address space' /proc/[0-9]*/limits 2>/dev/null |
awk '$4 != "unlimited" { split($1, path, "/"); print path[3], ($2 == "data" ? "VmData" : "VmSize"), int($4 / 1024) }' |
while read -r pid field limit; do
  used=$(sed -n "s/^$field:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$pid/status" 2>/dev/null)
  [ -n "$used" ] && [ $((used * 10)) -ge $((limit * 9)) ] || continue
  printf 'limit\t%s\t%s\t%s\t%s\n' "$pid" "$used" "$limit" "$(tr '\0\t\n' '   ' < "/proc/$pid/cmdline" 2>/dev/null | cut -c1-160)"
done
for pid in $processes; do [ -d "/proc/$pid" ] || printf 'gone\t%s\n' "$pid"; done
exit 0
)sh";

}  // namespace

std::string_view state_script() { return state; }

std::string look_script(const std::vector<std::int64_t>& process_ids) {
  std::string script = "processes='";
  for (const std::int64_t id : process_ids) script += std::to_string(id) + ' ';
  return script + "'" + std::string(look);
}

}  // namespace tocsin::hosts
