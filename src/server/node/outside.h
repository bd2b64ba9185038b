// All that a node is given of the outside world: clock, entropy, threads, disk, and the ways out. On a machine these are the real ones; in a simulation all executors are
// one in virtual time, the disk is in memory and mail and webhooks end in process.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/executor.h"
#include "base/random.h"
#include "delivery/carrier.h"
#include "detect/feeds/feeds.h"
#include "detect/probes/probe.h"
#include "storage/ingest_log.h"
#include "storage/sql.h"
#include "telemetry/prometheus/scraper.h"

namespace tocsin::server {

struct ServerConfig;

/// What is referred to must outlive the node.
struct Outside {
  const Clock& clock;
  Random& random;
  std::function<std::unique_ptr<Executor>(const char* name)> make_executor;
  std::function<Result<std::unique_ptr<storage::Database>>(const std::string& path)> open_database;
  std::function<Result<std::unique_ptr<storage::IngestLog>>(const std::string& folder)> open_ingest_log;
  /// The way out for parcels of "http" and of "smtp"; the latter may be null: no mail leaves.
  delivery::Carrier* http_carrier = nullptr;
  delivery::Carrier* smtp_carrier = nullptr;
  /// How targets are scraped; empty: none are.
  telemetry::Fetch fetch = {};
  detect::FetchPage page = {};  ///< how status pages are read; none: they are not
  detect::RunProbe probe = {};  ///< none: nothing is probed
  /// Whether the node opens listeners and writes files beside its databases.
  bool on_a_machine = true;
};

/// The machine that the program runs on, for a server with this configuration. Owns the carriers.
class Machine {
 public:
  explicit Machine(const ServerConfig& config);
  ~Machine();
  Outside& outside();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::server
