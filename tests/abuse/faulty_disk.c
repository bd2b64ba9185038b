// A disk that is slow or fails, for any program: LD_PRELOAD this, and say in the file that TOCSIN_FAULTY_DISK names what is wrong:
//   "slow_ms=N": each fsync and fdatasync takes so much longer;  "fail_each=N": each N-th write, fsync or fdatasync of a regular file gives EIO.
// The file is read anew at each call, so that a disk falls ill and recovers while the program runs.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static atomic_long operations;

static long setting(const char* name) {
  const char* path = getenv("TOCSIN_FAULTY_DISK");
  if (!path) return 0;
  char text[256] = "";
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t (*real_read)(int, void*, size_t) = dlsym(RTLD_NEXT, "read");
  const ssize_t got = real_read(file, text, sizeof text - 1);
  close(file);
  if (got <= 0) return 0;
  const char* at = strstr(text, name);
  return at ? strtol(at + strlen(name), NULL, 10) : 0;
}

static int is_file(int descriptor) {
  struct stat about;
  return fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
}

static int strikes(int descriptor) {
  const long each = setting("fail_each=");
  if (each <= 0 || !is_file(descriptor)) return 0;
  if (atomic_fetch_add(&operations, 1) % each != each - 1) return 0;
  errno = EIO;
  return 1;
}

static void wait_for_disk(void) {
  const long ms = setting("slow_ms=");
  if (ms <= 0) return;
  struct timespec span = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&span, NULL);
}

int fsync(int descriptor) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fsync");
  wait_for_disk();
  return strikes(descriptor) ? -1 : real(descriptor);
}

int fdatasync(int descriptor) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
  wait_for_disk();
  return strikes(descriptor) ? -1 : real(descriptor);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t at) {
  static ssize_t (*real)(int, const void*, size_t, off64_t);
  if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
  return strikes(descriptor) ? -1 : real(descriptor, bytes, size, at);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t at) { return pwrite64(descriptor, bytes, size, at); }

ssize_t write(int descriptor, const void* bytes, size_t size) {
  static ssize_t (*real)(int, const void*, size_t);
  if (!real) real = dlsym(RTLD_NEXT, "write");
  // the program's own log goes to 1 and 2
  return descriptor > 2 && strikes(descriptor) ? -1 : real(descriptor, bytes, size);
}
