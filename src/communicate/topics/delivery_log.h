// What is written to a log group of how a delivery ended. https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
#pragma once

#include <string>

#include "base/random.h"
#include "communicate/topics/topic.h"

namespace tocsin::communicate {

/// Whether this delivery is to be logged, decided when it leaves: the success by the sampling rate. Kept in the parcel's context.
struct Feedback {
  bool success = false;
  bool failure = false;
  bool wanted() const { return success || failure; }
};

/// By the topic's attributes for the protocol: HTTPSuccessFeedbackRoleArn, HTTPSuccessFeedbackSampleRate, HTTPFailureFeedbackRoleArn, SQS…
Feedback feedback_of(const Topic& topic, Protocol protocol, Random& random);

struct DeliveryReport {
  std::string message_id;
  std::string message_md5;
  std::string topic_arn;  ///< empty of a message straight to a phone
  Instant published_at;
  std::string delivery_id;
  std::string destination;  ///< the URL, the queue's ARN, the number
  std::string provider_response;
  Duration dwell{};  ///< from publishing to the end
  int attempts = 1;
  int status_code = 0;
  bool delivered = false;
};

/// "sns/REGION/ACCOUNT/NAME", with "/Failure" at the end for those that failed.
std::string log_group_of(const Scope& scope, const std::string& topic_name, bool delivered);
std::string to_log_line(const DeliveryReport& report);

}  // namespace tocsin::communicate
