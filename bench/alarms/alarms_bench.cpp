// alarms_bench FOLDER: what metrics and alarms cost on that folder's disk, as lines of "what  number unit".
#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "base/simulated_executor.h"
#include "detect/alarms/alarms.h"
#include "storage/embedded/file_ingest_log.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;
const Scope scope{"123456789012", "eu-west-1"};
const Instant noon = instant_from_ms(1'795'348'800'000);

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void report(std::string_view what, double number, std::string_view unit) { fmt::print("{:<72} {:>12.1f} {}\n", what, number, unit); }

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double folder_bytes(const std::string& folder, std::string_view prefix) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().filename().string().starts_with(prefix)) bytes += static_cast<double>(entry.file_size());
  return bytes;
}

telemetry::MetricPoint point(int series, Instant at, double value, bool high_resolution) {
  return {.metric = {"Shop",
                     "Latency",
                     {{"Host", "host-" + std::to_string(series % 500)}, {"Operation", "operation-" + std::to_string(series)}}},
          .unit = "Milliseconds",
          .time = at,
          .high_resolution = high_resolution,
          .sample = value};
}

struct Server {
  explicit Server(const std::string& folder)
      : telemetry(std::move(*storage::open_sqlite_database(folder + "/telemetry.db"))),
        database(std::move(*storage::open_sqlite_database(folder + "/state.db"))),
        log(std::move(*storage::open_file_ingest_log(folder + "/log"))),
        store(executor, *telemetry, *log),
        data(store),
        state(executor, *database),
        alarms(
            state, random, [](EventEnvelope) { return std::string("event"); }, data) {
    if (!store.open() || !alarms.migrate()) std::abort();
  }

  ManualClock clock{noon};
  SimulatedExecutor executor{clock};
  SeededRandom random{1};
  std::unique_ptr<storage::Database> telemetry, database;
  std::unique_ptr<storage::IngestLog> log;
  telemetry::ChunkMetricStore store;
  detect::MetricAlarmData data;
  storage::StateExecutor state;
  detect::Alarms alarms;
};

/// `series` series report once each `step` for `rounds`, in batches of 1,000; chunks are written as the store decides.
double ingest(Server& server, int series, int rounds, Duration step, bool high_resolution) {
  std::vector<std::vector<telemetry::MetricPoint>> batches;
  double seconds = 0;
  for (int round = 0; round < rounds; ++round) {
    batches.clear();
    for (int i = 0; i < series; ++i) {
      if (i % 1000 == 0) batches.emplace_back();
      batches.back().push_back(point(i, server.clock.now(), static_cast<double>((i * 31 + round * 7) % 1000) / 8, high_resolution));
    }
    Stopwatch watch;
    for (const auto& batch : batches)
      if (!server.store.put(scope, batch)) std::abort();
    server.executor.run_for(step);
    seconds += watch.seconds();
  }
  return static_cast<double>(series) * rounds / seconds;
}

void measure_ingest(const std::string& folder) {
  Server server(folder);
  server.store.start();
  report("ingest, 10,000 series each second, high resolution, written and flushed", ingest(server, 10'000, 60, 1s, true), "points/s");
  report("ingest, 10,000 series each minute, written and flushed", ingest(server, 10'000, 60, 60s, false), "points/s");
  Stopwatch watch;
  if (!server.store.flush()) std::abort();
  report("the last flush", watch.seconds() * 1000, "ms");
  report("chunks on disk, 10,000 series by the minute for an hour, and by the second for a minute",
         folder_bytes(folder, "telemetry.db") / 1e6, "MB");
}

void measure_memory(const std::string& folder) {
  const double before = resident_bytes();
  Server server(folder);
  report("memory of an idle store, its databases and log", (resident_bytes() - before) / 1e6, "MB");
  const double idle = resident_bytes();
  ingest(server, 100'000, 1, 1s, false);
  report("memory a series, one point waiting", (resident_bytes() - idle) / 100'000, "bytes");
  if (!server.store.flush()) std::abort();
  report("memory a series, all written", (resident_bytes() - idle) / 100'000, "bytes");
}

void measure_reopening(const std::string& folder) {
  Stopwatch watch;
  Server server(folder);
  report("opening with 100,000 series", watch.seconds() * 1000, "ms");
}

void measure_evaluation(const std::string& folder) {
  Server server(folder);
  ingest(server, 10'000, 10, 60s, false);
  if (!server.store.flush()) std::abort();
  server.state.submit([&]() -> Result<void> {
    for (int i = 0; i < 10'000; ++i) {
      const auto metric = point(i, noon, 0, false).metric;
      Array dimensions;
      for (const auto& [name, value] : metric.dimensions) dimensions.emplace_back(Object{{"Name", name}, {"Value", value}});
      const Object definition{{"AlarmName", "alarm-" + std::to_string(i)},
                              {"Namespace", "Shop"},
                              {"MetricName", "Latency"},
                              {"Dimensions", dimensions},
                              {"Statistic", "Average"},
                              {"Period", 60},
                              {"EvaluationPeriods", 3},
                              {"DatapointsToAlarm", 2},
                              {"Threshold", 1000.0},
                              {"ComparisonOperator", "GreaterThanThreshold"}};
      if (auto put = server.alarms.put_metric(scope, definition, true, {}); !put) return put;
    }
    return {};
  });
  server.executor.run_ready();
  server.alarms.start();
  server.executor.run_ready();
  const auto minute = [&](std::string_view what) {
    ingest(server, 10'000, 1, 1s, false);
    Stopwatch watch;
    server.executor.run_for(59s);
    report(what, watch.seconds() * 1000, "ms");
  };
  minute("10,000 alarms, the first evaluation (all go from INSUFFICIENT_DATA to OK)");
  minute("10,000 alarms, an evaluation without transitions");
  minute("10,000 alarms, an evaluation without transitions");
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
  if (argc != 2) return fmt::print("usage: alarms_bench FOLDER\n"), 1;
  const std::string root = std::string(argv[1]) + "/alarms_bench";
  std::filesystem::remove_all(root);
  for (const char* each : {"/ingest", "/memory", "/evaluation"}) std::filesystem::create_directories(root + each);
  tocsin::measure_memory(root + "/memory");
  tocsin::measure_reopening(root + "/memory");
  tocsin::measure_ingest(root + "/ingest");
  tocsin::measure_evaluation(root + "/evaluation");
  std::filesystem::remove_all(root);
}
