// The logs API over rooms of its own, in virtual time: for tests.
#pragma once

#include <gtest/gtest.h>

#include "api/logs/service.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/logs/intake/log_intake.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"
#include "wire/http/body_stream.h"

namespace tocsin::api::logs_test {

const Scope shop{"111122223333", "eu-west-1"};
inline constexpr std::int64_t now_ms = 1'760'000'000'000;

struct World {
  World();
  /// In a unit of work of its own.
  Reply ask(const std::string& operation, Object input, const Scope& scope = shop);
  Document done(const std::string& operation, Object input, const Scope& scope = shop);
  /// The error's code.
  std::string refused(const std::string& operation, Object input, const Scope& scope = shop);
  /// The group /shop with the stream a.
  void make();
  Document put(Array events, const char* stream = "a");
  void unit(std::function<void()> work);
  void pass(Duration span);

  ManualClock clock{instant_from_ms(now_ms)};
  SimulatedExecutor executor{clock};
  SeededRandom random{8};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  std::unique_ptr<storage::Database> state_database = storage::open_memory_database();
  std::unique_ptr<storage::Database> metrics_database = storage::open_memory_database();
  telemetry::MemoryIngestLog log, metrics_log;
  storage::StateExecutor state{executor, *state_database};
  telemetry::BlockLogStore store{executor, *database, log};
  telemetry::ChunkMetricStore metrics{executor, *metrics_database, metrics_log};
  delivery::Outbox outbox{state, random};
  delivery::Queues queues{state, random, nullptr};
  telemetry::LogSettings settings{state};
  telemetry::SubscriptionTargets targets{state, store, settings, outbox, queues};
  telemetry::LiveTails tails{executor, random};
  telemetry::LogIntake intake{state, store, settings, metrics, targets, tails, nullptr};
  std::map<std::string, std::string> files;  ///< that exports wrote
  telemetry::LogExports exports{state, store, settings, random, [this](const Scope&, const std::string& path, const std::string& content) {
                                  files[path] = content;
                                  return Result<void>();
                                }};
  wire::BodyStreams streams;
  diagnose::LogQueries queries{executor, store, random};
  Service service;
};

}  // namespace tocsin::api::logs_test
