#include "storage/objects/object_store.h"

#include <boost/json.hpp>

namespace tocsin::storage {
namespace {

const std::vector<Migration> migrations = {{1, R"(
  CREATE TABLE objects_buckets (name TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, created_ns BIGINT NOT NULL, policy TEXT NOT NULL);
  CREATE TABLE objects_objects (bucket TEXT NOT NULL, key TEXT NOT NULL, blob TEXT NOT NULL, size BIGINT NOT NULL, etag TEXT NOT NULL, modified_ns BIGINT NOT NULL,
    headers TEXT NOT NULL, PRIMARY KEY (bucket, key));
  CREATE TABLE objects_uploads (bucket TEXT NOT NULL, id TEXT NOT NULL, key TEXT NOT NULL, begun_ns BIGINT NOT NULL, headers TEXT NOT NULL, PRIMARY KEY (bucket, id));
  CREATE TABLE objects_parts (upload TEXT NOT NULL, number INTEGER NOT NULL, blob TEXT NOT NULL, etag TEXT NOT NULL, size BIGINT NOT NULL, modified_ns BIGINT NOT NULL,
    PRIMARY KEY (upload, number));
)"}};

constexpr int rows_at_once = 500;

Bucket read_bucket(const Row& row) { return {row.text(0), row.text(1), row.text(2), row.instant(3), row.text(4)}; }
StoredObject read_object(const Row& row) { return {row.text(0), row.text(1), row.integer(2), row.text(3), row.instant(4), row.document(5)}; }
constexpr const char* object_columns = "key, blob, size, etag, modified_ns, headers";

/// The first text beyond all that begin with this one; "" when there is none.
std::string beyond(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

}  // namespace

Result<void> ObjectStore::migrate() { return state_.database().migrate("objects", migrations); }

std::optional<Bucket> ObjectStore::find_bucket(const std::string& name) {
  const auto row = state_.database().query_one("SELECT name, account, region, created_ns, policy FROM objects_buckets WHERE name = ?", {name});
  return row ? std::optional(read_bucket(*row)) : std::nullopt;
}

std::vector<Bucket> ObjectStore::buckets(const std::string& account) {
  std::vector<Bucket> out;
  for (const Row& row : state_.database().query("SELECT name, account, region, created_ns, policy FROM objects_buckets WHERE account = ? ORDER BY name", {account}))
    out.push_back(read_bucket(row));
  return out;
}

void ObjectStore::put_bucket(const Bucket& bucket) {
  state_.database().execute(
      "INSERT INTO objects_buckets (name, account, region, created_ns, policy) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET policy = excluded.policy",
      {bucket.name, bucket.account, bucket.region, bucket.created, bucket.policy});
}

Result<void> ObjectStore::remove_bucket(const std::string& name) {
  if (state_.database().query_one("SELECT 1 FROM objects_objects WHERE bucket = ? LIMIT 1", {name}))
    return fail(ErrorKind::conflict, "The bucket you tried to delete is not empty");
  state_.database().execute("DELETE FROM objects_buckets WHERE name = ?", {name});
  return {};
}

std::optional<StoredObject> ObjectStore::find(const std::string& bucket, const std::string& key) {
  const auto row = state_.database().query_one(std::string("SELECT ") + object_columns + " FROM objects_objects WHERE bucket = ? AND key = ?", {bucket, key});
  return row ? std::optional(read_object(*row)) : std::nullopt;
}

std::string ObjectStore::put(const std::string& bucket, const StoredObject& object) {
  const auto before = state_.database().query_one("SELECT blob FROM objects_objects WHERE bucket = ? AND key = ?", {bucket, object.key});
  state_.database().execute(
      "INSERT INTO objects_objects (bucket, key, blob, size, etag, modified_ns, headers) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (bucket, key) DO UPDATE SET "
      "blob = excluded.blob, size = excluded.size, etag = excluded.etag, modified_ns = excluded.modified_ns, headers = excluded.headers",
      {bucket, object.key, object.blob, object.size, object.etag, object.modified, object.headers});
  return before ? before->text(0) : std::string();
}

std::string ObjectStore::remove(const std::string& bucket, const std::string& key) {
  const auto before = state_.database().query_one("SELECT blob FROM objects_objects WHERE bucket = ? AND key = ?", {bucket, key});
  state_.database().execute("DELETE FROM objects_objects WHERE bucket = ? AND key = ?", {bucket, key});
  return before ? before->text(0) : std::string();
}

ObjectListing ObjectStore::list(const std::string& bucket, const ListObjects& request) {
  ObjectListing out;
  if (request.count_max == 0) return out;
  // after a common prefix, all that begin with it are passed over
  // (the object that is named like the prefix itself is none)
  const std::size_t cut = request.delimiter.empty() || !request.after.starts_with(request.prefix)
                              ? std::string::npos
                              : request.after.find(request.delimiter, request.prefix.size());
  const bool after_prefix = cut != std::string::npos && cut + request.delimiter.size() == request.after.size();
  std::string from = after_prefix ? beyond(request.after) : request.after;
  bool inclusive = after_prefix;
  if (from < request.prefix) {
    from = request.prefix;
    inclusive = true;
  }
  std::string last;
  while (true) {
    const auto rows = state_.database().query(std::string("SELECT ") + object_columns + " FROM objects_objects WHERE bucket = ? AND key " + (inclusive ? ">=" : ">") +
                                                  " ? ORDER BY key LIMIT " + std::to_string(rows_at_once),
                                              {bucket, from});
    bool jumped = false;
    for (const Row& row : rows) {
      StoredObject object = read_object(row);
      if (!object.key.starts_with(request.prefix)) return out;
      if (out.objects.size() + out.common_prefixes.size() == request.count_max) {
        out.next = last;
        return out;
      }
      const std::size_t at = request.delimiter.empty() ? std::string::npos : object.key.find(request.delimiter, request.prefix.size());
      if (at == std::string::npos) {
        last = from = object.key;
        inclusive = false;
        out.objects.push_back(std::move(object));
        continue;
      }
      last = object.key.substr(0, at + request.delimiter.size());
      out.common_prefixes.push_back(last);
      from = beyond(last);
      inclusive = true;
      jumped = true;
      break;
    }
    if (!jumped && rows.size() < static_cast<std::size_t>(rows_at_once)) return out;
  }
}

void ObjectStore::begin_upload(const std::string& bucket, const Upload& upload) {
  state_.database().execute("INSERT INTO objects_uploads (bucket, id, key, begun_ns, headers) VALUES (?, ?, ?, ?, ?)",
                            {bucket, upload.id, upload.key, upload.begun, upload.headers});
}

std::optional<Upload> ObjectStore::find_upload(const std::string& bucket, const std::string& key, const std::string& id) {
  const auto row = state_.database().query_one("SELECT id, key, begun_ns, headers FROM objects_uploads WHERE bucket = ? AND id = ? AND key = ?", {bucket, id, key});
  if (!row) return std::nullopt;
  return Upload{row->text(0), row->text(1), row->instant(2), row->document(3)};
}

std::vector<Upload> ObjectStore::uploads(const std::string& bucket) {
  std::vector<Upload> out;
  for (const Row& row : state_.database().query("SELECT id, key, begun_ns, headers FROM objects_uploads WHERE bucket = ? ORDER BY key, begun_ns, id LIMIT 1000", {bucket}))
    out.push_back({row.text(0), row.text(1), row.instant(2), row.document(3)});
  return out;
}

std::string ObjectStore::put_part(const std::string& upload, const UploadedPart& part) {
  const auto before = state_.database().query_one("SELECT blob FROM objects_parts WHERE upload = ? AND number = ?", {upload, part.number});
  state_.database().execute(
      "INSERT INTO objects_parts (upload, number, blob, etag, size, modified_ns) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (upload, number) DO UPDATE SET "
      "blob = excluded.blob, etag = excluded.etag, size = excluded.size, modified_ns = excluded.modified_ns",
      {upload, part.number, part.blob, part.etag, part.size, part.modified});
  return before ? before->text(0) : std::string();
}

std::vector<UploadedPart> ObjectStore::parts(const std::string& upload) {
  std::vector<UploadedPart> out;
  for (const Row& row : state_.database().query("SELECT number, blob, etag, size, modified_ns FROM objects_parts WHERE upload = ? ORDER BY number", {upload}))
    out.push_back({static_cast<int>(row.integer(0)), row.text(1), row.text(2), row.integer(3), row.instant(4)});
  return out;
}

void ObjectStore::end_upload(const std::string& bucket, const std::string& id) {
  state_.database().execute("DELETE FROM objects_uploads WHERE bucket = ? AND id = ?", {bucket, id});
  state_.database().execute("DELETE FROM objects_parts WHERE upload = ?", {id});
}

std::optional<std::vector<std::string>> ObjectStore::blobs() {
  std::vector<std::string> out;
  for (const char* sql : {"SELECT blob FROM objects_objects", "SELECT blob FROM objects_parts"}) {
    for (const Row& row : state_.database().query(sql)) out.push_back(row.text(0));
    if (state_.database().poisoned()) return std::nullopt;
  }
  return out;
}

}  // namespace tocsin::storage
