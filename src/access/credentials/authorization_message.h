// Why a call was refused, sealed: whoever may call sts:DecodeAuthorizationMessage in that account can read it, and nobody else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/credentials/secret_box.h"

namespace tocsin::access {

/// Letters, digits, '-' and '_'.
std::string seal_authorization_message(const SecretBox& box, const std::string& account, std::string_view message);
/// nullopt for what was not sealed here, or in another account.
std::optional<std::string> open_authorization_message(const SecretBox& box, const std::string& account, std::string_view sealed);

}  // namespace tocsin::access
