// Which operations only read, by the habit of all services' names. Pure.
#pragma once

#include <string_view>

namespace tocsin::api {

/// "GetTopicAttributes", "ListTopics", "DescribeAlarms" …
bool is_reading_name(std::string_view operation);

}  // namespace tocsin::api
