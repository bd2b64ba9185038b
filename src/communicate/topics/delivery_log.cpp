#include "communicate/topics/delivery_log.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/document.h"
#include "base/text_time.h"

namespace tocsin::communicate {
namespace {

std::string family_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::http:
    case Protocol::https:
      return "HTTP";
    case Protocol::sqs:
      return "SQS";
    case Protocol::email:
    case Protocol::email_json:
    case Protocol::sms:
      return "";
  }
  return "";
}

/// 2014-06-30 00:13:14.853
std::string to_log_time(Instant at) {
  std::string text = to_rfc3339_ms(at);
  text[10] = ' ';
  text.pop_back();
  return text;
}

}  // namespace

Feedback feedback_of(const Topic& topic, Protocol protocol, Random& random) {
  const std::string family = family_of(protocol);
  if (family.empty()) return {};
  Feedback feedback;
  feedback.failure = !topic.attribute(family + "FailureFeedbackRoleArn").empty();
  if (topic.attribute(family + "SuccessFeedbackRoleArn").empty()) return feedback;
  const std::string rate = topic.attribute(family + "SuccessFeedbackSampleRate");
  const int percent = rate.empty() ? 100 : std::atoi(rate.c_str());
  feedback.success = percent >= 100 || (percent > 0 && random.unit() * 100 < percent);
  return feedback;
}

std::string log_group_of(const Scope& scope, const std::string& topic_name, bool delivered) {
  return fmt::format("sns/{}/{}/{}{}", scope.region, scope.account, topic_name, delivered ? "" : "/Failure");
}

std::string to_log_line(const DeliveryReport& report) {
  Object notification{{"messageMD5Sum", report.message_md5}, {"messageId", report.message_id}};
  if (!report.topic_arn.empty()) notification["topicArn"] = report.topic_arn;
  notification["timestamp"] = to_log_time(report.published_at);
  Object delivery{{"deliveryId", report.delivery_id},
                  {"destination", report.destination},
                  {"providerResponse", report.provider_response},
                  {"dwellTimeMs", std::chrono::duration_cast<std::chrono::milliseconds>(report.dwell).count()},
                  {"attempts", report.attempts}};
  if (report.status_code != 0) delivery["statusCode"] = report.status_code;
  return to_json(Object{
      {"notification", std::move(notification)}, {"delivery", std::move(delivery)}, {"status", report.delivered ? "SUCCESS" : "FAILURE"}});
}

}  // namespace tocsin::communicate
