#include "api/iam/qr_code.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace tocsin::api::iam {
namespace {

std::string row_text(const std::vector<bool>& row) {
  std::string out;
  for (const bool dark : row) out += dark ? '#' : '.';
  return out;
}

TEST(QrCode, HasItsFindersTimingAndSize) {
  const auto code = qr_code("HELLO");
  ASSERT_EQ(code.size(), 21u);
  for (const std::size_t y : {0u, 6u}) EXPECT_EQ(row_text(code[y]).substr(0, 8), "#######.");
  EXPECT_EQ(row_text(code[1]).substr(0, 8), "#.....#.");
  EXPECT_EQ(row_text(code[3]).substr(0, 8), "#.###.#.");
  EXPECT_EQ(row_text(code[6]).substr(8, 5), "#.#.#");
  EXPECT_TRUE(code[13][8]) << "the dark module";
  // the format's fifteen bits: correction L, mask 0
  std::string format;
  for (int i = 0; i < 6; ++i) format += code[static_cast<std::size_t>(i)][8] ? '1' : '0';
  EXPECT_EQ(format, "001000") << "the low bits of 111011111000100, least first";
  EXPECT_EQ(qr_code(std::string(120, 'x')).size(), 41u);
  EXPECT_EQ(qr_code(std::string(200, 'x')).size(), 53u);
  EXPECT_TRUE(qr_code(std::string(272, 'x')).empty());
}

TEST(QrCode, IsAPngOfTheRightSize) {
  const std::string png = qr_code_png("otpauth://totp/phone@111122223333?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Tocsin");
  EXPECT_TRUE(png.starts_with("\x89PNG\r\n\x1a\n"));
  EXPECT_EQ(png.substr(12, 4), "IHDR");
  const auto width = static_cast<unsigned char>(png[18]) * 256 + static_cast<unsigned char>(png[19]);
  EXPECT_EQ(width % 4, 0);
  EXPECT_GT(width, 100);
  EXPECT_NE(png.find("IDAT"), std::string::npos);
  EXPECT_EQ(png.substr(png.size() - 8, 4), "IEND");
}

}  // namespace
}  // namespace tocsin::api::iam
