// What makes a log line an error, and what error lines have in common. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin::diagnose {

/// A line that tells of an error: by its severity or level, when it is JSON that has one (ERROR and above), else by the words error,
/// exception, fatal or panic.
struct ErrorLine {
  std::string field;     ///< where its text stands: "body", "message", "msg" of JSON, else "@message"
  std::string text;      ///< the first line of it
  std::string trace_id;  ///< may be empty
};
std::optional<ErrorLine> read_error_line(std::string_view message);

/// The text with ids and numbers as "<*>", at most 300 bytes: lines that differ in those alone have one pattern.
std::string pattern_of(std::string_view text);
/// The longest piece between the masks: what a search finds all lines of the pattern with. Empty when there is none of three bytes.
std::string longest_literal(std::string_view pattern);

}  // namespace tocsin::diagnose
