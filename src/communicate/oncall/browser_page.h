// The page on which a browser is asked to show pages, and what it runs. Pure.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::oncall {

/// `public_key`: base64url of the server's point.
std::string browser_page(std::string_view contact_name, std::string_view public_key);
/// /push/page.js and /push/worker.js
std::string_view browser_script();
std::string_view browser_worker();

}  // namespace tocsin::oncall
