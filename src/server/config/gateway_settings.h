// The settings of gateways: checked when they are read, and {ssm:/NAME} in them. Errors show no secret.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace tocsin::server {

/// The names of the parameters that stand in a value as {ssm:NAME}.
std::vector<std::string> parameters_named(const std::string& value);
std::string fill_parameters(const std::string& value, const std::function<std::string(const std::string& name)>& value_of);

Result<void> check_sms_setting(const std::string& value);
Result<void> check_voice_setting(const std::string& value);
Result<void> check_chat_setting(const std::string& value);
Result<void> check_push_setting(const std::string& value);

}  // namespace tocsin::server
