#include "communicate/topics/delivery_policy.h"

#include <boost/json.hpp>
#include <cmath>

namespace tocsin::communicate {

using namespace std::chrono_literals;

namespace {

constexpr auto total_max = 3600s;

struct BackoffName {
  Backoff backoff;
  const char* text;
};
constexpr BackoffName backoff_names[] = {{Backoff::linear, "linear"},
                                         {Backoff::arithmetic, "arithmetic"},
                                         {Backoff::geometric, "geometric"},
                                         {Backoff::exponential, "exponential"}};

/// Where between the first (0) and the last (1) delay the try at `x` (0 to 1) stands.
double backoff_share(Backoff backoff, double x, double min_seconds, double max_seconds) {
  switch (backoff) {
    case Backoff::linear:
      return x;
    case Backoff::arithmetic:
      return x * x;
    case Backoff::geometric:
      return max_seconds <= min_seconds
                 ? x
                 : (min_seconds * std::pow(max_seconds / min_seconds, x) - min_seconds) / (max_seconds - min_seconds);
    case Backoff::exponential:
      return (std::pow(2.0, 10 * x) - 1) / 1023;
  }
  return x;
}

Duration seconds(double value) { return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value)); }

void append_backoff(std::vector<Duration>& delays, int count, Backoff backoff, double min_seconds, double max_seconds) {
  for (int n = 0; n < count; ++n) {
    const double x = count > 1 ? static_cast<double>(n) / (count - 1) : 0;
    delays.push_back(seconds(min_seconds + (max_seconds - min_seconds) * backoff_share(backoff, x, min_seconds, max_seconds)));
  }
}

std::unexpected<Error> bad(std::string why) {
  return fail(ErrorKind::invalid, "Invalid parameter: DeliveryPolicy: " + why, "InvalidParameterException");
}

/// `of` is where the members stand: "healthyRetryPolicy.".
Result<void> read_number(const Document& policy, const std::string& of, const char* name, int min, int max, int& out) {
  const Document* member = find(policy, name);
  if (!member || member->is_null()) return {};
  const auto value = integer_at(policy, name);
  if (!value) return bad(of + name + " must be a number");
  if (*value < min) return bad(of + name + " must be greater than or equal to " + std::to_string(min));
  if (*value > max) return bad(of + name + " must be less than or equal to " + std::to_string(max));
  out = static_cast<int>(*value);
  return {};
}

Result<void> read_backoff(const Document& policy, const std::string& of, Backoff& out) {
  const auto text = text_at(policy, "backoffFunction");
  if (!text) return {};
  for (const BackoffName& name : backoff_names)
    if (*text == name.text) return out = name.backoff, Result<void>{};
  return bad(of + "backoffFunction: the value [" + *text + "] is not a valid backoff function");
}

Result<int> read_throttle(const Document& policy, const std::string& of) {
  const Document* member = find(policy, "maxReceivesPerSecond");
  if (!member || member->is_null()) return 0;
  const auto value = integer_at(policy, "maxReceivesPerSecond");
  if (!value || *value < 1) return bad(of + "maxReceivesPerSecond must be >= 1");
  return static_cast<int>(std::min<std::int64_t>(*value, 100'000));
}

Result<HealthyRetryPolicy> read_retry(const Document& policy, const std::string& of) {
  HealthyRetryPolicy out;
  Result<void> read = read_number(policy, of, "minDelayTarget", 1, 3600, out.min_delay_target_seconds);
  if (read) read = read_number(policy, of, "maxDelayTarget", 1, 3600, out.max_delay_target_seconds);
  if (read) read = read_number(policy, of, "numRetries", 0, 100, out.retries);
  if (read) read = read_number(policy, of, "numNoDelayRetries", 0, 100, out.no_delay_retries);
  if (read) read = read_number(policy, of, "numMinDelayRetries", 0, 100, out.min_delay_retries);
  if (read) read = read_number(policy, of, "numMaxDelayRetries", 0, 100, out.max_delay_retries);
  if (read) read = read_backoff(policy, of, out.backoff);
  if (!read) return std::unexpected(read.error());
  if (out.min_delay_target_seconds > out.max_delay_target_seconds)
    return bad(of + "maxDelayTarget must be greater than or equal to minDelayTarget");
  if (out.no_delay_retries + out.min_delay_retries + out.max_delay_retries > out.retries)
    return bad(of + "numRetries must be greater than or equal to total of numMinDelayRetries, numNoDelayRetries and numMaxDelayRetries");
  Duration total{};
  for (const Duration delay : out.plan().delays) total += delay;
  if (total > total_max) return bad("the retries must not take more than 3600 seconds in all");
  return out;
}

}  // namespace

delivery::RetryPlan HealthyRetryPolicy::plan() const {
  delivery::RetryPlan plan;
  plan.delays.assign(static_cast<std::size_t>(no_delay_retries), 0s);
  plan.delays.insert(plan.delays.end(), static_cast<std::size_t>(min_delay_retries), std::chrono::seconds(min_delay_target_seconds));
  append_backoff(plan.delays, retries - no_delay_retries - min_delay_retries - max_delay_retries, backoff, min_delay_target_seconds,
                 max_delay_target_seconds);
  plan.delays.insert(plan.delays.end(), static_cast<std::size_t>(max_delay_retries), std::chrono::seconds(max_delay_target_seconds));
  return plan;
}

delivery::RetryPlan customer_managed_plan() {
  delivery::RetryPlan plan;
  plan.delays.assign(2, 10s);
  append_backoff(plan.delays, 10, Backoff::exponential, 10, 600);
  plan.delays.insert(plan.delays.end(), 38, 600s);
  return plan;
}

Result<DeliveryPolicy> parse_delivery_policy(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return bad("it is not a JSON object");
  DeliveryPolicy policy;
  const Document* http = find(*parsed, "http");
  const Document* retry = http ? find(*http, "defaultHealthyRetryPolicy") : find(*parsed, "healthyRetryPolicy");
  if (retry && retry->is_object()) {
    const auto read = read_retry(*retry, http ? "http.defaultHealthyRetryPolicy." : "healthyRetryPolicy.");
    if (!read) return std::unexpected(read.error());
    policy.healthy_retry = *read;
  }
  const Document* throttle = http ? find(*http, "defaultThrottlePolicy") : find(*parsed, "throttlePolicy");
  if (throttle && throttle->is_object()) {
    const auto read = read_throttle(*throttle, http ? "http.defaultThrottlePolicy." : "throttlePolicy.");
    if (!read) return std::unexpected(read.error());
    policy.receives_per_second_max = *read;
  }
  const Document* request = http ? find(*http, "defaultRequestPolicy") : find(*parsed, "requestPolicy");
  if (request) policy.content_type = text_or(*request, "headerContentType", policy.content_type);
  if (policy.content_type.find_first_of("\r\n") != std::string::npos) return bad("headerContentType is not a content type");
  return policy;
}

bool overrides_disabled(std::string_view topic_policy) {
  const auto parsed = topic_policy.empty() ? Result<Document>(Document()) : parse_json(topic_policy);
  const Document* http = parsed && parsed->is_object() ? find(*parsed, "http") : nullptr;
  return http && http->is_object() && truth_or(*http, "disableSubscriptionOverrides", false);
}

Document to_document(const DeliveryPolicy& policy) {
  const HealthyRetryPolicy& retry = policy.healthy_retry;
  const auto name = [&] {
    for (const BackoffName& candidate : backoff_names)
      if (candidate.backoff == retry.backoff) return candidate.text;
    return "linear";
  };
  return Object{
      {"healthyRetryPolicy", Object{{"minDelayTarget", retry.min_delay_target_seconds},
                                    {"maxDelayTarget", retry.max_delay_target_seconds},
                                    {"numRetries", retry.retries},
                                    {"numMaxDelayRetries", retry.max_delay_retries},
                                    {"numNoDelayRetries", retry.no_delay_retries},
                                    {"numMinDelayRetries", retry.min_delay_retries},
                                    {"backoffFunction", name()}}},
      {"sicklyRetryPolicy", nullptr},
      {"throttlePolicy",
       policy.receives_per_second_max > 0 ? Document(Object{{"maxReceivesPerSecond", policy.receives_per_second_max}}) : Document(nullptr)},
      {"requestPolicy", Object{{"headerContentType", policy.content_type}}},
      {"guaranteed", false}};
}

}  // namespace tocsin::communicate
