#include "server/node/exported_files.h"

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "server/config/data_directory.h"
#include "server/node/replace_file.h"
#include "server/node/rooms.h"

namespace tocsin::server {

Result<void> keep_export(Rooms& rooms, const Scope& scope, const std::string& path, const std::string& content) {
  if (!rooms.ground.outside.on_a_machine) return {};
  const std::size_t slash = path.find('/');
  const auto bucket = rooms.objects.find_bucket(path.substr(0, slash));
  if (!bucket || slash == std::string::npos) return replace_file(DataDirectory{rooms.ground.config.data}.exports() / path, content);
  if (bucket->account != scope.account) return fail(ErrorKind::denied, "Access Denied: the bucket is another account's.");
  storage::StoredObject object{.key = path.substr(slash + 1), .blob = make_hex(rooms.ground.outside.random, 32), .headers = Object{}};
  object.size = static_cast<std::int64_t>(content.size());
  object.etag = '"' + to_hex(md5(content)) + '"';
  if (auto written = rooms.blobs.write(object.blob, content); !written) return written;
  rooms.ground.state.submit([&rooms, bucket = bucket->name, object]() mutable -> Result<void> {
    object.modified = rooms.ground.state.now();
    const std::string replaced = rooms.objects.put(bucket, object);
    if (!replaced.empty())
      rooms.ground.state.after_commit([&rooms, replaced] { rooms.files->post([&rooms, replaced] { rooms.blobs.remove(replaced); }); });
    return {};
  });
  return {};
}

}  // namespace tocsin::server
