// storage_bench FOLDER: figures of the embedded engines on that folder's disk, as lines of "what  number unit".
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <latch>
#include <thread>

#include "base/executor.h"
#include "base/log.h"
#include "delivery/outbox.h"
#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "storage/embedded/file_ingest_log.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void report(std::string_view what, double count, double seconds, std::string_view unit) {
  fmt::print("{:<66} {:>10.0f} {}/s\n", what, count / seconds, unit);
}

struct Server {
  explicit Server(const std::string& path)
      : database(std::move(*storage::open_sqlite_database(path))),
        executor(make_thread_executor(clock, "state")),
        state(*executor, *database) {}

  /// `callers` threads submit one unit after another, each waiting for its answer, as connections do.
  double units_per_second(int callers, int units_each, const std::function<void(int caller, int unit)>& work) {
    Stopwatch watch;
    std::vector<std::jthread> threads;
    for (int caller = 0; caller < callers; ++caller) {
      threads.emplace_back([&, caller] {
        for (int unit = 0; unit < units_each; ++unit) {
          std::latch answered(1);
          state.submit([&]() -> Result<void> { return work(caller, unit), Result<void>{}; }, [&](Result<void>) { answered.count_down(); });
          answered.wait();
        }
      });
    }
    threads.clear();
    return watch.seconds();
  }
  void in_unit(std::function<void()> work) {
    std::latch answered(1);
    state.submit([&]() -> Result<void> { return work(), Result<void>{}; }, [&](Result<void>) { answered.count_down(); });
    answered.wait();
  }

  SystemClock clock;
  SystemRandom random;
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<Executor> executor;
  storage::StateExecutor state;
};

void measure_bare_sync(const std::string& folder) {
  const int file = ::open((folder + "/bare").c_str(), O_RDWR | O_CREAT, 0600);
  constexpr int count = 300;
  const std::string page(4096, 'x');
  Stopwatch watch;
  for (int i = 0; i < count; ++i) {
    if (::pwrite(file, page.data(), page.size(), i * 4096L) < 0 || ::fdatasync(file) != 0) return;
  }
  report("bare: write of 4 KiB and fdatasync", count, watch.seconds(), "syncs");
  ::close(file);
}

void measure_plain_sqlite(const std::string& folder) {
  sqlite3* connection = nullptr;
  sqlite3_open((folder + "/plain.db").c_str(), &connection);
  sqlite3_exec(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)", nullptr,
               nullptr, nullptr);
  constexpr int count = 300;
  Stopwatch watch;
  for (int i = 0; i < count; ++i) sqlite3_exec(connection, "INSERT INTO t (body) VALUES (hex(randomblob(150)))", nullptr, nullptr, nullptr);
  report("plain SQLite: a transaction of one row, WAL, synchronous=FULL", count, watch.seconds(), "commits");
  sqlite3_close(connection);
}

void measure_units(const std::string& folder) {
  Server server(folder + "/units.db");
  (void)server.database->migrate("b", {{1, "CREATE TABLE b_rows (caller INTEGER, unit INTEGER, body TEXT, PRIMARY KEY (caller, unit))"}});
  const std::string body(300, 'b');
  int round = 0;
  for (const auto& [callers, each] : {std::pair{1, 300}, std::pair{16, 200}, std::pair{256, 60}}) {
    ++round;
    const double seconds = server.units_per_second(callers, each, [&, round](int caller, int unit) {
      server.database->execute("INSERT INTO b_rows (caller, unit, body) VALUES (?, ?, ?)", {round * 1000 + caller, unit, body});
    });
    report(fmt::format("units of one insert, answered after the fsync, {} callers", callers), callers * each, seconds, "units");
  }
}

void measure_journal(const std::string& folder) {
  for (const int consumers : {0, 8}) {
    Server server(fmt::format("{}/journal{}.db", folder, consumers));
    std::atomic<int> seen = 0;
    events::Journal journal(server.state, server.random);
    (void)journal.migrate();
    for (int i = 0; i < consumers; ++i) {
      journal.subscribe(fmt::format("consumer{}", i), [&](const EventEnvelope&) -> Result<void> { return ++seen, Result<void>{}; });
    }
    journal.start();
    constexpr int units = 400, events_each = 50;
    Stopwatch watch;
    for (int unit = 0; unit < units; ++unit) {
      server.state.submit([&]() -> Result<void> {
        for (int i = 0; i < events_each; ++i) {
          journal.append({.scope = {"123456789012", "eu-west-1"},
                          .event_time = server.clock.now(),
                          .source = "aws.cloudwatch",
                          .type = "CloudWatch Alarm State Change",
                          .subject_arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-errors",
                          .detail = Object{{"alarmName", "checkout-errors"},
                                           {"state", Object{{"value", "ALARM"}, {"reason", std::string(200, 'r')}}}}});
        }
        return {};
      });
    }
    server.in_unit([] {});
    const double appended = watch.seconds();
    report(fmt::format("journal appends, {} consumers", consumers), units * events_each, appended, "events");
    if (consumers == 0) continue;
    while (seen < units * events_each * consumers) std::this_thread::sleep_for(1ms);
    report(fmt::format("journal, appended and consumed by {} consumers", consumers), units * events_each, watch.seconds(), "events");
  }
}

class InstantCarrier final : public delivery::Carrier {
 public:
  void carry(const std::string&, const Document&, Done done) override { done({.result = delivery::CarryResult::delivered}); }
};

void measure_outbox(const std::string& folder) {
  Server server(folder + "/outbox.db");
  std::atomic<int> settled = 0;
  InstantCarrier carrier;
  delivery::Outbox outbox(server.state, server.random);
  (void)outbox.migrate();
  outbox.add_carrier("out", carrier);
  outbox.handle("bench", [&](const delivery::Settlement&) -> Result<void> { return ++settled, Result<void>{}; });
  outbox.start();
  constexpr int units = 100, parcels_each = 50;
  Stopwatch watch;
  for (int unit = 0; unit < units; ++unit) {
    server.in_unit([&] {
      for (int i = 0; i < parcels_each; ++i)
        outbox.enqueue({.channel = "out", .owner = "bench", .content = Object{{"body", std::string(500, 'p')}}});
    });
  }
  while (settled < units * parcels_each) std::this_thread::sleep_for(1ms);
  report("outbox: enqueued, carried at once, settled", units * parcels_each, watch.seconds(), "parcels");
  server.in_unit([] {});
}

void measure_timers(const std::string& folder) {
  Server server(folder + "/timers.db");
  std::atomic<int> fired = 0;
  delivery::Timers timers(server.state);
  timers.handle("t", [&](const std::string&, Instant, const Document&) -> Result<void> { return ++fired, Result<void>{}; });
  (void)timers.migrate();
  constexpr int count = 20'000;
  const Instant due = server.clock.now();
  server.in_unit([&] {
    for (int i = 0; i < count; ++i) timers.set("t", std::to_string(i), due);
  });
  Stopwatch watch;
  timers.start();
  while (fired < count) std::this_thread::sleep_for(1ms);
  report("timers: overdue ones fired at start, a unit each", count, watch.seconds(), "timers");
  server.in_unit([] {});
}

void measure_ingest_log(const std::string& folder) {
  auto log = std::move(*storage::open_file_ingest_log(folder + "/ingest"));
  const std::string record(1024, 'r');
  constexpr int count = 200'000;
  Stopwatch watch;
  auto next_sync = std::chrono::steady_clock::now() + 200ms;
  for (int i = 0; i < count; ++i) {
    (void)log->append(record);
    if (std::chrono::steady_clock::now() >= next_sync) {
      (void)log->sync();
      next_sync += 200ms;
    }
  }
  (void)log->sync();
  report("ingest log: records of 1 KiB, synced every 200 ms", count, watch.seconds(), "records");
  std::uint64_t bytes = 0;
  Stopwatch reading;
  (void)log->read(0, [&](std::uint64_t, std::string_view read) { return bytes += read.size(), true; });
  report("ingest log: read back and checked", static_cast<double>(bytes) / 1e6, reading.seconds(), "MB");
  log.reset();
  Stopwatch opening;
  log = std::move(*storage::open_file_ingest_log(folder + "/ingest"));
  report("ingest log: opened after a crash (every record checked)", static_cast<double>(bytes) / 1e6, opening.seconds(), "MB");
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
  using namespace tocsin;
  if (argc != 2) return fmt::print(stderr, "usage: storage_bench FOLDER\n"), 2;
  const std::string folder = std::string(argv[1]) + "/storage_bench";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  log::set_level(log::Level::warning);
  measure_bare_sync(folder);
  measure_plain_sqlite(folder);
  measure_units(folder);
  measure_journal(folder);
  measure_outbox(folder);
  measure_timers(folder);
  measure_ingest_log(folder);
  std::filesystem::remove_all(folder);
}
