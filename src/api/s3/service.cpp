#include "api/s3/service.h"

#include "api/s3/operations.h"

namespace tocsin::api {

Service make_s3_service(s3::Rooms rooms) {
  const auto on = [&rooms](Reply (*operation)(const s3::Rooms&, const Call&)) -> Handle {
    return [rooms, operation](const Call& call) { return operation(rooms, call); };
  };
  const auto later = [&rooms](void (*operation)(const s3::Rooms&, Call, Complete)) -> HandleLater {
    return [rooms, operation](Call call, Complete complete) { operation(rooms, std::move(call), std::move(complete)); };
  };
  return {"s3",
          {{"ListBuckets", on(s3::list_buckets)},
           {"CreateBucket", on(s3::create_bucket)},
           {"DeleteBucket", on(s3::delete_bucket)},
           {"HeadBucket", on(s3::head_bucket)},
           {"GetBucketLocation", on(s3::get_bucket_location)},
           {"GetBucketPolicy", on(s3::get_bucket_policy)},
           {"PutBucketPolicy", on(s3::put_bucket_policy)},
           {"DeleteBucketPolicy", on(s3::delete_bucket_policy)},
           {"GetBucketVersioning", on(s3::get_bucket_versioning)},
           {"ListObjects", on(s3::list_objects)},
           {"ListObjectsV2", on(s3::list_objects_v2)},
           {"PutObject", later(s3::put_object)},
           {"CopyObject", later(s3::copy_object)},
           {"GetObject", later(s3::get_object)},
           {"HeadObject", on(s3::head_object)},
           {"DeleteObject", on(s3::delete_object)},
           {"DeleteObjects", on(s3::delete_objects)},
           {"CreateMultipartUpload", on(s3::create_multipart_upload)},
           {"UploadPart", later(s3::upload_part)},
           {"UploadPartCopy", later(s3::upload_part_copy)},
           {"CompleteMultipartUpload", later(s3::complete_multipart_upload)},
           {"AbortMultipartUpload", on(s3::abort_multipart_upload)},
           {"ListParts", on(s3::list_parts)},
           {"ListMultipartUploads", on(s3::list_multipart_uploads)}}};
}

}  // namespace tocsin::api
