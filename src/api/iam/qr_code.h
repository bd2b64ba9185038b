// A QR code (ISO/IEC 18004, bytes, error correction L, versions 1 to 10) as a PNG picture: what an authenticator app scans. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin::api::iam {

/// Rows of dark (true) and light modules, without the quiet zone; empty when the text has more than 271 bytes.
std::vector<std::vector<bool>> qr_code(std::string_view text);

/// Black on white, with its quiet zone; empty when the text is too long.
std::string qr_code_png(std::string_view text);

}  // namespace tocsin::api::iam
