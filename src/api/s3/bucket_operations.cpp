#include <algorithm>
#include <boost/json.hpp>

#include "api/s3/operations.h"

namespace tocsin::api::s3 {
namespace {

using storage::Bucket;
constexpr const char* default_region = "us-east-1";

ServiceError bucket_error(const char* code, const char* words, int status, const std::string& name) {
  ServiceError error{code, words, status, {}};
  error.members["BucketName"] = name;
  return error;
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
bool is_bucket_name(const std::string& name) {
  if (name.size() < 3 || name.size() > 63 || name.find("..") != std::string::npos) return false;
  const auto is_edge = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (!is_edge(name.front()) || !is_edge(name.back())) return false;
  if (name.find_first_not_of("0123456789.") == std::string::npos && std::ranges::count(name, '.') == 3) return false;
  return std::ranges::all_of(name, [&](char c) { return is_edge(c) || c == '-' || c == '.'; });
}

}  // namespace

std::expected<Bucket, ServiceError> bucket_of(const Rooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "Bucket");
  auto bucket = rooms.objects.find_bucket(name);
  if (!bucket) return std::unexpected(bucket_error("NoSuchBucket", "The specified bucket does not exist", 404, name));
  const std::string wanted_owner = text_or(call.input, "ExpectedBucketOwner");
  // whether another account may was decided with the bucket's policy before
  if (!wanted_owner.empty() && wanted_owner != bucket->account) return refuse("AccessDenied", "Access Denied", 403);
  return *bucket;
}

Reply list_buckets(const Rooms& rooms, const Call& call) {
  const std::string prefix = text_or(call.input, "Prefix"), after = text_or(call.input, "ContinuationToken");
  const std::int64_t count_max = integer_or(call.input, "MaxBuckets", 10'000);
  Array buckets;
  Object out;
  for (const Bucket& bucket : rooms.objects.buckets(call.scope.account)) {
    if (!bucket.name.starts_with(prefix) || (!after.empty() && bucket.name <= after)) continue;
    if (static_cast<std::int64_t>(buckets.size()) == count_max) {
      out["ContinuationToken"] = text_or(buckets.back(), "Name");
      break;
    }
    buckets.push_back(Object{{"Name", bucket.name}, {"CreationDate", to_ns(bucket.created)}, {"BucketRegion", bucket.region}});
  }
  out["Buckets"] = std::move(buckets);
  out["Owner"] = Object{{"ID", call.scope.account}, {"DisplayName", call.scope.account}};
  if (!prefix.empty()) out["Prefix"] = prefix;
  return out;
}

Reply create_bucket(const Rooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "Bucket");
  if (!is_bucket_name(name)) return std::unexpected(bucket_error("InvalidBucketName", "The specified bucket is not valid.", 400, name));
  const Document* configuration = find(call.input, "CreateBucketConfiguration");
  const std::string place = configuration ? text_or(*configuration, "LocationConstraint") : "";
  if (const auto there = rooms.objects.find_bucket(name)) {
    if (there->account != call.scope.account)
      return std::unexpected(bucket_error(
          "BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.", 409, name));
    // as in the first region: making it again changes nothing
    if (there->region != default_region)
      return std::unexpected(bucket_error("BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.", 409, name));
    return Object{{"Location", "/" + name}};
  }
  const std::string region = place == "EU" ? "eu-west-1" : place.empty() ? (call.scope.region.empty() ? default_region : call.scope.region) : place;
  rooms.objects.put_bucket({.name = name, .account = call.scope.account, .region = region, .created = call.now, .policy = {}});
  return Object{{"Location", "/" + name}};
}

Reply delete_bucket(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  if (auto removed = rooms.objects.remove_bucket(bucket->name); !removed) return std::unexpected(bucket_error("BucketNotEmpty", removed.error().message.c_str(), 409, bucket->name));
  // uploads that were begun end with it, a thousand at a time
  for (auto uploads = rooms.objects.uploads(bucket->name); !uploads.empty(); uploads = rooms.objects.uploads(bucket->name))
    for (const storage::Upload& upload : uploads) {
      for (const storage::UploadedPart& part : rooms.objects.parts(upload.id)) drop_blob(rooms, part.blob);
      rooms.objects.end_upload(bucket->name, upload.id);
    }
  return Object{};
}

Reply head_bucket(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  return Object{{"BucketRegion", bucket->region}, {"AccessPointAlias", false}};
}

Reply get_bucket_location(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  if (bucket->region == default_region) return Object{};
  return Object{{"LocationConstraint", bucket->region}};
}

Reply get_bucket_versioning(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  return Object{};
}

Reply get_bucket_policy(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  if (bucket->policy.empty()) return std::unexpected(bucket_error("NoSuchBucketPolicy", "The bucket policy does not exist", 404, bucket->name));
  return Object{{"Policy", bucket->policy}};
}

Reply put_bucket_policy(const Rooms& rooms, const Call& call) {
  auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  const std::string policy = text_or(call.input, "Policy");
  const auto parsed = parse_json(policy);
  if (!parsed || !parsed->is_object()) return refuse("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'", 400);
  if (array_at(*parsed, "Statement").empty() && !find(*parsed, "Statement")) return refuse("MalformedPolicy", "Missing required field Statement", 400);
  bucket->policy = policy;
  rooms.objects.put_bucket(*bucket);
  return Object{};
}

Reply delete_bucket_policy(const Rooms& rooms, const Call& call) {
  auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  bucket->policy.clear();
  rooms.objects.put_bucket(*bucket);
  return Object{};
}

}  // namespace tocsin::api::s3
