#include "storage/embedded/file_ingest_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/ids.h"
#include "base/log.h"
#include "base/random.h"

namespace tocsin::storage {
namespace {

namespace fs = std::filesystem;

class FileIngestLogTest : public testing::Test {
 protected:
  FileIngestLogTest() {
    SystemRandom random;
    folder_ = fs::temp_directory_path() / ("tocsin-ingest-" + make_hex(random, 12));
    log::set_level(log::Level::off);
  }
  ~FileIngestLogTest() override {
    fs::remove_all(folder_);
    log::set_level(log::Level::info);
  }
  std::unique_ptr<IngestLog> open() { return std::move(*open_ingest_log(std::move(*open_log_folder(folder_.string())), 1000)); }
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder_)) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
  }
  std::map<std::uint64_t, std::string> records(IngestLog& log) {
    std::map<std::uint64_t, std::string> found;
    EXPECT_TRUE(log.read(0, [&](std::uint64_t offset, std::string_view record) { return found.emplace(offset, record).second; }));
    return found;
  }

  fs::path folder_;
};

// Strategy: any byte of any segment is changed, or a segment cut anywhere; invariants: the log opens, gives only records that were appended
// at their offsets, all of the segments that were left alone, and never an offset again that it has a later segment for.
TEST_F(FileIngestLogTest, RotCostsAtMostTheRestOfItsSegment) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    fs::remove_all(folder_);
    SeededRandom random(seed);
    std::map<std::uint64_t, std::string> appended;
    {
      auto log = open();
      for (int i = 0; i < 60; ++i) {
        const std::string record = random.letters("abcdef", random.below(200));
        appended[*log->append(record)] = record;
      }
    }
    const auto all = files();
    const std::size_t victim = random.below(all.size());
    const std::uint64_t at = random.below(fs::file_size(all[victim]));
    if (random.below(2)) {
      fs::resize_file(all[victim], at);
    } else {
      std::fstream file(all[victim], std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(static_cast<std::streamoff>(at));
      const char changed = static_cast<char>(file.get() ^ static_cast<int>(1 + random.below(255)));
      file.seekp(static_cast<std::streamoff>(at));
      file.put(changed);
    }
    auto log = open();
    const auto found = records(*log);
    for (const auto& [offset, record] : found) EXPECT_EQ(appended.at(offset), record);
    const auto first_of = [&](std::size_t file) { return std::stoull(all[file].stem().string()); };
    for (const auto& [offset, record] : appended) {
      const bool in_victim = offset >= first_of(victim) && (victim + 1 == all.size() || offset < first_of(victim + 1));
      EXPECT_TRUE(in_victim || found.contains(offset)) << offset;
    }
    EXPECT_TRUE(victim + 1 == all.size() || log->next_offset() == 60);
  }
}

TEST_F(FileIngestLogTest, LeavesFilesThatAreNotItsOwn) {
  open();
  std::ofstream(folder_ / "notes.txt") << "mine";
  auto log = open();
  EXPECT_EQ(log->append("a"), 0u);
  EXPECT_TRUE(fs::exists(folder_ / "notes.txt"));
}

/// A disk that can be full.
struct FullDisk final : LogFolder {
  struct File final : LogFile {
    explicit File(bool& full) : full(full) {}
    Result<void> write_at(std::uint64_t position, std::string_view text) override {
      if (full) return fail(ErrorKind::unavailable, "No space left on device");
      bytes.resize(std::max<std::size_t>(bytes.size(), position + text.size()));
      return bytes.replace(position, text.size(), text), Result<void>();
    }
    Result<std::string> read_at(std::uint64_t position, std::size_t size) const override {
      return bytes.substr(std::min<std::size_t>(position, bytes.size()), size);
    }
    Result<void> truncate(std::uint64_t size) override { return bytes.resize(size), Result<void>(); }
    Result<void> sync() override { return {}; }
    std::uint64_t size() const override { return bytes.size(); }
    bool& full;
    std::string bytes;
  };
  explicit FullDisk(bool& full) : full(full) {}
  Result<std::vector<std::string>> list() const override { return std::vector<std::string>(); }
  Result<std::unique_ptr<LogFile>> open(const std::string&) override { return std::make_unique<File>(full); }
  Result<void> remove(const std::string&) override { return {}; }
  Result<void> sync() override { return {}; }
  bool& full;
};

TEST_F(FileIngestLogTest, AFullDiskWritesOneLineAndOneMoreWhenItIsOver) {
  log::set_level(log::Level::info);
  bool full = false;
  auto log = *open_ingest_log(std::make_unique<FullDisk>(full));
  EXPECT_TRUE(log->append("a"));
  full = true;
  testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(log->append("b"));
  full = false;
  EXPECT_TRUE(log->append("c"));
  EXPECT_TRUE(log->append("d"));
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2) << lines;
  EXPECT_NE(lines.find("the disk refuses records"), std::string::npos) << lines;
  EXPECT_NE(lines.find("No space left on device"), std::string::npos) << lines;
  EXPECT_NE(lines.find("refused=3"), std::string::npos) << lines;
}

}  // namespace
}  // namespace tocsin::storage
