// The fields of rows that lie side by side in columns: what a query reads instead of parsing each message.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::telemetry {

/// A discovered field of a row.
struct LogFieldValue {
  enum class Kind : std::uint8_t {
    absent,  ///< for sure
    text,    ///< a string, or true and false
    number,
    unknown  ///< must be looked for in the message
  };
  Kind kind = Kind::unknown;
  double number = 0;
  std::string_view text;
};

/// One field of all rows of a block. Lives as long as the block.
struct LogFieldColumn {
  /// The texts lie in the block, or in `scratch`.
  std::function<LogFieldValue(std::uint32_t index, std::string& scratch)> at;
  /// When few values occur: which it is in each row, and the values; else empty.
  std::vector<std::uint16_t> codes;
  std::vector<LogFieldValue> values;
};

/// Where the message and the fields of rows are. Not for several threads.
class LogFields {
 public:
  virtual ~LogFields() = default;
  /// Valid as long as the block is.
  virtual std::string_view message(std::uint32_t index) const = 0;
  virtual const LogFieldColumn& field(std::string_view path) const = 0;
};

}  // namespace tocsin::telemetry
