// Topics and their confirmed subscriptions as they were read, so that a message does not cost reading and compiling them again.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "communicate/topics/topics.h"
#include "events/patterns/filter_policy.h"

namespace tocsin::communicate {

struct Topics::Subscriber {
  Subscription subscription;
  std::optional<events::FilterPolicy> filter;
  DeliveryPolicy policy;

  bool wants(const PublishRequest& request, const std::string& message) const;
};

/// A topic that a unit changed is not kept until that unit is committed; one whose unit failed stays unkept, which is only slower.
struct Topics::Known {
  std::map<std::string, Topic, std::less<>> topics;
  std::map<std::string, std::shared_ptr<const std::vector<Subscriber>>, std::less<>> subscribers;
  std::set<std::string, std::less<>> changing;
  /// When the next message may go to a subscription with a throttle.
  std::map<std::string, Instant, std::less<>> next_at;
};

}  // namespace tocsin::communicate
