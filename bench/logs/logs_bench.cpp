// Lines a second into the store of logs on real files, and queries over them. Usage: logs_bench DIR [LINES]. The peer of ingest is zstd
// alone over the same lines.
#include <fmt/core.h>
#include <sys/resource.h>
#include <zstd.h>

#include <chrono>
#include <filesystem>

#include "base/random.h"
#include "diagnose/log_query/query_parser.h"
#include "diagnose/log_query/query_run.h"
#include "storage/embedded/file_ingest_log.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"

namespace {
using namespace tocsin;
using Stopwatch = std::chrono::steady_clock;

/// Runs what is posted when it is asked to, on the machine's clock.
class LoopExecutor final : public Executor {
 public:
  void post(Task task) override { tasks_.push_back(std::move(task)); }
  TimerId post_at(Instant, Task) override { return 0; }
  void cancel(TimerId) override {}
  Instant now() const override { return clock_.now(); }
  void run() {
    for (std::size_t i = 0; i < tasks_.size(); ++i) Task(std::move(tasks_[i]))();
    tasks_.clear();
  }

 private:
  SystemClock clock_;
  std::vector<Task> tasks_;
};

double seconds_since(Stopwatch::time_point start) { return std::chrono::duration<double>(Stopwatch::now() - start).count(); }

std::string line(SeededRandom& random) {
  constexpr const char* paths[] = {"/pay", "/cart", "/orders", "/login", "/search"};
  const std::uint64_t draw = random.below(100);
  const char* level = draw < 2 ? "ERROR" : draw < 10 ? "WARN" : "INFO";
  return fmt::format(
      R"({{"severity":"{}","body":"{} handled in {} ms for user-{}","path":"{}","ms":{},"status":{},"trace_id":"{:016x}{:016x}"}})", level,
      draw < 2 ? "request refused: pool exhausted," : "request", random.below(900), random.below(50'000), paths[random.below(5)],
      random.below(900), draw < 2 ? 500 : 200, random.next(), random.next());
}

void ask(telemetry::LogStore& store, telemetry::LogGroupId group, const char* text) {
  const auto start = Stopwatch::now();
  diagnose::QueryRun run(*diagnose::parse_query(text), store, {{group}, 0, INT64_MAX, 1000}, 0);
  double longest_s = 0;
  for (bool more = true; more;) {
    const auto slice = Stopwatch::now();
    more = run.step();
    longest_s = std::max(longest_s, seconds_since(slice));
  }
  const double took_s = seconds_since(start);
  fmt::print("{:70} {:6.0f} ms, longest slice {:4.1f} ms, {} matched, {:.0f}k lines/s\n", text, took_s * 1000, longest_s * 1000,
             run.records_matched(), static_cast<double>(run.figures().records_scanned + run.figures().records_skipped) / took_s / 1000);
}

double zstd_alone_s(const std::string& bytes) {
  const auto start = Stopwatch::now();
  std::string out(ZSTD_compressBound(1u << 20), '\0');
  for (std::size_t at = 0; at < bytes.size(); at += 1u << 20)
    ZSTD_compress(out.data(), out.size(), bytes.data() + at, std::min<std::size_t>(1u << 20, bytes.size() - at), 1);
  return seconds_since(start);
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder = std::filesystem::path(argc > 1 ? argv[1] : ".") / "logs_bench";
  const std::size_t lines = argc > 2 ? std::stoul(argv[2]) : 1'000'000;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "log");
  LoopExecutor executor;
  const auto database = storage::open_sqlite_database((folder / "logs.db").string());
  auto log = storage::open_file_ingest_log((folder / "log").string());
  telemetry::BlockLogStore store(executor, **database, **log);
  if (!store.open()) return 1;
  store.start();
  const auto stream = telemetry::ensure_stream(store, {"111122223333", "eu-west-1"}, "/bench", "i-1");
  const telemetry::LogGroupId group = store.stream(*stream)->group;

  SeededRandom random{1};
  std::size_t bytes = 0;
  double ingest_s = 0, longest_s = 0;
  std::string sample;
  const std::int64_t first_ms = to_ms(executor.now()) - 86'400'000;
  for (std::size_t done = 0; done < lines; done += 1000) {
    std::vector<telemetry::LogEvent> events;
    for (std::size_t i = 0; i < 1000; ++i) {
      events.push_back({first_ms + static_cast<std::int64_t>(done + i) * 10, line(random)});
      bytes += events.back().message.size();
      if (sample.size() < (64u << 20)) sample += events.back().message;
    }
    const auto start = Stopwatch::now();
    if (!store.append(*stream, events)) return 1;
    executor.run();
    longest_s = std::max(longest_s, seconds_since(start));
    ingest_s += seconds_since(start);
  }
  const auto start = Stopwatch::now();
  if (!store.flush()) return 1;
  ingest_s += seconds_since(start);
  const auto on_disk = std::filesystem::file_size(folder / "logs.db");
  fmt::print("{} lines, {} MB: {:.0f} lines/s, {:.1f} bytes a line on disk of {:.0f}\n", lines, bytes >> 20,
             static_cast<double>(lines) / ingest_s, static_cast<double>(on_disk) / static_cast<double>(lines),
             static_cast<double>(bytes) / static_cast<double>(lines));
  fmt::print("peer: zstd -1 alone, {:.0f} lines/s\n",
             static_cast<double>(sample.size()) / (static_cast<double>(bytes) / static_cast<double>(lines)) / zstd_alone_s(sample));
  fmt::print("longest wait for 1000 lines and the blocks that became due: {:.0f} ms\n", longest_s * 1000);
  ask(store, group, "filter @message like 'user-49999 never'");
  ask(store, group, "filter @message like 'pool exhausted' | stats count(*)");
  ask(store, group, "stats count(*) by bin(5m)");
  ask(store, group, "filter severity = 'ERROR' | stats count(*) as n by path | sort n desc");
  ask(store, group, "stats avg(ms), pct(ms, 99) by path");
  ask(store, group, "fields @message | limit 100");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("peak memory {} MB\n", usage.ru_maxrss >> 10);
}
