#include <algorithm>
#include <boost/json.hpp>

#include "api/s3/checksums.h"
#include "api/s3/operations.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"

namespace tocsin::api::s3 {
namespace {

using storage::StoredObject;
using storage::Upload;
using storage::UploadedPart;

constexpr std::int64_t part_bytes_min = 5 << 20;
constexpr std::int64_t copied_bytes_max = 256 << 20;  // it is in memory meanwhile

std::expected<Upload, ServiceError> upload_of(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  const std::string id = text_or(call.input, "UploadId");
  auto upload = rooms.objects.find_upload(bucket->name, text_or(call.input, "Key"), id);
  if (upload) return *upload;
  ServiceError error{"NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", 404, {}};
  error.members["UploadId"] = id;
  return std::unexpected(std::move(error));
}

std::string bare(std::string etag) {
  std::erase(etag, '"');
  return etag;
}

/// The parts that the caller names, in its order; what is wrong with them.
std::expected<std::vector<UploadedPart>, ServiceError> chosen_parts(const Rooms& rooms, const Call& call) {
  const std::vector<UploadedPart> stored = rooms.objects.parts(text_or(call.input, "UploadId"));
  const Document* wanted = find(call.input, "MultipartUpload");
  const Array& list = wanted ? array_at(*wanted, "Parts") : array_at(call.input, "Parts");
  if (list.empty()) return refuse("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema", 400);
  std::vector<UploadedPart> out;
  for (const Document& each : list) {
    const std::int64_t number = integer_or(each, "PartNumber", 0);
    if (!out.empty() && number <= out.back().number) return refuse("InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.", 400);
    const auto part = std::ranges::find(stored, number, [](const UploadedPart& candidate) { return std::int64_t{candidate.number}; });
    if (part == stored.end() || bare(part->etag) != bare(text_or(each, "ETag")))
      return refuse("InvalidPart", "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.", 400);
    out.push_back(*part);
  }
  for (std::size_t i = 0; i + 1 < out.size(); ++i)
    if (out[i].size < part_bytes_min) return refuse("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400);
  return out;
}

void forget(const Rooms& rooms, const std::string& bucket, const std::string& id) {
  for (const UploadedPart& part : rooms.objects.parts(id)) drop_blob(rooms, part.blob);
  rooms.objects.end_upload(bucket, id);
}

struct NewPart {
  Call call;
  UploadedPart part;
};

Reply keep_part(const Rooms& rooms, NewPart& made) {
  if (const auto upload = upload_of(rooms, made.call); !upload) {
    drop_blob(rooms, made.part.blob);
    return std::unexpected(upload.error());
  }
  made.part.modified = rooms.state.now();
  drop_blob(rooms, rooms.objects.put_part(text_or(made.call.input, "UploadId"), made.part));
  Object out = given_checksums(made.call.input);
  out["ETag"] = made.part.etag;
  return out;
}

std::expected<std::shared_ptr<NewPart>, ServiceError> new_part(const Rooms& rooms, Call call) {
  if (const auto upload = upload_of(rooms, call); !upload) return std::unexpected(upload.error());
  const std::int64_t number = integer_or(call.input, "PartNumber", 0);
  if (number < 1 || number > 10'000) return refuse("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive", 400);
  return std::make_shared<NewPart>(NewPart{std::move(call), {.number = static_cast<int>(number), .blob = make_hex(rooms.random, 32)}});
}

std::expected<void, ServiceError> write_part(const Rooms& rooms, UploadedPart& part, std::string_view bytes) {
  part.size = static_cast<std::int64_t>(bytes.size());
  part.etag = '"' + to_hex(md5(bytes)) + '"';
  if (auto written = rooms.blobs.write(part.blob, bytes); !written) return refuse("ServiceUnavailable", written.error().message, 503);
  return {};
}

}  // namespace

Reply create_multipart_upload(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  const Upload upload{.id = make_hex(rooms.random, 64), .key = text_or(call.input, "Key"), .begun = call.now, .headers = kept_headers(call.input)};
  rooms.objects.begin_upload(bucket->name, upload);
  Object out{{"Bucket", bucket->name}, {"Key", upload.key}, {"UploadId", upload.id}};
  if (const auto algorithm = text_at(call.input, "ChecksumAlgorithm")) out["ChecksumAlgorithm"] = *algorithm;
  if (const auto type = text_at(call.input, "ChecksumType")) out["ChecksumType"] = *type;
  return out;
}

void upload_part(const Rooms& rooms, Call call, Complete complete) {
  auto made = new_part(rooms, std::move(call));
  if (!made) return complete(std::unexpected(made.error()));
  run_beside(rooms,
             {.work = [rooms, made = *made]() -> std::expected<void, ServiceError> {
                const Document* body = find(made->call.input, "Body");
                const std::string_view bytes = body && body->is_string() ? std::string_view(body->get_string()) : std::string_view();
                if (wrong_checksum(made->call.input, bytes))
                  return refuse("BadDigest", "The Content-MD5 or checksum value that you specified did not match what the server received.", 400);
                return write_part(rooms, made->part, bytes);
              },
              .then = [rooms, made = *made] { return keep_part(rooms, *made); }},
             std::move(complete));
}

void upload_part_copy(const Rooms& rooms, Call call, Complete complete) {
  std::string source = text_or(call.input, "CopySource");
  source = percent_decode(std::string_view(source).substr(0, source.find("?versionId=")));
  if (source.starts_with('/')) source.erase(0, 1);
  const std::size_t slash = std::min(source.find('/'), source.size());
  Call from = call;
  from.input = Object{{"Bucket", source.substr(0, slash)}};
  if (const auto bucket = bucket_of(rooms, from); !bucket) return complete(std::unexpected(bucket.error()));
  const std::string key = slash < source.size() ? source.substr(slash + 1) : "";
  const auto object = rooms.objects.find(source.substr(0, slash), key);
  if (!object) return complete(no_such_key(key));
  const auto range = range_of(text_or(call.input, "CopySourceRange"), object->size);
  if (!range) return complete(std::unexpected(range.error()));
  if ((*range ? (*range)->count : object->size) > copied_bytes_max)
    return complete(refuse("InvalidRequest", "More than 256 MiB are copied by ranges here; ask for a smaller x-amz-copy-source-range.", 400));
  auto made = new_part(rooms, std::move(call));
  if (!made) return complete(std::unexpected(made.error()));
  const ByteRange wanted = *range ? **range : ByteRange{0, object->size};
  run_beside(rooms,
             {.work = [rooms, made = *made, wanted, blob = object->blob]() -> std::expected<void, ServiceError> {
                const auto bytes = rooms.blobs.read(blob, wanted.from, wanted.count);
                if (!bytes) return refuse("ServiceUnavailable", bytes.error().message, 503);
                return write_part(rooms, made->part, *bytes);
              },
              .then = [rooms, made = *made]() -> Reply {
                Reply kept = keep_part(rooms, *made);
                if (!kept) return kept;
                return Object{{"CopyPartResult", Object{{"ETag", made->part.etag}, {"LastModified", to_ns(made->part.modified)}}}};
              }},
             std::move(complete));
}

void complete_multipart_upload(const Rooms& rooms, Call call, Complete complete) {
  const auto upload = upload_of(rooms, call);
  if (!upload) return complete(std::unexpected(upload.error()));
  auto parts = chosen_parts(rooms, call);
  if (!parts) return complete(std::unexpected(parts.error()));
  auto object = std::make_shared<StoredObject>(StoredObject{.key = upload->key, .blob = make_hex(rooms.random, 32), .headers = upload->headers});
  std::vector<std::string> blobs;
  std::string digests;
  for (const UploadedPart& part : *parts) {
    blobs.push_back(part.blob);
    digests += from_hex(bare(part.etag)).value_or("");
    object->size += part.size;
  }
  object->etag = '"' + to_hex(md5(digests)) + "-" + std::to_string(parts->size()) + '"';
  auto shared = std::make_shared<Call>(std::move(call));
  run_beside(rooms,
             {.work = [rooms, object, blobs]() -> std::expected<void, ServiceError> {
                if (auto joined = rooms.blobs.join(object->blob, blobs); !joined) return refuse("ServiceUnavailable", joined.error().message, 503);
                return {};
              },
              .then = [rooms, object, shared]() -> Reply {
                if (const auto still = upload_of(rooms, *shared); !still) {
                  drop_blob(rooms, object->blob);
                  return std::unexpected(still.error());
                }
                const std::string bucket = text_or(shared->input, "Bucket");
                if (auto met = check_write(rooms, *shared, bucket, object->key); !met) {
                  drop_blob(rooms, object->blob);
                  return std::unexpected(met.error());
                }
                object->modified = rooms.state.now();
                forget(rooms, bucket, text_or(shared->input, "UploadId"));
                drop_blob(rooms, rooms.objects.put(bucket, *object));
                return Object{{"Location", shared->base_url + "/" + bucket + "/" + percent_encode(object->key, true)}, {"Bucket", bucket}, {"Key", object->key}, {"ETag", object->etag}};
              }},
             std::move(complete));
}

Reply abort_multipart_upload(const Rooms& rooms, const Call& call) {
  const auto upload = upload_of(rooms, call);
  if (!upload) return std::unexpected(upload.error());
  forget(rooms, text_or(call.input, "Bucket"), upload->id);
  return Object{};
}

Reply list_parts(const Rooms& rooms, const Call& call) {
  const auto upload = upload_of(rooms, call);
  if (!upload) return std::unexpected(upload.error());
  const std::int64_t count_max = std::clamp<std::int64_t>(integer_or(call.input, "MaxParts", 1000), 1, 1000);
  std::int64_t after = 0;
  if (const Document* marker = find(call.input, "PartNumberMarker")) after = marker->is_int64() ? marker->get_int64() : std::atoll(std::string(marker->is_string() ? marker->get_string().c_str() : "").c_str());
  Array parts;
  bool truncated = false;
  std::int64_t last = after;
  for (const UploadedPart& part : rooms.objects.parts(upload->id)) {
    if (part.number <= after) continue;
    if (static_cast<std::int64_t>(parts.size()) == count_max) {
      truncated = true;
      break;
    }
    last = part.number;
    parts.push_back(Object{{"PartNumber", part.number}, {"LastModified", to_ns(part.modified)}, {"ETag", part.etag}, {"Size", part.size}});
  }
  Object out{{"Bucket", text_or(call.input, "Bucket")}, {"Key", upload->key}, {"UploadId", upload->id}, {"MaxParts", count_max}, {"IsTruncated", truncated}, {"StorageClass", "STANDARD"}};
  if (truncated) out["NextPartNumberMarker"] = last;
  if (!parts.empty()) out["Parts"] = std::move(parts);
  return out;
}

Reply list_multipart_uploads(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  const std::string prefix = text_or(call.input, "Prefix");
  Array uploads;
  for (const Upload& upload : rooms.objects.uploads(bucket->name))
    if (upload.key.starts_with(prefix)) uploads.push_back(Object{{"UploadId", upload.id}, {"Key", upload.key}, {"Initiated", to_ns(upload.begun)}, {"StorageClass", "STANDARD"}});
  Object out{{"Bucket", bucket->name}, {"MaxUploads", 1000}, {"IsTruncated", false}};
  if (!uploads.empty()) out["Uploads"] = std::move(uploads);
  return out;
}

}  // namespace tocsin::api::s3
