#include "telemetry/metrics/number_column.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"

namespace tocsin::telemetry {
namespace {

/// Bit for bit: also of zero below zero.
void expect_back(const Reals& values) {
  std::string bytes;
  write_reals(bytes, values);
  ByteReader in(bytes);
  Reals again;
  Integers scratch;
  ASSERT_TRUE(read_reals(in, values.size(), again, scratch));
  EXPECT_TRUE(in.at_end());
  ASSERT_EQ(again.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(std::bit_cast<std::uint64_t>(again[i]), std::bit_cast<std::uint64_t>(values[i])) << i << ": " << values[i];
}

std::size_t size_of(const Reals& values) {
  std::string bytes;
  write_reals(bytes, values);
  return bytes.size();
}

TEST(NumberColumn, GivesRealsBackExactly) {
  expect_back({});
  expect_back({0.0});
  expect_back({-0.0, 0.0});
  expect_back({1e300, -1e-300, 0.1, 12345.678, std::numeric_limits<double>::denorm_min()});
  expect_back({0x1p360, -0x1p360, 0x1p53, 0x1p53 + 2, 0x1p51, 0x1p51 - 0.5});
  SeededRandom random(3);
  for (int round = 0; round < 2000; ++round) {
    Reals values(random.below(300));
    const double scale = std::pow(10, static_cast<double>(random.below(18)));
    const std::uint64_t kind = random.below(5);
    double walk = 0;
    for (double& value : values) {
      walk += static_cast<double>(random.below(2001)) - 1000;
      if (kind == 0) value = walk / scale;
      if (kind == 1) value = static_cast<double>(random.next() >> (11 + random.below(50)));
      if (kind == 2) value = random.unit() * scale;
      if (kind == 3) value = std::bit_cast<double>(random.next() & ~(0x7ffULL << 52)) + walk;
      if (kind == 4) value = random.below(50) == 0 ? 1e17 * random.unit() : walk / 100;
    }
    expect_back(values);
  }
}

TEST(NumberColumn, GivesIntegersBackExactly) {
  SeededRandom random(4);
  for (int round = 0; round < 2000; ++round) {
    Integers values(random.below(200));
    const auto shift = static_cast<int>(random.below(64));
    for (std::int64_t& value : values) value = static_cast<std::int64_t>(random.next()) >> shift;
    std::string bytes;
    write_integers(bytes, values);
    ByteReader in(bytes);
    Integers again;
    ASSERT_TRUE(read_integers(in, values.size(), again));
    EXPECT_TRUE(in.at_end());
    EXPECT_EQ(again, values);
  }
}

TEST(NumberColumn, TakesFewBytes) {
  Reals constant(120, 99.5), counter, gauge;
  SeededRandom random(5);
  double walk = 40;
  for (int i = 0; i < 120; ++i) {
    counter.push_back(1e6 + 60.0 * i);
    walk += static_cast<double>(random.below(201)) / 100 - 1;
    gauge.push_back(std::round(walk * 100) / 100);
  }
  EXPECT_LE(size_of(constant), 10u);
  EXPECT_LE(size_of(counter), 14u);
  EXPECT_LE(size_of(gauge), 132u) << "a value that moves by up to a hundred hundredths takes eight bits";
}

TEST(NumberColumn, TakesFewBytesForSumsOfDecimalsToo) {
  SeededRandom random(7);
  for (int round = 0; round < 200; ++round) {
    Reals walk;
    double value = static_cast<double>(random.below(10'000)) / 100;
    for (int i = 0; i < 120; ++i) {
      // as programs add: 57.31 becomes 57.310000000000016
      value += static_cast<double>(static_cast<std::int64_t>(random.below(201)) - 100) / 100;
      walk.push_back(value);
    }
    expect_back(walk);
    EXPECT_LE(size_of(walk), 480u);
  }
}

TEST(NumberColumnFuzz, DamagedBytesAreAnErrorOrNumbers) {
  SeededRandom random(6);
  for (int round = 0; round < 20'000; ++round) {
    Reals values(1 + random.below(150));
    for (double& value : values) value = random.below(2) == 0 ? static_cast<double>(random.below(1000)) / 8 : random.unit();
    if (round % 3 == 0)
      for (double& value : values) value = static_cast<double>(random.below(1000)) / 100 + 0x1p-48 * static_cast<double>(random.below(4));
    std::string bytes;
    write_reals(bytes, values);
    for (std::uint64_t i = random.below(5); i > 0; --i) bytes[random.below(bytes.size())] = static_cast<char>(random.next());
    bytes.resize(random.below(bytes.size() + 1));
    ByteReader in(bytes);
    Integers scratch;
    read_reals(in, values.size(), values, scratch);
  }
}

}  // namespace
}  // namespace tocsin::telemetry
