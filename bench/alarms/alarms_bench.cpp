// alarms_bench FOLDER [COUNT]: what metrics and alarms cost on that folder's disk, as lines of "what  number unit".
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <cstdlib>
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

/// What this process took of the processors: what one core would need, however busy the machine is with others.
double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

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
        timers(state),
        alarms(
            state, random, timers, [](EventEnvelope) { return std::string("event"); }, data) {
    if (!store.open() || !timers.migrate() || !alarms.migrate()) std::abort();
  }

  ManualClock clock{noon};
  SimulatedExecutor executor{clock};
  SeededRandom random{1};
  std::unique_ptr<storage::Database> telemetry, database;
  std::unique_ptr<storage::IngestLog> log;
  telemetry::ChunkMetricStore store;
  detect::MetricAlarmData data;
  storage::StateExecutor state;
  delivery::Timers timers;
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

/// Notes how long after the round began each action was handed over.
struct TimedActions final : detect::AlarmActions {
  Result<void> run(const detect::AlarmActionRequest&) override {
    seconds.push_back(round.seconds());
    return {};
  }
  Stopwatch round;
  std::vector<double> seconds;
};

double p99(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() * 99 / 100];
}

Object ten_second_alarm(int i) {
  return {{"AlarmName", "alarm-" + std::to_string(i)},
          {"Namespace", "Shop"},
          {"MetricName", "m-" + std::to_string(i)},
          {"Dimensions", Array{}},
          {"Statistic", "Average"},
          {"Period", 10},
          {"EvaluationPeriods", 1},
          {"Threshold", 50.0},
          {"ComparisonOperator", "GreaterThanThreshold"},
          {"TreatMissingData", "missing"},
          {"AlarmActions", Array{"arn:aws:sns:eu-west-1:123456789012:ops"}},
          {"OKActions", Array{"arn:aws:sns:eu-west-1:123456789012:ops"}},
          {"InsufficientDataActions", Array{}}};
}

/// The newest three datapoints of each series, decoded.
struct DecodedData final : detect::AlarmData {
  explicit DecodedData(int count) : values(static_cast<std::size_t>(count), {10, 10, 10}) {}
  Result<std::vector<detect::Datapoint>> datapoints(const Scope&, const detect::AlarmTerms& terms,
                                                    const std::vector<Instant>& bounds) override {
    const auto& points = values[static_cast<std::size_t>(std::atoi(terms.queries.front().stat->metric.name.c_str() + 2))];
    std::vector<detect::Datapoint> range(bounds.size() - 1);
    for (std::size_t i = 0; i < range.size(); ++i) range[i] = {bounds[i], points[i], 1.0, {}, {}};
    return range;
  }
  Result<detect::ManySeries> series(const Scope&, const detect::AlarmTerms&, const std::vector<Instant>&) override {
    return detect::ManySeries{};
  }
  Result<detect::ManySeries> promql(const Scope&, const detect::AlarmTerms&, Instant) override { return detect::ManySeries{}; }

  std::vector<std::array<float, 3>> values;
};

/// `count` alarms of ten seconds on decoded datapoints; each round another hundredth goes over its threshold or back.
void measure_many(const std::string& folder, int count) {
  ManualClock clock{noon + 1s};
  SimulatedExecutor executor{clock};
  SeededRandom random{1};
  auto database = std::move(*storage::open_sqlite_database(folder + "/state.db"));
  storage::StateExecutor state(executor, *database);
  delivery::Timers timers(state);
  DecodedData data(count);
  const double before = resident_bytes();
  TimedActions actions;
  detect::Alarms alarms(
      state, random, timers, [](EventEnvelope) { return std::string("event"); }, data);
  if (!timers.migrate() || !alarms.migrate()) std::abort();
  alarms.bind_actions(actions);
  for (int from = 0; from < count; from += 10'000) {
    state.submit([&, from]() -> Result<void> {
      for (int i = from; i < std::min(count, from + 10'000); ++i) {
        detect::AlarmRecord record{
            .scope = scope, .name = "alarm-" + std::to_string(i), .definition = ten_second_alarm(i), .revision = 1, .cadence_s = 10};
        record.state = AlarmState::ok;
        record.configured = record.state_updated = record.state_transitioned = noon;
        alarms.store().put(record);
      }
      return {};
    });
    executor.run_ready();
  }
  Stopwatch loading;
  alarms.start();
  executor.run_ready();
  report(fmt::format("{} alarms, taken into memory at the start", count), loading.seconds() * 1000, "ms");
  report(fmt::format("{} alarms, memory of each", count), (resident_bytes() - before) / count, "bytes");
  const int changing = count / 100;
  std::vector<double> rounds, processor_rounds;
  for (int round = 0; round < 12; ++round) {
    for (int i = 0; i < changing; ++i) {
      auto& points = data.values[static_cast<std::size_t>((i * 100 + round / 2) % count)];
      points = {points[1], points[2], round % 2 ? 10.0f : 90.0f};
    }
    actions.round = Stopwatch();
    Stopwatch watch;
    const double used = processor_seconds();
    executor.run_until(noon + 10s * (round + 1) + 300ms);
    rounds.push_back(watch.seconds());
    processor_rounds.push_back(processor_seconds() - used);
  }
  std::sort(rounds.begin(), rounds.end());
  report(fmt::format("{} alarms, a round of ten seconds, {} changing state, median", count, changing), rounds[rounds.size() / 2], "s");
  report(fmt::format("{} alarms, the slowest of twelve rounds", count), rounds.back(), "s");
  std::sort(processor_rounds.begin(), processor_rounds.end());
  report(fmt::format("{} alarms, processor time of a round, median", count), processor_rounds[processor_rounds.size() / 2], "s");
  report(fmt::format("{} alarms, processor time of the dearest round", count), processor_rounds.back(), "s");
  report(fmt::format("{} alarms, round begun to action handed over, p99 of {}", count, actions.seconds.size()), p99(actions.seconds) * 1000,
         "ms");
}

/// 10,000 alarms of ten seconds on the store of metrics itself.
void measure_quick(const std::string& folder) {
  Server server(folder);
  TimedActions actions;
  server.alarms.bind_actions(actions);
  constexpr int count = 10'000;
  server.state.submit([&]() -> Result<void> {
    for (int i = 0; i < count; ++i)
      if (auto put = server.alarms.put_metric(scope, ten_second_alarm(i), true, {}); !put) return put;
    return {};
  });
  server.executor.run_ready();
  server.alarms.start();
  server.executor.run_ready();
  for (int round = 0; round < 20; ++round) {
    std::vector<telemetry::MetricPoint> points;
    for (int i = 0; i < count; ++i)
      points.push_back({.metric = {"Shop", "m-" + std::to_string(i), {}},
                        .time = server.clock.now(),
                        .high_resolution = true,
                        .sample = i % 100 == round / 2 && round % 2 == 0 ? 90.0 : 10.0});
    if (!server.store.put(scope, points)) std::abort();
    if (round == 2) actions.seconds.clear();  // the first evaluations change every alarm
    server.executor.run_until(noon + 10s * (round + 1));
    actions.round = Stopwatch();
    server.executor.run_until(noon + 10s * (round + 1) + 1s);
  }
  report(fmt::format("10,000 alarms of ten seconds, period over to action handed over, p99 of {} (250 ms are the wait for late points)",
                     actions.seconds.size()),
         p99(actions.seconds) * 1000 + 250, "ms");
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3)
    return fmt::print("usage: alarms_bench FOLDER [COUNT]: with a count, that many alarms of ten seconds alone\n"), 1;
  const std::string root = std::string(argv[1]) + "/alarms_bench";
  std::filesystem::remove_all(root);
  for (const char* each : {"/ingest", "/memory", "/evaluation", "/quick", "/many"}) std::filesystem::create_directories(root + each);
  if (argc == 3) {
    tocsin::measure_many(root + "/many", std::atoi(argv[2]));
    std::filesystem::remove_all(root);
    return 0;
  }
  tocsin::measure_quick(root + "/quick");
  tocsin::measure_memory(root + "/memory");
  tocsin::measure_reopening(root + "/memory");
  tocsin::measure_ingest(root + "/ingest");
  tocsin::measure_evaluation(root + "/evaluation");
  std::filesystem::remove_all(root);
}
