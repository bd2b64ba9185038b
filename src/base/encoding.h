// Bytes as text and back: base64 (RFC 4648 §4, §5), hex, percent-encoding (RFC 3986 §2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

std::string to_base64(std::string_view bytes);
/// Strict: padding required, no blanks; nullopt on anything else.
std::optional<std::string> from_base64(std::string_view text);
/// With '-' and '_', no padding.
std::string to_base64url(std::string_view bytes);

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

/// Encodes all but the unreserved characters; `keep_slash` leaves '/' as it is (SigV4 canonical paths).
std::string percent_encode(std::string_view text, bool keep_slash = false);
/// Decodes %XX; with `plus_is_blank`, '+' too (form bodies). A broken escape stays as it is.
std::string percent_decode(std::string_view text, bool plus_is_blank = false);

/// For HTML text and quoted attribute values.
std::string escape_html(std::string_view text);
/// For XML text and attribute values; characters that XML 1.0 cannot hold become U+FFFD.
std::string escape_xml(std::string_view text);

/// Whether the bytes are well-formed UTF-8.
bool is_utf8(std::string_view bytes);

}  // namespace tocsin
