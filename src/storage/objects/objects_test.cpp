#include <gtest/gtest.h>

#include <unistd.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "storage/objects/blob_folder.h"
#include "storage/objects/object_store.h"

namespace tocsin::storage {
namespace {

class Objects : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(store.migrate()); }
  void in_unit(std::function<void()> work) {
    state.submit([&]() -> Result<void> { return work(), Result<void>(); });
    executor.run_ready();
  }
  void put(std::initializer_list<const char*> keys) {
    for (const char* key : keys) store.put("b", {.key = key, .blob = key, .size = 1, .etag = "\"e\"", .headers = Object{}});
  }
  std::string listed(ListObjects request) {
    const ObjectListing page = store.list("b", request);
    std::string out;
    for (const StoredObject& object : page.objects) out += object.key + " ";
    for (const std::string& prefix : page.common_prefixes) out += "[" + prefix + "] ";
    return out + (page.next.empty() ? "" : "next " + page.next);
  }

  ManualClock clock{instant_from_ms(1'795'500'000'000)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<Database> database = open_memory_database();
  StateExecutor state{executor, *database};
  ObjectStore store{state};
};

TEST_F(Objects, AreListedByPrefixAndDelimiterPageByPage) {
  in_unit([&] {
    put({"a", "b/1", "b/2", "b/c/3", "b0", "d"});
    EXPECT_EQ(listed({}), "a b/1 b/2 b/c/3 b0 d ");
    EXPECT_EQ(listed({.prefix = "b/"}), "b/1 b/2 b/c/3 ");
    EXPECT_EQ(listed({.delimiter = "/"}), "a b0 d [b/] ");
    EXPECT_EQ(listed({.prefix = "b/", .delimiter = "/"}), "b/1 b/2 [b/c/] ");
    EXPECT_EQ(listed({.delimiter = "/", .count_max = 2}), "a [b/] next b/");
    EXPECT_EQ(listed({.delimiter = "/", .after = "b/", .count_max = 2}), "b0 d ");
    EXPECT_EQ(listed({.after = "b/2", .count_max = 1}), "b/c/3 next b/c/3");
    EXPECT_EQ(listed({.prefix = "x"}), "");
  });
}

TEST_F(Objects, TheObjectNamedLikeTheFolderHidesNothingBehindIt) {
  in_unit([&] {
    put({"a/", "a/x", "a/y/z"});
    EXPECT_EQ(listed({.prefix = "a/", .delimiter = "/", .count_max = 1}), "a/ next a/");
    EXPECT_EQ(listed({.prefix = "a/", .delimiter = "/", .after = "a/"}), "a/x [a/y/] ");
  });
}

TEST_F(Objects, ABucketWithObjectsStays) {
  in_unit([&] {
    store.put_bucket({"b", "111122223333", "eu-west-1", clock.now(), ""});
    put({"a"});
    EXPECT_FALSE(store.remove_bucket("b"));
    EXPECT_EQ(store.remove("b", "a"), "a");
    EXPECT_TRUE(store.remove_bucket("b"));
    EXPECT_FALSE(store.find_bucket("b"));
  });
}

TEST(BlobFolder, KeepsBytesWholeAndJoinsThem) {
  const auto folder = std::filesystem::temp_directory_path() / ("tocsin-blobs-" + std::to_string(::getpid()));
  const BlobFolder blobs(folder);
  ASSERT_TRUE(blobs.write("aa1", "hello "));
  ASSERT_TRUE(blobs.write("bb2", std::string(3 << 20, 'x')));
  ASSERT_TRUE(blobs.join("cc3", {"aa1", "bb2"}));
  EXPECT_EQ(blobs.read("cc3", 4, 4).value(), "o xx");
  EXPECT_EQ(blobs.ids().size(), 3u);
  EXPECT_FALSE(blobs.read("cc3", 0, 5 << 20)) << "shorter";
  EXPECT_FALSE(blobs.join("dd4", {"gone"}));
  EXPECT_EQ(blobs.ids().size(), 3u) << "nothing of it is left";
  blobs.remove("aa1");
  EXPECT_FALSE(blobs.read("aa1", 0, 1));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tocsin::storage
