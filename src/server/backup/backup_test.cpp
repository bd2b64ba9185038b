// A data directory that is written to is copied, and put back.
#include "server/backup/backup.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "storage/embedded/file_ingest_log.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::server {
namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() : path(fs::temp_directory_path() / ("tocsin-backup-test-" + std::to_string(::getpid()) + "-" + std::to_string(++number))) {}
  ~Folder() {
    std::error_code error;
    fs::remove_all(path, error);
  }
  fs::path path;
  static inline int number = 0;
};

struct Served {
  Served() {
    fs::create_directories(data.path / "telemetry");
    state = *storage::open_sqlite_database((data.path / "state.db").string());
    EXPECT_TRUE(state->migrate("notes", {{1, "CREATE TABLE notes_notes (id BIGINT PRIMARY KEY, text TEXT NOT NULL)"}}));
    log = *storage::open_file_ingest_log((data.path / "telemetry" / "logs.log").string());
    std::ofstream(data.path / "server.key") << "secret";
    std::ofstream(data.path / "endpoints.json") << "{}";
  }
  void write(int id) {
    state->begin_group();
    state->execute("INSERT INTO notes_notes (id, text) VALUES (?, ?)", {id, std::string(500, 'x')});
    ASSERT_TRUE(state->commit_group());
    ASSERT_TRUE(log->append("record " + std::to_string(id)));
  }
  Folder data;
  std::unique_ptr<storage::Database> state;
  std::unique_ptr<storage::IngestLog> log;
};

TEST(Backup, OfARunningServerIsPutBackWhole) {
  Served served;
  for (int i = 0; i < 500; ++i) served.write(i);
  ASSERT_TRUE(served.log->sync());
  Folder copy, restored;
  const auto report = back_up(served.data.path, copy.path, instant_from_ms(1'795'500'000'000), "0.1.0");
  ASSERT_TRUE(report) << report.error().message;
  for (int i = 500; i < 600; ++i) served.write(i);
  const auto back = restore(copy.path, restored.path);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->files, report->files);
  EXPECT_FALSE(fs::exists(restored.path / "endpoints.json"));
  const auto state = storage::open_sqlite_database((restored.path / "state.db").string());
  ASSERT_TRUE(state);
  EXPECT_EQ((*state)->query_one("SELECT COUNT(*) FROM notes_notes")->integer(0), 500);
  const auto log = storage::open_file_ingest_log((restored.path / "telemetry" / "logs.log").string());
  ASSERT_TRUE(log);
  int records = 0;
  ASSERT_TRUE((*log)->read(0, [&](std::uint64_t, std::string_view) { return ++records, true; }));
  EXPECT_EQ(records, 500);
}

TEST(Backup, GoesOverNothingAndTellsDamage) {
  Served served;
  served.write(1);
  Folder copy, restored;
  ASSERT_TRUE(back_up(served.data.path, copy.path, {}, "0.1.0"));
  EXPECT_EQ(back_up(served.data.path, copy.path, {}, "0.1.0").error().kind, ErrorKind::already_exists);
  EXPECT_EQ(restore(copy.path, served.data.path).error().kind, ErrorKind::already_exists);
  {
    std::fstream file(copy.path / "state.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file.put('\xff');
  }
  EXPECT_EQ(restore(copy.path, restored.path).error().kind, ErrorKind::invalid);
  EXPECT_FALSE(fs::exists(restored.path / "state.db"));
  Folder nowhere;
  EXPECT_EQ(back_up(nowhere.path, restored.path, {}, "0.1.0").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace tocsin::server
