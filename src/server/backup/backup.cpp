#include "server/backup/backup.h"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <memory>
#include <vector>

#include "base/document.h"
#include "base/encoding.h"
#include "base/text_time.h"
#include "server/backup/database_copy.h"
#include "server/config/data_directory.h"

namespace tocsin::server {
namespace {

namespace fs = std::filesystem;
constexpr const char* manifest_name = "manifest.json";
constexpr int format = 1;

/// Of a file's bytes, in pieces; empty when it cannot be read.
std::string digest_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!in || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return {};
  std::vector<char> piece(1 << 20);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0)
    EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(in.gcount()));
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), &size);
  digest.resize(size);
  return to_hex(digest);
}

bool is_empty_place(const fs::path& folder) {
  std::error_code error;
  return !fs::exists(folder, error) || (fs::is_directory(folder, error) && fs::is_empty(folder, error));
}

/// What is of this run of the server alone.
bool is_passing(const fs::path& file) {
  const std::string name = file.filename().string();
  return name == "lock" || name.ends_with(".lock") || name.ends_with("-wal") || name.ends_with("-shm") || name == "endpoints.json";
}

/// A segment of an ingest log may be gone when its turn comes: then what it held is in the database, which is copied later.
void copy_log(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to, error);
  for (const auto& entry : fs::directory_iterator(from, error))
    if (entry.is_regular_file(error) && !is_passing(entry.path())) fs::copy_file(entry.path(), to / entry.path().filename(), error);
}

Result<void> copy_all(const fs::path& data, const fs::path& into) {
  std::error_code error;
  const fs::path telemetry = DataDirectory{data}.telemetry();
  std::vector<fs::path> databases, others;
  for (const auto& entry : fs::directory_iterator(telemetry, error))
    if (entry.is_directory(error)) copy_log(entry.path(), into / "telemetry" / entry.path().filename());
  for (auto at = fs::recursive_directory_iterator(data, error); at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (error) break;
    if (!at->is_regular_file(error) || is_passing(at->path())) continue;
    const fs::path name = fs::relative(at->path(), data, error);
    if (name.begin() != name.end() && *name.begin() == "telemetry" && at->path().parent_path() != telemetry) continue;
    (name.extension() == ".db" ? databases : others).push_back(name);
  }
  // telemetry first: what the state says of it is there then
  std::sort(databases.begin(), databases.end(), std::greater<>());
  for (const std::vector<fs::path>* list : {&databases, &others})
    for (const fs::path& name : *list) {
      fs::create_directories((into / name).parent_path(), error);
      const bool copied = list == &databases ? copy_database(data / name, into / name) : fs::copy_file(data / name, into / name, error);
      if (!copied)
        return fail(ErrorKind::unavailable, (data / name).string() + " could not be copied" + (error ? ": " + error.message() : ""));
    }
  return {};
}

}  // namespace

Result<BackupReport> back_up(const fs::path& data, const fs::path& into, Instant now, const std::string& version) {
  std::error_code error;
  if (!fs::exists(DataDirectory{data}.state_database(), error))
    return fail(ErrorKind::not_found, "there is no data directory " + data.string());
  if (!is_empty_place(into)) return fail(ErrorKind::already_exists, into.string() + " is not empty");
  fs::create_directories(into, error);
  fs::permissions(into, fs::perms::owner_all, error);
  const auto undone = [&](Error why) -> std::unexpected<Error> {
    fs::remove_all(into, error);
    return std::unexpected(std::move(why));
  };
  if (auto copied = copy_all(data, into); !copied) return undone(copied.error());
  BackupReport report;
  Array files;
  for (const auto& entry : fs::recursive_directory_iterator(into, error)) {
    if (!entry.is_regular_file(error)) continue;
    const std::string digest = digest_of(entry.path());
    if (digest.empty()) return undone({ErrorKind::unavailable, entry.path().string() + " cannot be read", {}});
    ++report.files;
    report.bytes += entry.file_size(error);
    files.emplace_back(Object{{"path", fs::relative(entry.path(), into, error).string()},
                              {"bytes", static_cast<std::int64_t>(entry.file_size(error))},
                              {"sha256", digest}});
  }
  std::ofstream manifest(into / manifest_name);
  manifest << to_pretty_json(Object{{"format", format}, {"version", version}, {"taken", to_rfc3339(now)}, {"files", std::move(files)}})
           << '\n';
  manifest.close();
  if (!manifest) return undone({ErrorKind::unavailable, (into / manifest_name).string() + " cannot be written", {}});
  return report;
}

Result<BackupReport> restore(const fs::path& backup, const fs::path& data) {
  std::error_code error;
  if (!is_empty_place(data))
    return fail(ErrorKind::already_exists, data.string() + " is not empty: a backup is restored into a new data directory");
  std::ifstream in(backup / manifest_name);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto manifest = parse_json(text);
  if (!manifest || integer_or(*manifest, "format", 0) != format)
    return fail(ErrorKind::invalid,
                backup.string() + " is no backup of this release: its " + manifest_name + " is missing or of another format");
  BackupReport report;
  std::vector<fs::path> names;
  for (const Document& each : array_at(*manifest, "files")) {
    const fs::path name = text_or(each, "path");
    const bool inside = !name.empty() && name.is_relative() && std::find(name.begin(), name.end(), "..") == name.end();
    if (!inside || digest_of(backup / name) != text_or(each, "sha256"))
      return fail(ErrorKind::invalid, (backup / name).string() + " is missing or damaged; nothing was restored");
    names.push_back(name);
  }
  for (const fs::path& name : names) {
    fs::create_directories((data / name).parent_path(), error);
    if (!fs::copy_file(backup / name, data / name, error))
      return fail(ErrorKind::unavailable, (data / name).string() + " could not be written: " + error.message());
    ++report.files;
    report.bytes += fs::file_size(data / name, error);
  }
  fs::permissions(data, fs::perms::owner_all, error);
  return report;
}

}  // namespace tocsin::server
