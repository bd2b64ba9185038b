#include "agent/log_files/journal_source.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>

#include "base/document.h"

namespace tocsin::agent {
namespace {

std::string run_command(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  std::string output;
  std::array<char, 65536> piece;
  while (pipe) {
    const std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe.get());
    if (got == 0) break;
    output.append(piece.data(), got);
  }
  return output;
}

/// A cursor is letters, digits, and = ; - alone: nothing else reaches the shell.
bool is_cursor(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '=' || c == ';' || c == '-';
  });
}

std::string event_of(const Document& entry) {
  constexpr std::pair<const char*, const char*> fields[] = {
      {"MESSAGE", "message"}, {"PRIORITY", "priority"}, {"_SYSTEMD_UNIT", "unit"},   {"SYSLOG_IDENTIFIER", "identifier"},
      {"_PID", "pid"},        {"_HOSTNAME", "host"},    {"_TRANSPORT", "transport"}, {"__REALTIME_TIMESTAMP", "time_us"}};
  Object event;
  for (const auto& [name, shown] : fields)
    if (auto text = text_at(entry, name)) event[shown] = std::move(*text);
  return to_json(event);
}

}  // namespace

JournalSource::JournalSource(Run run) : run_(run ? std::move(run) : Run(run_command)) {}

std::vector<std::string> JournalSource::read(std::size_t lines_max, std::size_t bytes_max) {
  std::vector<std::string> lines;
  std::string command = "journalctl --output=json --no-pager --quiet";
  const bool first = !is_cursor(cursor_);
  if (first)
    command += " --lines=1";
  else
    // journalctl gives the newest of a number of lines, unless it is told a + (systemd 253): so its output is cut here
    command += " --after-cursor='" + cursor_ + "'";
  const std::string output = run_(command + " 2>/dev/null" + (first ? "" : " | head -n " + std::to_string(lines_max)));
  std::size_t taken = 0;
  for (std::size_t begin = 0; begin < output.size() && taken < bytes_max && lines.size() < lines_max;) {
    const std::size_t end = output.find('\n', begin);
    if (end == std::string::npos) break;
    const auto entry = parse_json(std::string_view(output).substr(begin, end - begin));
    begin = end + 1;
    if (!entry) continue;
    const std::string cursor = text_or(*entry, "__CURSOR");
    if (!is_cursor(cursor)) continue;
    cursor_ = cursor;
    if (first) break;
    lines.push_back(event_of(*entry));
    taken += lines.back().size() + 26;
  }
  return lines;
}

}  // namespace tocsin::agent
