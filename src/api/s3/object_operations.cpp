#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "api/s3/checksums.h"
#include "api/s3/operations.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/text_time.h"

namespace tocsin::api::s3 {
namespace {

using storage::StoredObject;

// what one answer holds is in memory while it is sent
constexpr std::int64_t read_bytes_max = 256 << 20;

std::string etag_of(std::string_view bytes) { return '"' + to_hex(md5(bytes)) + '"'; }

bool names_etag(std::string header, const std::string& etag) {
  if (header == "*") return true;
  const std::string bare = etag.substr(1, etag.size() - 2);
  return header.find(bare) != std::string::npos;
}

std::unexpected<ServiceError> precondition_failed(const char* condition) {
  ServiceError error{"PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412, {}};
  error.members["Condition"] = condition;
  return std::unexpected(std::move(error));
}

/// Conditions of a reader. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
std::expected<void, ServiceError> check_conditions(const Call& call, const StoredObject& object) {
  const auto match = text_at(call.input, "IfMatch"), none_match = text_at(call.input, "IfNoneMatch");
  const auto since = integer_at(call.input, "IfModifiedSince"), unmodified = integer_at(call.input, "IfUnmodifiedSince");
  const std::int64_t modified_ns = to_seconds(object.modified) * 1'000'000'000;
  if (match && !names_etag(*match, object.etag)) return precondition_failed("If-Match");
  if (!match && unmodified && modified_ns > *unmodified) return precondition_failed("If-Unmodified-Since");
  if ((none_match && names_etag(*none_match, object.etag)) || (!none_match && since && modified_ns <= *since)) return refuse("NotModified", "Not Modified", 304);
  return {};
}

}  // namespace

std::expected<void, ServiceError> check_write(const Rooms& rooms, const Call& call, const std::string& bucket, const std::string& key) {
  const auto match = text_at(call.input, "IfMatch"), none_match = text_at(call.input, "IfNoneMatch");
  if (!match && !none_match) return {};
  if (none_match && *none_match != "*") return refuse("NotImplemented", "A header you provided implies functionality that is not implemented", 501);
  const auto there = rooms.objects.find(bucket, key);
  if (none_match && there) return precondition_failed("If-None-Match");
  if (match && !there) return no_such_key(key);
  if (match && !names_etag(*match, there->etag)) return precondition_failed("If-Match");
  return {};
}

namespace {

Object headers_of(const Call& call, const StoredObject& object) {
  Object out = object.headers.is_object() ? object.headers.get_object() : Object{};
  if (text_or(call.input, "ChecksumMode") != "ENABLED")
    for (const char* checksum : {"ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1", "ChecksumSHA256", "ChecksumMD5"}) out.erase(checksum);
  if (!out.contains("ContentType")) out["ContentType"] = "binary/octet-stream";
  out["AcceptRanges"] = "bytes";
  out["ETag"] = object.etag;
  out["LastModified"] = to_ns(object.modified);
  out["ContentLength"] = object.size;
  for (const auto& [response, member] : {std::pair{"ResponseContentType", "ContentType"},
                                         {"ResponseContentDisposition", "ContentDisposition"},
                                         {"ResponseContentLanguage", "ContentLanguage"},
                                         {"ResponseContentEncoding", "ContentEncoding"},
                                         {"ResponseCacheControl", "CacheControl"}})
    if (const auto wanted = text_at(call.input, response)) out[member] = *wanted;
  return out;
}

std::expected<StoredObject, ServiceError> object_of(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  const std::string key = text_or(call.input, "Key");
  auto object = rooms.objects.find(bucket->name, key);
  if (!object) return no_such_key(key);
  if (auto met = check_conditions(call, *object); !met) return std::unexpected(met.error());
  return *object;
}

/// The bucket and key that CopySource names; a leading slash and an ending versionId are allowed.
std::expected<StoredObject, ServiceError> source_of(const Rooms& rooms, const Call& call) {
  std::string source = text_or(call.input, "CopySource");
  source = percent_decode(source.substr(0, source.find("?versionId=")));
  if (source.starts_with('/')) source.erase(0, 1);
  const std::size_t slash = source.find('/');
  if (slash == std::string::npos || slash + 1 == source.size())
    return refuse("InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey", 400);
  Call from = call;
  from.input = Object{{"Bucket", source.substr(0, slash)}};
  const auto bucket = bucket_of(rooms, from);
  if (!bucket) return std::unexpected(bucket.error());
  auto object = rooms.objects.find(bucket->name, source.substr(slash + 1));
  if (!object) return no_such_key(source.substr(slash + 1));
  const auto match = text_at(call.input, "CopySourceIfMatch"), none_match = text_at(call.input, "CopySourceIfNoneMatch");
  if (match && !names_etag(*match, object->etag)) return precondition_failed("x-amz-copy-source-If-Match");
  if (none_match && names_etag(*none_match, object->etag)) return precondition_failed("x-amz-copy-source-If-None-Match");
  return *object;
}

}  // namespace

std::unexpected<ServiceError> no_such_key(const std::string& key) {
  ServiceError error{"NoSuchKey", "The specified key does not exist.", 404, {}};
  error.members["Key"] = key;
  return std::unexpected(std::move(error));
}

void drop_blob(const Rooms& rooms, const std::string& blob) {
  if (blob.empty()) return;
  rooms.state.after_commit([files = &rooms.files, blobs = &rooms.blobs, blob] { files->post([blobs, blob] { blobs->remove(blob); }); });
}

Object kept_headers(const Document& input) {
  Object out;
  for (const char* member : {"ContentType", "ContentEncoding", "ContentDisposition", "ContentLanguage", "CacheControl", "Expires", "Metadata", "WebsiteRedirectLocation"})
    if (const Document* value = find(input, member)) out[member] = *value;
  return out;
}

void run_beside(const Rooms& rooms, Beside beside, Complete complete) {
  auto shared = std::make_shared<std::pair<Beside, Complete>>(std::move(beside), std::move(complete));
  rooms.files.post([state = &rooms.state, shared] {
    auto worked = std::make_shared<std::expected<void, ServiceError>>(shared->first.work());
    auto reply = std::make_shared<Reply>();
    state->submit(
        [shared, worked, reply]() -> Result<void> {
          *reply = *worked ? shared->first.then() : Reply(std::unexpected(worked->error()));
          return {};
        },
        [shared, reply](Result<void> done) {
          shared->second(done ? std::move(*reply) : Reply(refuse("ServiceUnavailable", "Reduce your request rate: " + done.error().message, 503)));
        });
  });
}

std::expected<std::optional<ByteRange>, ServiceError> range_of(const std::string& header, std::int64_t size) {
  if (!header.starts_with("bytes=") || header.find(',') != std::string::npos) return std::nullopt;
  const std::string_view text = std::string_view(header).substr(6);
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view digits) -> std::optional<std::int64_t> {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size() && value >= 0 ? std::optional(value) : std::nullopt;
  };
  const auto first = number(text.substr(0, dash)), last = number(text.substr(dash + 1));
  if ((!first && !last) || (first && last && *first > *last)) return std::nullopt;
  ServiceError unsatisfiable{"InvalidRange", "The requested range is not satisfiable", 416, {}};
  unsatisfiable.members["RangeRequested"] = header;
  unsatisfiable.members["ActualObjectSize"] = std::to_string(size);
  if (!first) {
    if (*last == 0 || size == 0) return std::unexpected(std::move(unsatisfiable));
    const std::int64_t count = std::min(*last, size);
    return ByteRange{size - count, count};
  }
  if (*first >= size) return std::unexpected(std::move(unsatisfiable));
  return ByteRange{*first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
}

void put_object(const Rooms& rooms, Call call, Complete complete) {
  if (const auto bucket = bucket_of(rooms, call); !bucket) return complete(std::unexpected(bucket.error()));
  auto shared = std::make_shared<Call>(std::move(call));
  auto object = std::make_shared<StoredObject>(StoredObject{.key = text_or(shared->input, "Key"), .blob = make_hex(rooms.random, 32)});
  run_beside(rooms,
             {.work = [rooms, shared, object]() -> std::expected<void, ServiceError> {
                const Document* body = find(shared->input, "Body");
                const std::string_view bytes = body && body->is_string() ? std::string_view(body->get_string()) : std::string_view();
                if (wrong_checksum(shared->input, bytes))
                  return refuse("BadDigest", "The Content-MD5 or checksum value that you specified did not match what the server received.", 400);
                object->size = static_cast<std::int64_t>(bytes.size());
                object->etag = etag_of(bytes);
                if (auto written = rooms.blobs.write(object->blob, bytes); !written) return refuse("ServiceUnavailable", written.error().message, 503);
                return {};
              },
              .then = [rooms, shared, object]() -> Reply {
                const auto give_up = [&](ServiceError error) -> Reply {
                  drop_blob(rooms, object->blob);
                  return std::unexpected(std::move(error));
                };
                const auto bucket = bucket_of(rooms, *shared);
                if (!bucket) return give_up(bucket.error());
                if (auto met = check_write(rooms, *shared, bucket->name, object->key); !met) return give_up(met.error());
                Object headers = kept_headers(shared->input), checksums = given_checksums(shared->input);
                for (const auto& [name, value] : checksums) headers[name] = value;
                object->headers = std::move(headers);
                object->modified = rooms.state.now();
                drop_blob(rooms, rooms.objects.put(bucket->name, *object));
                Object out = std::move(checksums);
                out["ETag"] = object->etag;
                return out;
              }},
             std::move(complete));
}

void copy_object(const Rooms& rooms, Call call, Complete complete) {
  if (const auto bucket = bucket_of(rooms, call); !bucket) return complete(std::unexpected(bucket.error()));
  auto source = source_of(rooms, call);
  if (!source) return complete(std::unexpected(source.error()));
  auto shared = std::make_shared<Call>(std::move(call));
  auto object = std::make_shared<StoredObject>(std::move(*source));
  const std::string from = object->blob;
  object->key = text_or(shared->input, "Key");
  object->blob = make_hex(rooms.random, 32);
  if (text_or(shared->input, "MetadataDirective") == "REPLACE") object->headers = kept_headers(shared->input);
  run_beside(rooms,
             {.work = [rooms, object, from]() -> std::expected<void, ServiceError> {
                if (auto copied = rooms.blobs.join(object->blob, {from}); !copied) return refuse("ServiceUnavailable", copied.error().message, 503);
                return {};
              },
              .then = [rooms, shared, object]() -> Reply {
                if (const auto bucket = bucket_of(rooms, *shared); !bucket) {
                  drop_blob(rooms, object->blob);
                  return std::unexpected(bucket.error());
                }
                object->modified = rooms.state.now();
                drop_blob(rooms, rooms.objects.put(text_or(shared->input, "Bucket"), *object));
                return Object{{"CopyObjectResult", Object{{"ETag", object->etag}, {"LastModified", to_ns(object->modified)}}}};
              }},
             std::move(complete));
}

void get_object(const Rooms& rooms, Call call, Complete complete) {
  auto object = object_of(rooms, call);
  if (!object) return complete(std::unexpected(object.error()));
  const auto range = range_of(text_or(call.input, "Range"), object->size);
  if (!range) return complete(std::unexpected(range.error()));
  auto out = std::make_shared<Object>(headers_of(call, *object));
  ByteRange wanted{0, object->size};
  if ((*range ? (*range)->count : object->size) > read_bytes_max)
    return complete(refuse("InvalidRequest", "More than 256 MiB are read here by ranges; ask for a smaller Range.", 400));
  if (*range) {
    wanted = **range;
    (*out)["ContentRange"] = "bytes " + std::to_string(wanted.from) + "-" + std::to_string(wanted.from + wanted.count - 1) + "/" + std::to_string(object->size);
    (*out)["ContentLength"] = wanted.count;
    // of the whole, not of the part
    for (const char* checksum : {"ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1", "ChecksumSHA256", "ChecksumMD5"}) out->erase(checksum);
  }
  run_beside(rooms,
             {.work = [rooms, out, wanted, blob = object->blob]() -> std::expected<void, ServiceError> {
                auto bytes = rooms.blobs.read(blob, wanted.from, wanted.count);
                if (!bytes) return refuse("ServiceUnavailable", bytes.error().message, 503);
                (*out)["Body"] = boost::json::string(*bytes);
                return {};
              },
              .then = [out]() -> Reply { return std::move(*out); }},
             std::move(complete));
}

Reply head_object(const Rooms& rooms, const Call& call) {
  const auto object = object_of(rooms, call);
  if (!object) return std::unexpected(object.error());
  Object out = headers_of(call, *object);
  const auto range = range_of(text_or(call.input, "Range"), object->size);
  if (!range) return std::unexpected(range.error());
  if (*range) {
    out["ContentRange"] = "bytes " + std::to_string((*range)->from) + "-" + std::to_string((*range)->from + (*range)->count - 1) + "/" + std::to_string(object->size);
    out["ContentLength"] = (*range)->count;
  }
  return out;
}

Reply delete_object(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  drop_blob(rooms, rooms.objects.remove(bucket->name, text_or(call.input, "Key")));
  return Object{};
}

Reply delete_objects(const Rooms& rooms, const Call& call) {
  const auto bucket = bucket_of(rooms, call);
  if (!bucket) return std::unexpected(bucket.error());
  const Document& wanted = *find(call.input, "Delete");
  if (array_at(wanted, "Objects").empty() || array_at(wanted, "Objects").size() > 1000)
    return refuse("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema", 400);
  Array deleted;
  for (const Document& each : array_at(wanted, "Objects")) {
    const std::string key = text_or(each, "Key");
    drop_blob(rooms, rooms.objects.remove(bucket->name, key));
    deleted.push_back(Object{{"Key", key}});
  }
  if (truth_or(wanted, "Quiet", false)) return Object{};
  return Object{{"Deleted", std::move(deleted)}};
}

}  // namespace tocsin::api::s3
