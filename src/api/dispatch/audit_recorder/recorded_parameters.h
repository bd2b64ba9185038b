// Inputs and outputs as a CloudTrail record shows them.
#pragma once

#include <string_view>

#include "api/call.h"

namespace tocsin::api {

/// What stands for a secret.
inline constexpr std::string_view hidden_text = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Members with a small first letter, secrets hidden, blobs in base64, moments as text; null when there is nothing; shortened above 100 KB.
Document recorded_request(const Call& call);
/// The same of an answer; null for a call that only reads.
Document recorded_response(const Call& call, const Document& output);

}  // namespace tocsin::api
