// A series in a file, as replay reads it: one point a line, `timestamp,value`, with or without a header. Pure.
// Lines end with LF or CRLF; a field may stand in double quotes; what stands behind the two columns is not read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin::server {

/// ISO 8601 in its forms (T or a space, / for -, with or without seconds, fraction and offset; a date alone; 20261124T064939Z), or seconds,
/// milliseconds, microseconds or nanoseconds since 1970, told apart by their size. Without an offset it is UTC.
std::optional<Instant> parse_series_time(std::string_view text);

struct SeriesRow {
  std::string_view time_text, value_text;  ///< as written; into the line
  Instant time;
  std::optional<double> value;  ///< absent when the field is empty or says NaN, null, NA, None or an infinity: a gap
};

class SeriesColumns {
 public:
  /// True when `line` is a header, which says where the columns are; the first line of a file is asked. `invalid` when it is a header that
  /// lacks a `timestamp` or a `value`.
  Result<bool> read_header(std::string_view line);
  /// `invalid` says what is wrong with the line. Lines without any sign on them are not to be handed in (is_blank).
  Result<SeriesRow> read(std::string_view line) const;

 private:
  std::size_t time_ = 0, value_ = 1;
};

bool is_blank(std::string_view line);

}  // namespace tocsin::server
