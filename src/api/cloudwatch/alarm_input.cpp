#include "api/cloudwatch/alarm_input.h"

#include "model/arn.h"

namespace tocsin::api::cloudwatch {
namespace {
constexpr std::size_t tags_max = 50;
}

Checked<void> check_actions(const Call& call) {
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions"})
    for (const std::string& action : texts_at(call.input, list))
      if (!parse_arn(action)) return validation_error("Invalid arn syntax: " + action);
  return {};
}

Checked<detect::Tags> read_tags(const Document& input) {
  detect::Tags tags = pairs_at(input, "Tags", "Key");
  if (tags.size() > tags_max) return validation_error("The collection Tags must not have a size greater than 50.");
  for (const auto& [key, value] : tags)
    if (key.starts_with("aws:")) return validation_error("The tag key " + key + " is reserved: it must not begin with aws:.");
  return tags;
}

}  // namespace tocsin::api::cloudwatch
