#include "wire/http/gzip.h"

#include <zlib.h>

#include <algorithm>

namespace tocsin::wire {
namespace {

constexpr int gzip_window = 15 + 16;

struct Inflate {
  z_stream stream{};
  bool ready = inflateInit2(&stream, gzip_window) == Z_OK;
  ~Inflate() { inflateEnd(&stream); }
};

}  // namespace

Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
  Inflate inflater;
  z_stream& stream = inflater.stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int state = inflater.ready ? Z_OK : Z_MEM_ERROR;
  while (state == Z_OK) {
    const std::size_t before = out.size();
    if (before > bytes_max)
      return fail(ErrorKind::limit_exceeded, "the inflated body is larger than " + std::to_string(bytes_max) + " bytes");
    const std::size_t room = std::min(std::max<std::size_t>(before, 4096), bytes_max + 1 - before);
    out.resize(before + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(room);
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(before + room - stream.avail_out);
    // a gzip file may be several members one after another
    if (state == Z_STREAM_END && stream.avail_in > 0) state = inflateReset(&stream);
  }
  if (out.size() > bytes_max)
    return fail(ErrorKind::limit_exceeded, "the inflated body is larger than " + std::to_string(bytes_max) + " bytes");
  if (state != Z_STREAM_END) return fail(ErrorKind::invalid, "the body is no whole gzip stream");
  return out;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace tocsin::wire
