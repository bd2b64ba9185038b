#include <gtest/gtest.h>

#include "fuzz/mutate.h"
#include "wire/remote_write/remote_write.h"
#include "wire/remote_write/snappy.h"

namespace tocsin::wire {
namespace {

TEST(RemoteWriteFuzz, AnyBytesAreARequestOrAnError) {
  const std::string request = encode_write_request({{{{"__name__", "up"}, {"job", "node"}}, {{1, 5}, {2, 6}}}});
  const std::string copies = std::string("\x0f\x08", 2) + "abc" + std::string("\x15\x03", 2) + "\x08" + "XYZ";
  fuzz::mutate({snappy_literal(request), copies}, {"\x01\xff", "\xff\xff\xff\x7f", std::string(2, '\0')}, 5000, [](std::string_view bytes) {
    EXPECT_LE(snappy_decompress(bytes, 1 << 16).value_or("").size(), 1u << 16);
    parse_remote_write(bytes, 1 << 16);
    parse_remote_write(snappy_literal(bytes), 1 << 16);
  });
}

}  // namespace
}  // namespace tocsin::wire
