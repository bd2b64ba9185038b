#include "server/backup/database_copy.h"

#include <array>
#include <fstream>
#include <string>

namespace tocsin::server {
namespace {

namespace fs = std::filesystem;

/// The start of a write-ahead log, which is another one after each reset.
std::string log_header(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::array<char, 32> header{};
  in.read(header.data(), header.size());
  return std::string(header.data(), static_cast<std::size_t>(in.gcount()));
}

void take_copy(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::remove(to, error);
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
}

}  // namespace

bool copy_database(const fs::path& from, const fs::path& to, int tries) {
  const fs::path from_log = from.string() + "-wal", to_log = to.string() + "-wal";
  for (int i = 0; i < tries; ++i) {
    const std::string before = log_header(from_log);
    take_copy(from, to);
    take_copy(from_log, to_log);
    if (log_header(from_log) == before && fs::exists(to)) return true;
  }
  return false;
}

}  // namespace tocsin::server
