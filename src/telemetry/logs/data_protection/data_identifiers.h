// The managed data identifiers that are offered. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-managed-data-identifiers.html
#pragma once

#include <string_view>

namespace tocsin::telemetry {

struct DataIdentifier {
  std::string_view name;                            ///< "EmailAddress", "Ssn-US"
  std::string_view regex;                           ///< what of it is in the first group is masked, all of it when there is none
  bool (*holds)(std::string_view match) = nullptr;  ///< a further check, such as of check digits
};

/// nullptr when it is not offered. `name` is the end of arn:aws:dataprotection::aws:data-identifier/NAME.
const DataIdentifier* managed_identifier(std::string_view name);

}  // namespace tocsin::telemetry
