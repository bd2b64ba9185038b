// Values of Parameter Store. https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/scope.h"

namespace tocsin::remediate {

enum class ParameterType { string, string_list, secure_string };
enum class ParameterTier { standard, advanced };

std::string_view to_text(ParameterType type);
std::string_view to_text(ParameterTier tier);
std::optional<ParameterType> parse_parameter_type(std::string_view text);
/// Intelligent-Tiering is no tier of a stored parameter: the store chooses.
std::optional<ParameterTier> parse_parameter_tier(std::string_view text);

/// One version of a parameter.
struct StoredParameter {
  std::string name;
  std::int64_t version = 0;
  ParameterType type = ParameterType::string;
  std::string value;  ///< plain; of a SecureString that was not decrypted, the sealed bytes in base64
  std::string description;
  std::string allowed_pattern;
  ParameterTier tier = ParameterTier::standard;
  std::string data_type = "text";
  std::string key_id;  ///< of SecureStrings only
  Instant modified_at{};
  std::string modified_by;  ///< ARN
  std::vector<std::string> labels;
  std::string selector;  ///< ":3" or ":label" as the reader wrote it; empty without
};

/// arn:aws:ssm:REGION:ACCOUNT:parameter/NAME, without a second slash.
std::string parameter_arn(const Scope& scope, std::string_view name);

}  // namespace tocsin::remediate
