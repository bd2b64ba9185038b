// When a failed delivery is tried again. https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
#pragma once

#include <string_view>

#include "base/document.h"
#include "base/result.h"
#include "delivery/outbox.h"

namespace tocsin::communicate {

enum class Backoff { linear, arithmetic, geometric, exponential };

/// Seconds and counts as the service names them. The defaults are the service's for HTTP/S.
struct HealthyRetryPolicy {
  int min_delay_target_seconds = 20;
  int max_delay_target_seconds = 20;
  int retries = 3;
  int no_delay_retries = 0;
  int min_delay_retries = 0;
  int max_delay_retries = 0;
  Backoff backoff = Backoff::linear;

  delivery::RetryPlan plan() const;
};

struct DeliveryPolicy {
  HealthyRetryPolicy healthy_retry;
  int receives_per_second_max = 0;  ///< throttlePolicy.maxReceivesPerSecond; 0: no limit
  std::string content_type = "text/plain; charset=UTF-8";
};

/// A subscription's DeliveryPolicy, or a topic's (the same under "http": {"defaultHealthyRetryPolicy": …}). Refused: values out of range,
/// more than 3,600 s in all.
Result<DeliveryPolicy> parse_delivery_policy(std::string_view text);
/// Of a topic's policy: "http": {"disableSubscriptionOverrides": true} makes it hold for all its subscriptions.
bool overrides_disabled(std::string_view topic_policy);
/// What EffectiveDeliveryPolicy shows of a subscription.
Document to_document(const DeliveryPolicy& policy);

/// For endpoints that customers run other than HTTP/S, such as mail: 2 tries at 10 s, 10 exponential from 10 s to 600 s, 38 at 600 s.
delivery::RetryPlan customer_managed_plan();

}  // namespace tocsin::communicate
