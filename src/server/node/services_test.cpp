#include "server/node/services.h"

#include <gtest/gtest.h>

#include "api/dispatch/operation_table.h"
#include "server/node/rooms.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::server {
namespace {

TEST(Services, EveryOperationThatIsListedIsOneOfItsModel) {
  const ServerConfig config;
  SystemClock clock;
  SeededRandom random(1);
  const Outside outside{.clock = clock,
                        .random = random,
                        .make_executor = [&](const char* name) { return make_thread_executor(clock, name); },
                        .open_database = [](const std::string&) { return Result<std::unique_ptr<storage::Database>>(storage::open_memory_database()); },
                        .open_ingest_log = [](const std::string&) { return Result<std::unique_ptr<storage::IngestLog>>(std::make_unique<telemetry::MemoryIngestLog>()); },
                        .on_a_machine = false};
  const auto foundation = open_foundation(config, outside);
  ASSERT_TRUE(foundation) << foundation.error().message;
  wire::BodyStreams body_streams;
  Rooms rooms(**foundation, body_streams);
  const auto services = make_services(rooms);
  EXPECT_GT(services.size(), 8u);
  EXPECT_EQ(api::operations_outside_models(services, (*foundation)->models), std::vector<std::string>());
}

}  // namespace
}  // namespace tocsin::server
