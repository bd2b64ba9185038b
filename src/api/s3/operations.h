// S3's operations, one function each, and what they share.
#pragma once

#include <functional>
#include <memory>

#include "api/call.h"
#include "api/s3/rooms.h"

namespace tocsin::api::s3 {

Reply list_buckets(const Rooms&, const Call&);
Reply create_bucket(const Rooms&, const Call&);
Reply delete_bucket(const Rooms&, const Call&);
Reply head_bucket(const Rooms&, const Call&);
Reply get_bucket_location(const Rooms&, const Call&);
Reply get_bucket_policy(const Rooms&, const Call&);
Reply put_bucket_policy(const Rooms&, const Call&);
Reply delete_bucket_policy(const Rooms&, const Call&);
Reply get_bucket_versioning(const Rooms&, const Call&);

Reply list_objects(const Rooms&, const Call&);
Reply list_objects_v2(const Rooms&, const Call&);

void put_object(const Rooms&, Call, Complete);
void copy_object(const Rooms&, Call, Complete);
void get_object(const Rooms&, Call, Complete);
Reply head_object(const Rooms&, const Call&);
Reply delete_object(const Rooms&, const Call&);
Reply delete_objects(const Rooms&, const Call&);

Reply create_multipart_upload(const Rooms&, const Call&);
void upload_part(const Rooms&, Call, Complete);
void upload_part_copy(const Rooms&, Call, Complete);
void complete_multipart_upload(const Rooms&, Call, Complete);
Reply abort_multipart_upload(const Rooms&, const Call&);
Reply list_parts(const Rooms&, const Call&);
Reply list_multipart_uploads(const Rooms&, const Call&);

/// The bucket that the call names; NoSuchBucket, or AccessDenied when it is not of the owner that the caller expects.
std::expected<storage::Bucket, ServiceError> bucket_of(const Rooms& rooms, const Call& call);
std::unexpected<ServiceError> no_such_key(const std::string& key);
/// If-Match and If-None-Match of a writer.
std::expected<void, ServiceError> check_write(const Rooms& rooms, const Call& call, const std::string& bucket, const std::string& key);
/// After the commit of this unit the bytes go, if any.
void drop_blob(const Rooms& rooms, const std::string& blob);
/// What an object is sent with: the members of the input that the answer repeats.
Object kept_headers(const Document& input);

/// What is done beside the state: `work` on the files' executor, then `then` in a unit of work, then the answer.
struct Beside {
  std::function<std::expected<void, ServiceError>()> work;
  std::function<Reply()> then;
};
void run_beside(const Rooms& rooms, Beside beside, Complete complete);

/// A range of bytes as the Range header asks; nullopt: all. An error when it is beyond the end.
struct ByteRange {
  std::int64_t from = 0, count = 0;
};
std::expected<std::optional<ByteRange>, ServiceError> range_of(const std::string& header, std::int64_t size);

}  // namespace tocsin::api::s3
