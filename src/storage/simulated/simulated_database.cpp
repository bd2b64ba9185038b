#include "storage/simulated/simulated_database.h"

#include <sqlite3.h>

#include <atomic>
#include <cstring>
#include <new>

#include "storage/embedded/sqlite_database.h"

namespace tocsin::storage {
namespace {

// https://www.sqlite.org/vfs.html; sqlite3_file comes first, as SQLite sees only that
struct SimulatedSqliteFile {
  sqlite3_file base;
  SimulatedDisk::Handle* handle;
  SimulatedDisk* disk;
  char name[256];
  bool remove_on_close;
};

SimulatedSqliteFile& self(sqlite3_file* file) { return *reinterpret_cast<SimulatedSqliteFile*>(file); }
SimulatedDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<SimulatedDisk*>(vfs->pAppData); }

int code_of(DiskAnswer answer, int io_error) {
  switch (answer) {
    case DiskAnswer::ok:
      return SQLITE_OK;
    case DiskAnswer::full:
      return SQLITE_FULL;
    case DiskAnswer::io_error:
      return io_error;
  }
  return io_error;
}

int close_file(sqlite3_file* file) {
  SimulatedSqliteFile& it = self(file);
  delete it.handle;
  if (it.remove_on_close) it.disk->remove(it.name);
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 position) {
  std::string bytes;
  const DiskAnswer answer = self(file).handle->read(static_cast<std::uint64_t>(position), static_cast<std::size_t>(size), bytes);
  if (answer != DiskAnswer::ok) return SQLITE_IOERR_READ;
  std::memcpy(out, bytes.data(), bytes.size());
  if (bytes.size() == static_cast<std::size_t>(size)) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + bytes.size(), 0, static_cast<std::size_t>(size) - bytes.size());
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 position) {
  return code_of(
      self(file).handle->write(static_cast<std::uint64_t>(position), {static_cast<const char*>(bytes), static_cast<std::size_t>(size)}),
      SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return code_of(self(file).handle->truncate(static_cast<std::uint64_t>(size)), SQLITE_IOERR_TRUNCATE);
}
int sync_file(sqlite3_file* file, int) { return code_of(self(file).handle->sync(), SQLITE_IOERR_FSYNC); }

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(self(file).handle->size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file*, int) { return SQLITE_OK; }

int check_reserved_lock(sqlite3_file*, int* reserved) {
  *reserved = 0;
  return SQLITE_OK;
}

int control_file(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

const sqlite3_io_methods methods = {1,         close_file, read_file,           write_file,   truncate_file, sync_file,      file_size,
                                    lock_file, lock_file,  check_reserved_lock, control_file, sector_size,   characteristics};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  SimulatedSqliteFile& it = self(file);
  it.base.pMethods = nullptr;
  auto handle = disk_of(vfs).open(name ? name : "temporary", (flags & SQLITE_OPEN_CREATE) != 0 || !name);
  if (!handle) return SQLITE_CANTOPEN;
  it.handle = handle.release();
  it.disk = &disk_of(vfs);
  it.remove_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  std::strncpy(it.name, name ? name : "temporary", sizeof it.name - 1);
  it.base.pMethods = &methods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  if (!disk_of(vfs).exists(name)) return SQLITE_IOERR_DELETE_NOENT;
  if (disk_of(vfs).remove(name) != DiskAnswer::ok) return SQLITE_IOERR_DELETE;
  return sync_folder ? code_of(disk_of(vfs).sync_names(name), SQLITE_IOERR_DIR_FSYNC) : SQLITE_OK;
}

int access_file(sqlite3_vfs* vfs, const char* name, int, int* there) {
  *there = disk_of(vfs).exists(name);
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int size, char* out) {
  disk_of(vfs).random().fill(std::as_writable_bytes(std::span(out, static_cast<std::size_t>(size))));
  return size;
}

int sleep_for(sqlite3_vfs*, int microseconds) { return microseconds; }

int current_time(sqlite3_vfs*, double* julian_day) {
  *julian_day = 2461000.5;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

struct SimulatedDisk::Registration {
  explicit Registration(SimulatedDisk& disk) {
    static std::atomic<int> count = 0;
    name = "tocsin-simulated-" + std::to_string(++count);
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(SimulatedSqliteFile);
    vfs.mxPathname = 255;
    vfs.zName = name.c_str();
    vfs.pAppData = &disk;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep_for;
    vfs.xCurrentTime = current_time;
    vfs.xGetLastError = last_error;
    sqlite3_vfs_register(&vfs, 0);
  }
  ~Registration() { sqlite3_vfs_unregister(&vfs); }

  std::string name;
  sqlite3_vfs vfs = {};
};

Result<std::unique_ptr<Database>> open_simulated_database(SimulatedDisk& disk, const std::string& name) {
  if (!disk.registration) disk.registration = std::make_shared<SimulatedDisk::Registration>(disk);
  return open_sqlite_database_on(disk.registration->name, name);
}

}  // namespace tocsin::storage
