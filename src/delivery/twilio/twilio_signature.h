// X-Twilio-Signature: base64(HMAC-SHA1(token, URL and each form field's name and value, by name)). Pure.
// https://www.twilio.com/docs/usage/security#validating-requests
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tocsin::delivery {

std::string twilio_signature(std::string_view token, std::string_view url, const std::map<std::string, std::string>& fields);

}  // namespace tocsin::delivery
