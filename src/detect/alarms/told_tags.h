// An alarm's tags in what it tells: the event's detail and the notification, when its ActionConfiguration says so. Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-tags-in-notifications.html
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/document.h"

namespace tocsin::detect {

using ToldTags = std::vector<std::pair<std::string, std::string>>;  ///< key, value

/// The setting of a definition when it is enabled, else nullptr.
const Document* tags_propagation(const Document& definition);
/// Those of the alarm's tags that the setting lets through.
ToldTags told_tags(const Document& propagation, const ToldTags& tags);
/// As members of an event's detail and of a function's input: an object, so that patterns can name a key.
void add_to_event(Object& detail, const ToldTags& told);
/// As members of a notification. [open] the form of its list; a list of Key and Value, as ListTagsForResource has it.
void add_to_message(Object& message, const ToldTags& told);

}  // namespace tocsin::detect
