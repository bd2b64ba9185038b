#include "delivery/chat/chat_carrier.h"

#include <boost/json.hpp>
#include <mutex>

#include "delivery/chat/chat_message.h"

namespace tocsin::delivery {
namespace {

constexpr std::size_t threads_max = 10'000;

bool is_passing(std::string_view word) {
  for (const char* each : {"ratelimited", "rate_limited", "fatal_error", "internal_error", "service_unavailable", "request_timeout",
                           "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired"})
    if (word == each) return true;
  return false;
}

// Slack answers 200 to everything
CarryOutcome outcome_of_slack(CarryOutcome outcome, const Document& answer) {
  if (outcome.result != CarryResult::delivered || truth_or(answer, "ok", true)) return outcome;
  const std::string word = text_or(answer, "error", "unknown_error");
  return {.result = is_passing(word) ? CarryResult::try_again : CarryResult::refused,
          .error = "Slack answered " + word,
          .error_code = {},
          .status = outcome.status};
}

}  // namespace

/// Which of Slack's threads a key is, while the server runs; what comes back comes from any thread.
struct ChatCarrier::Threads {
  std::mutex mutex;
  std::map<std::string, std::string> known;
  std::deque<std::string> order;

  std::string find(const std::string& key) {
    const std::lock_guard lock(mutex);
    const auto found = known.find(key);
    return found == known.end() ? std::string() : found->second;
  }
  void keep(const std::string& key, const std::string& timestamp) {
    const std::lock_guard lock(mutex);
    if (!known.emplace(key, timestamp).second) return;
    order.push_back(key);
    if (order.size() <= threads_max) return;
    known.erase(order.front());
    order.pop_front();
  }
};

ChatCarrier::ChatCarrier(std::function<const ChatEndpoints&()> endpoints, Carrier& http)
    : endpoints_(std::move(endpoints)), http_(http), threads_(std::make_shared<Threads>()) {}
ChatCarrier::~ChatCarrier() = default;

void ChatCarrier::carry(const std::string& parcel_id, const Document& content, Done done) {
  const std::string workspace = text_or(content, "workspace"), channel = text_or(content, "channel"), thread = text_or(content, "thread");
  ChatEndpoint endpoint{.service = ChatService::chime, .webhook = text_or(content, "webhook")};
  if (endpoint.webhook.empty()) {
    const auto found = endpoints_().find(workspace, channel);
    if (!found) return done({.result = CarryResult::refused, .error = "no setting 'chat' names the workspace " + workspace});
    endpoint = *found;
  }
  // a webhook of a channel knows its channel
  const bool names_channel = endpoint.webhook.empty() || (endpoint.service == ChatService::mattermost && endpoint.channel.empty());
  Document body = chat_body(endpoint.service, chat_message_from(object_at(content, "message")), names_channel ? channel : "");
  Object headers{{"Content-Type", "application/json; charset=utf-8"}};
  const std::string key = thread.empty() ? "" : workspace + '/' + channel + '/' + thread;
  if (!endpoint.token.empty()) {
    headers["Authorization"] = "Bearer " + endpoint.token;
    if (const std::string parent = key.empty() ? "" : threads_->find(key); !parent.empty()) body.as_object()["thread_ts"] = parent;
  }
  const std::string url = endpoint.token.empty() ? endpoint.webhook : endpoint.api + "/chat.postMessage";
  const bool slack = !endpoint.token.empty();
  http_.carry(parcel_id, Object{{"method", "POST"}, {"url", url}, {"headers", std::move(headers)}, {"body", to_json(body)}},
              [done = std::move(done), slack, key, threads = threads_](CarryOutcome outcome) mutable {
                if (!slack) return done(std::move(outcome));
                const auto answer = parse_json(text_or(outcome.answer, "body"));
                const Document said = answer ? *answer : Document(Object{});
                outcome = outcome_of_slack(std::move(outcome), said);
                if (outcome.result == CarryResult::delivered && !key.empty()) threads->keep(key, text_or(said, "ts"));
                done(std::move(outcome));
              });
}

}  // namespace tocsin::delivery
