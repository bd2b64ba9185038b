// A mail taken apart as far as reports need it: header fields, and the parts of a multipart (RFC 5322 §2.2, RFC 2046 §5.1). Pure; what is
// broken gives less, never an error.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::delivery {

struct MailFields {
  std::vector<std::pair<std::string, std::string>> fields;  ///< names in lower case, values unfolded
  /// The first of that name (lower case); "" when there is none.
  std::string get(std::string_view name) const;
};

struct MailPart {
  MailFields header;
  std::string body;
  std::string type;  ///< "text/plain", lower case
};

/// Reads fields up to the first empty line, and tells what stands behind it.
MailFields read_fields(std::string_view& text);
MailPart read_part(std::string_view text);
/// The parts of a multipart, those of parts within it too, in order; at most 50. Of another type: itself alone.
std::vector<MailPart> parts_of(const MailPart& whole);

}  // namespace tocsin::delivery
