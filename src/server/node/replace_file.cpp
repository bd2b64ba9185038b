#include "server/node/replace_file.h"

#include <fstream>

namespace tocsin::server {

Result<void> replace_file(const std::filesystem::path& path, const std::string& content) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const std::filesystem::path fresh = path.string() + ".new";
  std::ofstream file(fresh, std::ios::binary);
  file << content;
  file.close();
  if (!file) return fail(ErrorKind::unavailable, fresh.string() + " could not be written");
  std::filesystem::rename(fresh, path, error);
  if (error) return fail(ErrorKind::unavailable, path.string() + ": " + error.message());
  return {};
}

}  // namespace tocsin::server
