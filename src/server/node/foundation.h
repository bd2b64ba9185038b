// What every room stands on: the state and its one writer, the journal, timers, the outbox, metrics, secrets. Members are built in order and ended in reverse.
#pragma once

#include <memory>

#include "access/credentials/secret_box.h"
#include "base/shared_text.h"
#include "delivery/outbox.h"
#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "remediate/parameters/secret_cipher.h"
#include "server/config/server_config.h"
#include "server/node/interior.h"
#include "server/node/outside.h"
#include "storage/state_executor.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/logs/pattern_counts/pattern_counts.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/self_metrics_recorder.h"
#include "telemetry/traces/trace_store.h"
#include "wire/aws/page_tokens.h"
#include "wire/aws/service_models.h"

namespace tocsin::server {

struct Foundation {
  const ServerConfig config;
  Outside outside;
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::Database> metrics_database;
  std::unique_ptr<storage::IngestLog> metrics_log;
  std::unique_ptr<storage::Database> logs_database;
  std::unique_ptr<storage::IngestLog> logs_log;
  std::unique_ptr<storage::Database> patterns_database;
  std::unique_ptr<storage::Database> traces_database;
  std::unique_ptr<storage::IngestLog> traces_log;
  access::SecretBox secrets;
  std::unique_ptr<remediate::SecretCipher> parameter_cipher;
  wire::PageTokens page_tokens;
  wire::ServiceModels models;
  SharedText own_url;  ///< where this server is reached, for links; known once it listens

  // the executors come last of what they touch, so that nothing runs on them while the rest is taken down
  std::unique_ptr<Executor> executor;
  storage::StateExecutor state;
  events::Journal journal;
  delivery::Timers timers;
  delivery::Outbox outbox;
  telemetry::ChunkMetricStore metrics;
  telemetry::SelfMetricsRecorder self_metrics;
  telemetry::BlockLogStore logs;
  telemetry::PatternCounts patterns;
  telemetry::TraceStore traces;

  /// What was opened in the data directory.
  struct Files {
    std::unique_ptr<storage::Database> state, metrics, logs, patterns, traces;
    std::unique_ptr<storage::IngestLog> metrics_log, logs_log, traces_log;
  };
  Foundation(const ServerConfig& config, const Outside& outside, Files files, const std::string& server_key);

  /// The configured public URL, else where we listen.
  std::string url() const { return config.public_url.empty() ? own_url.get() : config.public_url; }
  Result<void> migrate();
};

/// Opens the data directory and everything in it.
Result<std::unique_ptr<Foundation>> open_foundation(const ServerConfig& config, const Outside& outside, StoredData data = StoredData::kept);

}  // namespace tocsin::server
