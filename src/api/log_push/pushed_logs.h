// Where pushed lines are kept. On the StateExecutor, inside a unit of work.
#pragma once

#include <string>
#include <vector>

#include "telemetry/logs/log_store.h"
#include "wire/loki/loki_push.h"
#include "wire/syslog/syslog_message.h"

namespace tocsin::api {

/// How many lines were too old or too far ahead; `unavailable`.
Result<std::int64_t> keep_loki_streams(telemetry::LogStore& store, const Scope& scope, const std::vector<wire::LokiStream>& streams,
                                       Instant now);

/// Messages as they came, from one peer: into these groups, each all of them, or /syslog when none is named.
Result<void> keep_syslog(telemetry::LogStore& store, const Scope& scope, const std::vector<std::string>& messages,
                         const std::string& peer_address, Instant now, const std::vector<std::string>& groups = {});

/// The group of a Loki stream, and its stream.
std::string loki_group(const wire::LokiLabels& labels);
std::string loki_stream(const wire::LokiLabels& labels);

}  // namespace tocsin::api
