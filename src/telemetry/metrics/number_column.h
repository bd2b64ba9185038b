// Columns of numbers as few bytes, and back exactly: whole numbers as differences of the first or second order in bit-packed runs, reals as
// whole numbers of a decimal place when all of them are that exactly, else as the bytes in which each differs from the one before.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "telemetry/metrics/byte_codec.h"

namespace tocsin::telemetry {

using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;

/// The number of values is not written: the reader has to know it.
void write_integers(std::string& out, const Integers& values);
void write_reals(std::string& out, const Reals& values);

/// `values` is overwritten with `count` values. False when the bytes are damaged; then the reader has failed.
bool read_integers(ByteReader& in, std::size_t count, Integers& values);
/// `scratch` is overwritten too: so that a reader of many columns allocates once.
bool read_reals(ByteReader& in, std::size_t count, Reals& values, Integers& scratch);

}  // namespace tocsin::telemetry
