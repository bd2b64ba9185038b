#include "storage/embedded/sqlite_memory.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

namespace tocsin::storage {
namespace {

constexpr std::size_t step = 128;
constexpr std::size_t pooled_max = 8 * 1024;
constexpr std::size_t kept_bytes_max = 512 * 1024;  ///< of one size, in one thread

/// Before each block; as large as the strictest alignment.
struct alignas(16) Header {
  std::size_t size;
};

/// What a thread has given back. When the thread ends, so does what it kept.
class Pool {
 public:
  Pool() { is_alive = true; }
  ~Pool() {
    is_alive = false;
    for (auto& list : free_)
      for (Header* block : list) std::free(block);
  }
  Header* take(std::size_t size) {
    auto& list = free_[size / step];
    if (list.empty()) return nullptr;
    Header* block = list.back();
    list.pop_back();
    return block;
  }
  bool keep(Header* block) {
    auto& list = free_[block->size / step];
    if (list.size() * block->size >= kept_bytes_max) return false;
    list.push_back(block);
    return true;
  }
  // outlives the pool itself, as it needs no destruction
  static thread_local bool is_alive;

 private:
  std::array<std::vector<Header*>, pooled_max / step + 1> free_;
};
thread_local bool Pool::is_alive = false;

Pool* pool() {
  static thread_local Pool own;
  return Pool::is_alive ? &own : nullptr;
}

std::size_t rounded(int size) { return (static_cast<std::size_t>(size) + step - 1) / step * step; }
Header* header_of(void* bytes) { return static_cast<Header*>(bytes) - 1; }

void* take(int wanted) {
  const std::size_t size = rounded(wanted);
  Header* block = nullptr;
  if (size <= pooled_max)
    if (Pool* own = pool()) block = own->take(size);
  if (!block) block = static_cast<Header*>(std::malloc(sizeof(Header) + size));
  if (!block) return nullptr;
  block->size = size;
  return block + 1;
}

void give_back(void* bytes) {
  if (!bytes) return;
  Header* block = header_of(bytes);
  if (block->size <= pooled_max)
    if (Pool* own = pool(); own && own->keep(block)) return;
  std::free(block);
}

void* resize(void* bytes, int wanted) {
  Header* block = header_of(bytes);
  const std::size_t size = rounded(wanted);
  if (size == block->size) return bytes;
  if (size > pooled_max && block->size > pooled_max) {
    block = static_cast<Header*>(std::realloc(block, sizeof(Header) + size));
    if (!block) return nullptr;
    block->size = size;
    return block + 1;
  }
  void* moved = take(wanted);
  if (!moved) return nullptr;
  std::memcpy(moved, bytes, std::min(size, block->size));
  give_back(bytes);
  return moved;
}

int size_of(void* bytes) { return bytes ? static_cast<int>(header_of(bytes)->size) : 0; }
int round_up(int size) { return static_cast<int>(rounded(size)); }
int begin(void*) { return SQLITE_OK; }
void end(void*) {}

}  // namespace

void use_pooled_sqlite_memory() {
  static std::once_flag once;
  std::call_once(once, [] {
    static const sqlite3_mem_methods methods{.xMalloc = take,
                                             .xFree = give_back,
                                             .xRealloc = resize,
                                             .xSize = size_of,
                                             .xRoundup = round_up,
                                             .xInit = begin,
                                             .xShutdown = end,
                                             .pAppData = nullptr};
    // refused when somebody has used SQLite before: then its own serve on
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    // nobody asks how much it uses
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  });
}

}  // namespace tocsin::storage
