// Buckets and what is in them: names, sizes and metadata in the state, bytes in a folder. An object's bytes are on the disk before the state
// names them, and go only after it no longer does; what a kill left between is swept away at the start.
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "model/scope.h"
#include "storage/state_executor.h"

namespace tocsin::storage {

struct Bucket {
  std::string name, account, region;
  Instant created{};
  std::string policy;  ///< JSON text; empty: none
};

struct StoredObject {
  std::string key;
  std::string blob;  ///< the id of its bytes; empty of a key prefix
  std::int64_t size = 0;
  std::string etag;  ///< with its quotation marks
  Instant modified{};
  Document headers;  ///< what it is sent with, by the model's member names: ContentType, Metadata, checksums …
};

struct ObjectListing {
  std::vector<StoredObject> objects;
  std::vector<std::string> common_prefixes;
  std::string next;  ///< the last key or prefix of a page that more follows; empty at the end
};

struct ListObjects {
  std::string prefix, delimiter;
  std::string after;  ///< keys and common prefixes beyond this one
  std::size_t count_max = 1000;
};

struct UploadedPart {
  int number = 0;
  std::string blob, etag;
  std::int64_t size = 0;
  Instant modified{};
};
struct Upload {
  std::string id, key;
  Instant begun{};
  Document headers;
};

class ObjectStore {
 public:
  explicit ObjectStore(StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  /// Names are one space over all accounts.
  std::optional<Bucket> find_bucket(const std::string& name);
  std::vector<Bucket> buckets(const std::string& account);
  void put_bucket(const Bucket& bucket);
  /// `conflict` while there is an object in it.
  Result<void> remove_bucket(const std::string& name);

  std::optional<StoredObject> find(const std::string& bucket, const std::string& key);
  /// Gives the blob that it replaces, or "".
  std::string put(const std::string& bucket, const StoredObject& object);
  /// Gives its blob; "" when there was none.
  std::string remove(const std::string& bucket, const std::string& key);
  ObjectListing list(const std::string& bucket, const ListObjects& request);

  void begin_upload(const std::string& bucket, const Upload& upload);
  std::optional<Upload> find_upload(const std::string& bucket, const std::string& key, const std::string& id);
  std::vector<Upload> uploads(const std::string& bucket);
  /// Gives the blob that it replaces, or "".
  std::string put_part(const std::string& upload, const UploadedPart& part);
  /// By number.
  std::vector<UploadedPart> parts(const std::string& upload);
  void end_upload(const std::string& bucket, const std::string& id);

  /// The blobs that the state names, for the sweep; nothing when they could not be read.
  std::optional<std::vector<std::string>> blobs();

 private:
  StateExecutor& state_;
};

}  // namespace tocsin::storage
