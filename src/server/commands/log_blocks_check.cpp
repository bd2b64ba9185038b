#include "server/commands/log_blocks_check.h"

#include "server/config/data_directory.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/log_block.h"
#include "telemetry/logs/log_tables.h"

namespace tocsin::server {

Finding check_log_blocks(const std::filesystem::path& data) {
  const std::string subject = "log blocks";
  const std::filesystem::path file = DataDirectory{data}.telemetry() / "logs.db";
  std::error_code hidden;
  if (!std::filesystem::exists(file, hidden)) return {subject, Health::well, hidden ? "not looked at" : "none yet"};
  auto database = storage::open_sqlite_database(file.string());
  if (!database) return {subject, Health::well, "in use by the running server"};
  telemetry::LogTables tables(**database);
  if (auto migrated = tables.migrate(); !migrated) return {subject, Health::ill, migrated.error().message, "use the release that wrote it"};
  std::int64_t last = 0;
  std::size_t count = 0, damaged = 0;
  std::string first_damaged;
  while (true) {
    const auto blocks = tables.blocks_after(last, 500);
    if (blocks.empty()) break;
    for (const telemetry::BlockEntry& block : blocks) {
      last = block.id;
      ++count;
      const auto packed = tables.block_rows(block.id);
      const auto rows = packed ? telemetry::decode_block(*packed, block.group)
                               : Result<std::vector<telemetry::LogRow>>(fail(ErrorKind::internal, "The block is gone."));
      if (rows && static_cast<std::int64_t>(rows->size()) == block.records) continue;
      if (damaged++ == 0) first_damaged = std::to_string(block.id);
    }
  }
  if (damaged == 0) return {subject, Health::well, std::to_string(count) + " are sound"};
  return {subject, Health::ill, std::to_string(damaged) + " of " + std::to_string(count) + " are damaged, the first is " + first_damaged,
          "queries leave them out; bring the rest back with tocsin restore from the last backup"};
}

}  // namespace tocsin::server
