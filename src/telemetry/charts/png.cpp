#include "telemetry/charts/png.h"

#include <zlib.h>

namespace tocsin::telemetry {
namespace {

void append_number(std::string& out, std::uint32_t number) {
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(number >> shift);
}

void append_chunk(std::string& out, std::string_view type, std::string_view data) {
  append_number(out, static_cast<std::uint32_t>(data.size()));
  const std::string content = std::string(type) + std::string(data);
  out += content;
  append_number(out,
                static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()))));
}

std::string header(const Canvas& canvas) {
  std::string data;
  append_number(data, static_cast<std::uint32_t>(canvas.width()));
  append_number(data, static_cast<std::uint32_t>(canvas.height()));
  return data + std::string("\x08\x02\0\0\0", 5);  // 8 bits, colors, the one compression and filter, not interlaced
}

std::string compressed_rows(const Canvas& canvas) {
  const std::size_t row = static_cast<std::size_t>(canvas.width()) * 3;
  std::string rows;
  for (std::size_t y = 0; y < static_cast<std::size_t>(canvas.height()); ++y) {
    rows += '\0';  // no filter
    rows.append(reinterpret_cast<const char*>(canvas.pixels().data() + y * row), row);
  }
  uLongf size = compressBound(rows.size());
  std::string packed(size, '\0');
  compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(rows.data()), rows.size(), 6);
  packed.resize(size);
  return packed;
}

}  // namespace

std::string encode_png(const Canvas& canvas) {
  std::string png("\x89PNG\r\n\x1a\n", 8);
  append_chunk(png, "IHDR", header(canvas));
  append_chunk(png, "IDAT", compressed_rows(canvas));
  append_chunk(png, "IEND", {});
  return png;
}

}  // namespace tocsin::telemetry
