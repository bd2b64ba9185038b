// The fields that a message has without being asked for: of JSON (the message, or the first fragment in it), Lambda's lines, VPC flow and
// Route 53 records. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diagnose/log_query/value.h"

namespace tocsin::diagnose {

/// Fields of one event at most; further ones are not discovered.
inline constexpr std::size_t discovered_fields_max = 200;

/// A number of a message as a value: with a fraction it is a text.
Value number_value(double number);

/// Remembers the message that it looked at last. Not for several threads.
class Discovery {
 public:
  Discovery();
  ~Discovery();
  /// The leaf at the dotted path (`a.b.0.c`; a name with dots in it is found too). `id` tells messages apart.
  Value field(std::uint64_t id, std::string_view message, std::string_view path);
  /// The object or array at the path, or nothing.
  Value structure(std::uint64_t id, std::string_view message, std::string_view path);
  /// All, by their paths.
  std::vector<std::pair<std::string, Value>> all(std::string_view message);

 private:
  struct Parts;
  void look_at(std::uint64_t id, std::string_view message);
  std::unique_ptr<Parts> parts_;
};

/// Fields of Lambda's, VPC flow and Route 53 lines; none for other lines.
std::vector<std::pair<std::string, Value>> fields_of_known_line(std::string_view message);

/// The member or element at the dotted path; nothing when there is none. A name with dots in it is found too.
Value at_path(const Document& document, std::string_view path);

}  // namespace tocsin::diagnose
