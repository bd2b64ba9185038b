#include "server/commands/pattern_changes.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <charconv>
#include <filesystem>

#include "base/text_time.h"
#include "server/backup/database_copy.h"
#include "server/config/data_directory.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/pattern_counts/pattern_tally.h"

namespace tocsin::server {
namespace {

namespace fs = std::filesystem;
using telemetry::CountedPattern;
using telemetry::PatternChange;

class Copy {
 public:
  Copy() : folder_(fs::temp_directory_path() / ("tocsin-patterns-" + std::to_string(::getpid()))) { fs::create_directories(folder_); }
  ~Copy() {
    std::error_code error;
    fs::remove_all(folder_, error);
  }
  fs::path file() const { return folder_ / "patterns.db"; }

 private:
  fs::path folder_;
};

bool is_wanted(const PatternChangesOptions& options, PatternChange change) {
  if (!options.new_since.empty()) return change == PatternChange::is_new;
  if (!options.gone_since.empty()) return change == PatternChange::gone;
  return change == PatternChange::more || change == PatternChange::less;
}

void print(const CountedPattern& pattern, PatternChange change, const telemetry::ChangeSpan& span, const std::string& group, bool json,
           Console console) {
  const std::uint64_t since = pattern.count(span.since_ms, INT64_MAX);
  const double expected = expected_since(pattern, span);
  if (json) {
    console.out << to_json(Object{{"change", to_text(change)},
                                  {"logGroup", group},
                                  {"patternId", telemetry::pattern_id_text(pattern.id)},
                                  {"pattern", pattern.pattern},
                                  {"severity", pattern.severity},
                                  {"count", since},
                                  {"expected", expected},
                                  {"firstSeen", to_rfc3339_ms(instant_from_ms(pattern.first_ms))},
                                  {"lastSeen", to_rfc3339_ms(instant_from_ms(pattern.last_ms))},
                                  {"sample", pattern.sample}})
                << "\n";
    return;
  }
  const std::string rate =
      change == PatternChange::is_new ? fmt::format("{} times", since) : fmt::format("{} times, {:.0f} expected", since, expected);
  console.out << to_text(change) << "  " << group << "  " << rate << ", " << to_rfc3339(instant_from_ms(pattern.first_ms)) << " to "
              << to_rfc3339(instant_from_ms(pattern.last_ms)) << "\n      " << pattern.pattern << "\n";
}

}  // namespace

std::optional<Instant> parse_since(const std::string& text, Instant now) {
  std::int64_t count = 0;
  const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string rest(unit, text.data() + text.size());
  if (error == std::errc() && count > 0)
    for (const auto& [name, seconds] : {std::pair("s", 1), std::pair("m", 60), std::pair("h", 3600), std::pair("d", 86'400)})
      if (rest == name) return now - std::chrono::seconds(count * seconds);
  const auto moment = parse_rfc3339(text);
  return moment ? std::optional(*moment) : std::nullopt;
}

ExitCode run_pattern_changes(const ServerConfig& config, const PatternChangesOptions& options, const Clock& clock, Console console) {
  const std::string& text = !options.new_since.empty()    ? options.new_since
                            : !options.gone_since.empty() ? options.gone_since
                                                          : options.changed_since;
  const Instant now = clock.now();
  const auto since = parse_since(text, now);
  if (!since || *since >= now) {
    console.err << "tocsin patterns: \"" << text << "\" is no time before now: write 15m, 2h, 1d or 2026-11-24T10:00:00Z\n";
    return ExitCode::usage;
  }
  const Copy copy;
  if (!copy_database(DataDirectory{config.data}.telemetry() / "patterns.db", copy.file())) {
    console.err << "tocsin patterns: " << config.data.string() << " has no counts of patterns that can be read\n";
    return ExitCode::not_found;
  }
  auto database = storage::open_sqlite_database(copy.file().string());
  if (!database) {
    console.err << "tocsin patterns: " << database.error().message << "\n";
    return ExitCode::failed;
  }
  telemetry::PatternTally tally(**database);
  if (auto opened = tally.open(); !opened) {
    console.err << "tocsin patterns: " << opened.error().message << "\n";
    return ExitCode::failed;
  }
  const telemetry::ChangeSpan span = telemetry::span_since(to_ms(*since), to_ms(now));
  telemetry::PatternQuestion question{{}, span.baseline_ms, span.now_ms};
  for (const auto& [id, group] : tally.groups())
    if (options.group.empty() || group.name == options.group) question.groups.push_back(id);
  if (question.groups.empty() && !options.group.empty()) {
    console.err << "tocsin patterns: nothing was logged to " << options.group << "\n";
    return ExitCode::not_found;
  }
  std::size_t shown = 0;
  for (const CountedPattern& pattern : tally.answer(question)) {
    const PatternChange change = change_of(pattern, span);
    if (!is_wanted(options, change)) continue;
    print(pattern, change, span, tally.groups().at(pattern.group).name, options.json, console);
    ++shown;
  }
  if (shown == 0 && !options.json) console.err << "no such pattern since " << to_rfc3339(*since) << "\n";
  return ExitCode::done;
}

}  // namespace tocsin::server
