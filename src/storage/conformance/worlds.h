// The engines under test: each world holds a place where a database and an ingest log live, also through a crash.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/ingest_log.h"
#include "storage/sql.h"

namespace tocsin::storage {

class World {
 public:
  virtual ~World() = default;
  virtual std::unique_ptr<Database> open_database() = 0;
  virtual std::unique_ptr<IngestLog> open_log() = 0;
  /// What is open now is lost, as when the process is killed or (where the world can do it) the power is cut.
  virtual void crash() = 0;
  /// Writes raw bytes behind the end of the log's newest file.
  virtual void append_garbage(const std::string& bytes) = 0;
  virtual std::size_t log_file_count() = 0;
};

std::unique_ptr<World> make_embedded_world();
std::unique_ptr<World> make_simulated_world();

struct Engine {
  const char* name;
  std::unique_ptr<World> (*make)();
};
const Engine engines[] = {{"embedded", make_embedded_world}, {"simulated", make_simulated_world}};
inline std::string engine_name(const testing::TestParamInfo<Engine>& info) { return info.param.name; }

}  // namespace tocsin::storage
