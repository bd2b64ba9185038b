#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <fstream>

#include "api/s3/checksums.h"
#include "api/s3/operations.h"
#include "api/s3/service.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::api {
namespace {

TEST(Checksums, AreThoseOfTheirStandards) {
  EXPECT_EQ(s3::crc32("123456789"), 0xCBF43926u);
  EXPECT_EQ(s3::crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(s3::crc64nvme("123456789"), 0xAE8B14860A799888u);
  EXPECT_FALSE(s3::wrong_checksum(Object{{"ChecksumCRC32", "NhCmhg=="}}, "hello"));
  EXPECT_EQ(s3::wrong_checksum(Object{{"ChecksumCRC32", "NhCmhg=="}}, "hallo"), "ChecksumCRC32");
}

TEST(Ranges, AreReadAsHttpHasThem) {
  const auto text = [](const char* header) -> std::string {
    const auto range = s3::range_of(header, 10);
    if (!range) return range.error().code;
    return *range ? std::to_string((*range)->from) + "+" + std::to_string((*range)->count) : "all";
  };
  EXPECT_EQ(text("bytes=0-3"), "0+4");
  EXPECT_EQ(text("bytes=4-"), "4+6");
  EXPECT_EQ(text("bytes=-3"), "7+3");
  EXPECT_EQ(text("bytes=-30"), "0+10");
  EXPECT_EQ(text("bytes=8-30"), "8+2");
  EXPECT_EQ(text("bytes=10-"), "InvalidRange");
  EXPECT_EQ(text("bytes=0-1,3-4"), "all");
  EXPECT_EQ(text("lines=1"), "all");
}

class S3 : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(objects.migrate()); }
  void TearDown() override { std::filesystem::remove_all(folder); }

  Reply call(const std::string& operation, Object input) {
    Call made{.service = "s3",
              .operation = operation,
              .input = std::move(input),
              .principal = {},
              .scope = scope,
              .now = clock.now(),
              .base_url = "http://s3"};
    std::optional<Reply> reply;
    for (const Operation& each : service.operations) {
      if (each.name != operation) continue;
      if (const auto* later = std::get_if<HandleLater>(&each.handle))
        (*later)(made, [&](Reply told) { reply = std::move(told); });
      else
        state.submit([&]() -> Result<void> { return reply = std::get<Handle>(each.handle)(made), Result<void>(); });
    }
    executor.run_ready();
    return reply ? std::move(*reply) : refuse("NoAnswer", operation);
  }
  Document answer(const std::string& operation, Object input) {
    auto reply = call(operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply ? std::move(*reply) : Document(Object{});
  }
  std::string code_of(const std::string& operation, Object input) {
    const auto reply = call(operation, std::move(input));
    return reply ? "" : reply.error().code;
  }
  void put(const char* key, std::string body) { answer("PutObject", {{"Bucket", "logs-1"}, {"Key", key}, {"Body", body}}); }

  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("tocsin-s3-" + std::to_string(::getpid()));
  ManualClock clock{instant_from_ms(1'795'500'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{1};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  storage::ObjectStore objects{state};
  const storage::BlobFolder blobs{folder};
  const Scope scope{"111122223333", "eu-west-1"};
  Service service = make_s3_service({state, executor, objects, blobs, random});
};

TEST_F(S3, WhatIsPutIsReadAgainWholeAndInParts) {
  EXPECT_EQ(code_of("PutObject", {{"Bucket", "logs-1"}, {"Key", "a"}}), "NoSuchBucket");
  EXPECT_EQ(code_of("CreateBucket", {{"Bucket", "NO"}}), "InvalidBucketName");
  answer("CreateBucket", {{"Bucket", "logs-1"}});
  EXPECT_EQ(code_of("CreateBucket", {{"Bucket", "logs-1"}}), "BucketAlreadyOwnedByYou");
  put("a/b.txt", "hello");
  const Document whole = answer("GetObject", {{"Bucket", "logs-1"}, {"Key", "a/b.txt"}});
  EXPECT_EQ(text_or(whole, "Body"), "hello");
  EXPECT_EQ(text_or(whole, "ETag"), "\"5d41402abc4b2a76b9719d911017c592\"");
  const Document part = answer("GetObject", {{"Bucket", "logs-1"}, {"Key", "a/b.txt"}, {"Range", "bytes=1-2"}});
  EXPECT_EQ(text_or(part, "Body"), "el");
  EXPECT_EQ(text_or(part, "ContentRange"), "bytes 1-2/5");
  EXPECT_EQ(code_of("GetObject", {{"Bucket", "logs-1"}, {"Key", "none"}}), "NoSuchKey");
  EXPECT_EQ(code_of("GetObject", {{"Bucket", "logs-1"}, {"Key", "a/b.txt"}, {"IfNoneMatch", "\"5d41402abc4b2a76b9719d911017c592\""}}),
            "NotModified");
  EXPECT_EQ(code_of("PutObject", {{"Bucket", "logs-1"}, {"Key", "a/b.txt"}, {"Body", "x"}, {"IfNoneMatch", "*"}}), "PreconditionFailed");
  EXPECT_EQ(code_of("PutObject", {{"Bucket", "logs-1"}, {"Key", "c"}, {"Body", "x"}, {"ChecksumCRC32", "AAAAAA=="}}), "BadDigest");
  EXPECT_EQ(blobs.ids().size(), 1u) << "what was refused leaves nothing";
  put("a/b.txt", "other");
  EXPECT_EQ(blobs.ids().size(), 1u) << "what was replaced is gone";
}

TEST_F(S3, ABigFileComesInParts) {
  answer("CreateBucket", {{"Bucket", "logs-1"}});
  const std::string id = text_or(answer("CreateMultipartUpload", {{"Bucket", "logs-1"}, {"Key", "big"}}), "UploadId");
  const auto part = [&](int number, std::string body) {
    return Object{{"PartNumber", number},
                  {"ETag", text_or(answer("UploadPart",
                                          {{"Bucket", "logs-1"}, {"Key", "big"}, {"UploadId", id}, {"PartNumber", number}, {"Body", body}}),
                                   "ETag")}};
  };
  const Object first = part(1, std::string(5 << 20, 'a')), second = part(2, "tail");
  EXPECT_EQ(array_at(answer("ListParts", {{"Bucket", "logs-1"}, {"Key", "big"}, {"UploadId", id}}), "Parts").size(), 2u);
  EXPECT_EQ(code_of("CompleteMultipartUpload", {{"Bucket", "logs-1"},
                                                {"Key", "big"},
                                                {"UploadId", id},
                                                {"MultipartUpload", Object{{"Parts", Array{Document(second), Document(first)}}}}}),
            "InvalidPartOrder");
  const Document done =
      answer("CompleteMultipartUpload", {{"Bucket", "logs-1"},
                                         {"Key", "big"},
                                         {"UploadId", id},
                                         {"MultipartUpload", Object{{"Parts", Array{Document(first), Document(second)}}}}});
  EXPECT_TRUE(text_or(done, "ETag").ends_with("-2\""));
  EXPECT_EQ(integer_or(answer("HeadObject", {{"Bucket", "logs-1"}, {"Key", "big"}}), "ContentLength", 0), (5 << 20) + 4);
  EXPECT_EQ(blobs.ids().size(), 1u);
  EXPECT_EQ(code_of("AbortMultipartUpload", {{"Bucket", "logs-1"}, {"Key", "big"}, {"UploadId", id}}), "NoSuchUpload");
}

TEST_F(S3, ABucketThatIsRefusedToGoKeepsWhatWasBegunInIt) {
  answer("CreateBucket", {{"Bucket", "logs-1"}});
  put("a", "x");
  const std::string id = text_or(answer("CreateMultipartUpload", {{"Bucket", "logs-1"}, {"Key", "big"}}), "UploadId");
  const Object part{
      {"PartNumber", 1},
      {"ETag", text_or(answer("UploadPart", {{"Bucket", "logs-1"}, {"Key", "big"}, {"UploadId", id}, {"PartNumber", 1}, {"Body", "part"}}),
                       "ETag")}};
  EXPECT_EQ(code_of("DeleteBucket", {{"Bucket", "logs-1"}}), "BucketNotEmpty");
  EXPECT_EQ(blobs.ids().size(), 2u);
  EXPECT_EQ(code_of("PutObject", {{"Bucket", "logs-1"}, {"Key", "a"}, {"Body", "y"}, {"IfNoneMatch", "\"etag\""}}), "NotImplemented");
  answer("CompleteMultipartUpload",
         {{"Bucket", "logs-1"}, {"Key", "big"}, {"UploadId", id}, {"MultipartUpload", Object{{"Parts", Array{Document(part)}}}}});
  EXPECT_EQ(text_or(answer("GetObject", {{"Bucket", "logs-1"}, {"Key", "big"}}), "Body"), "part");
}

TEST_F(S3, AreListedCopiedAndRemoved) {
  answer("CreateBucket", {{"Bucket", "logs-1"}});
  for (const char* key : {"a", "b/1", "b/2"}) put(key, key);
  Document page = answer("ListObjectsV2", {{"Bucket", "logs-1"}, {"Delimiter", "/"}, {"MaxKeys", 1}});
  EXPECT_TRUE(truth_or(page, "IsTruncated", false));
  page = answer("ListObjectsV2", {{"Bucket", "logs-1"}, {"Delimiter", "/"}, {"ContinuationToken", text_or(page, "NextContinuationToken")}});
  EXPECT_EQ(text_or(array_at(page, "CommonPrefixes")[0], "Prefix"), "b/");
  answer("CopyObject", {{"Bucket", "logs-1"}, {"Key", "c"}, {"CopySource", "logs-1/b%2F1"}});
  EXPECT_EQ(text_or(answer("GetObject", {{"Bucket", "logs-1"}, {"Key", "c"}}), "Body"), "b/1");
  EXPECT_EQ(code_of("DeleteBucket", {{"Bucket", "logs-1"}}), "BucketNotEmpty");
  answer("DeleteObjects", {{"Bucket", "logs-1"},
                           {"Delete", Object{{"Objects", Array{Object{{"Key", "a"}}, Object{{"Key", "b/1"}}, Object{{"Key", "b/2"}}}}}}});
  answer("DeleteObject", {{"Bucket", "logs-1"}, {"Key", "c"}});
  answer("DeleteBucket", {{"Bucket", "logs-1"}});
  EXPECT_TRUE(blobs.ids().empty());
}

// access/permissions holds what is listed there against the reference
TEST_F(S3, WhatIsServedIsListedWithItsPermission) {
  std::ifstream file(TOCSIN_SOURCE_DIR "/src/access/permissions/testdata/service_authorization.tsv");
  const std::string listed((std::istreambuf_iterator<char>(file)), {});
  for (const Operation& each : service.operations) EXPECT_THAT(listed, testing::HasSubstr("\ns3\t" + std::string(each.name) + "\ts3:"));
}

}  // namespace
}  // namespace tocsin::api
