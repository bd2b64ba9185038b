// Matching whole events, parsing and checking included, on one core; run.sh runs the peer over the same files. Figures are the best of
// three passes, in processor time of the one thread, so that others on the machine are not counted.
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "events/patterns/pattern_set.h"
#include "generator.h"

using namespace tocsin;

namespace {

constexpr std::size_t features_count = 213000;
constexpr std::size_t rules_count = 300;

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double resident_mb() {
  std::ifstream file("/proc/self/statm");
  long pages = 0, resident = 0;
  file >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

events::PatternSet compile(const std::vector<std::string>& patterns) {
  events::PatternSet set;
  for (std::size_t n = 0; n < patterns.size(); ++n) {
    const auto pattern = events::compile_pattern(patterns[n]);
    if (!pattern) fmt::print(stderr, "{}\n", pattern.error().message), std::exit(1);
    set.add(static_cast<events::PatternSet::Id>(n), *pattern);
  }
  return set;
}

struct Measured {
  double events_per_second = 0;
  std::size_t matches = 0;
};

Measured measure(events::PatternSet& set, const std::vector<std::string>& features) {
  Measured best;
  std::vector<events::PatternSet::Id> matched;
  for (int pass = 0; pass < 3; ++pass) {
    best.matches = 0;
    const double from = thread_seconds();
    for (const std::string& feature : features) {
      if (!set.match_text(feature, matched)) std::exit(1);
      best.matches += matched.size();
    }
    best.events_per_second = std::max(best.events_per_second, static_cast<double>(features.size()) / (thread_seconds() - from));
  }
  return best;
}

void write_lines(const std::filesystem::path& path, const std::vector<std::string>& lines) {
  std::ofstream file(path);
  for (const std::string& line : lines) file << line << '\n';
}

/// `events.jsonl`, and `N NAME.rules` for each kind, for the peer.
void write(const std::filesystem::path& folder, const std::vector<std::string>& features) {
  std::filesystem::create_directories(folder);
  write_lines(folder / "events.jsonl", features);
  for (const auto& kind : bench::make_rule_kinds(features, rules_count)) write_lines(folder / (kind.name + ".rules"), kind.patterns);
  for (const std::size_t count : {100u, 100000u})
    write_lines(folder / fmt::format("{} exact.rules", count), bench::make_exact_rules(count));
}

void measure_counts(const std::vector<std::string>& features) {
  double with_few = 0;
  for (const std::size_t count : {100u, 1000u, 10000u, 100000u}) {
    const double before = resident_mb();
    const double from = thread_seconds();
    auto set = compile(bench::make_exact_rules(count));
    const double built = thread_seconds() - from;
    const auto measured = measure(set, features);
    if (with_few == 0) with_few = measured.events_per_second;
    fmt::print("{} exact rules\t{:.0f} events/s\t{:.2f} x slower than with 100\t{} matches\tbuilt in {:.2f} s\t+{:.0f} MB\n", count,
               measured.events_per_second, with_few / measured.events_per_second, measured.matches, built, resident_mb() - before);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto features = bench::make_features(features_count);
  std::size_t bytes = 0;
  for (const std::string& feature : features) bytes += feature.size();
  if (argc > 2 && std::string_view(argv[1]) == "write") return write(argv[2], features), 0;
  fmt::print("{} events of {} bytes\n", features.size(), bytes / features.size());
  for (const auto& kind : bench::make_rule_kinds(features, rules_count)) {
    auto set = compile(kind.patterns);
    const auto measured = measure(set, features);
    fmt::print("{}\t{:.0f}\t{}\n", kind.name, measured.events_per_second, measured.matches);
  }
  measure_counts(features);
}
