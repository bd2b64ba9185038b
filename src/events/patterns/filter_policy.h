// SNS subscription filter policies: event patterns over a message's attributes, or over its body.
// https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
#pragma once

#include "events/patterns/pattern.h"

namespace tocsin::events {

enum class FilterScope { message_attributes, message_body };

/// One message attribute. The type is the service's: String, String.Array, Number, Binary.
struct FilterAttribute {
  std::string name;
  std::string type;
  std::string value;
};

class FilterPolicy {
 public:
  FilterPolicy(FilterScope scope, Pattern pattern) : scope_(scope), pattern_(std::move(pattern)) {}
  /// A body that is no JSON object matches nothing. A Binary attribute is as if it were not there, a String.Array that is no array too.
  bool matches(const std::vector<FilterAttribute>& attributes, std::string_view body) const;

 private:
  FilterScope scope_;
  Pattern pattern_;
};

/// An empty policy ({}) lets everything pass: nullopt. Refused: more than 5 keys, more than 150 combinations (values of each key, in a body
/// times its level), numbers beyond ±1e9 or with more than 5 decimals, nested keys over attributes. The message has no "Invalid parameter:
/// FilterPolicy: " before it.
Result<std::optional<FilterPolicy>> compile_filter_policy(std::string_view text, FilterScope scope);

}  // namespace tocsin::events
