// Which calls are management events, and which of them only read.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
#pragma once

#include <string>
#include <string_view>

namespace tocsin::api {

/// A call on data (a message, a datapoint, a log line) is not recorded.
bool is_management_call(std::string_view service, std::string_view operation);
bool is_read_only(std::string_view service, std::string_view operation);
/// "monitoring.amazonaws.com" for cloudwatch, "sns.amazonaws.com" …
std::string event_source_of(std::string_view service);

}  // namespace tocsin::api
