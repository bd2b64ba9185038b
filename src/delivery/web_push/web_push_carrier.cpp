#include "delivery/web_push/web_push_carrier.h"

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "delivery/web_push/vapid.h"

namespace tocsin::delivery {
namespace {

constexpr const char* kept_for_s = "3600";

// browsers write base64url without padding
std::optional<std::string> from_base64url(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  text.append((4 - text.size() % 4) % 4, '=');
  return from_base64(text);
}

std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0) == 0x80) --bytes_max;
  text.resize(bytes_max);
  return text;
}

}  // namespace

Result<PushSubscription> read_subscription(const Document& document) {
  const Object& keys = object_at(document, "keys");
  const auto p256dh = from_base64url(text_or(keys, "p256dh")), auth = from_base64url(text_or(keys, "auth"));
  PushSubscription out{text_or(document, "endpoint"), p256dh.value_or(""), auth.value_or("")};
  if (!out.endpoint.starts_with("https://") || out.endpoint.size() > 2000 || out.endpoint.find_first_of(" \r\n\t") != std::string::npos)
    return fail(ErrorKind::invalid, "the subscription has no endpoint of https");
  if (out.p256dh.size() != 65 || out.auth.size() != 16) return fail(ErrorKind::invalid, "the subscription's keys are none");
  return out;
}

Result<Document> WebPushCarrier::request_of(const std::string& parcel_id, const Document& content) {
  const auto subscription = read_subscription(object_at(content, "subscription"));
  if (!subscription) return std::unexpected(subscription.error());
  const auto sender = P256Key::generate();
  if (!sender) return std::unexpected(sender.error());
  std::string salt(16, '\0');
  random_.fill(std::as_writable_bytes(std::span(salt)));
  const Object payload{
      {"title", cut(text_or(content, "title"), 200)}, {"body", cut(text_or(content, "text"), 2000)}, {"url", text_or(content, "url")}};
  const auto body = encrypt_push(to_json(payload), *subscription, *sender, salt);
  if (!body) return std::unexpected(body.error());
  const auto authorization = vapid_authorization(subscription->endpoint, *options_.key(), options_.contact, clock_.now());
  if (!authorization) return std::unexpected(authorization.error());
  Object headers{{"Content-Type", "application/octet-stream"},
                 {"Content-Encoding", "aes128gcm"},
                 {"TTL", kept_for_s},
                 {"Urgency", text_or(content, "urgency", "normal")},
                 {"Authorization", *authorization}};
  // a repeated try replaces the first (RFC 8030 §5.4)
  headers["Topic"] = to_base64url(sha256(parcel_id)).substr(0, 32);
  return Object{{"method", "POST"}, {"url", subscription->endpoint}, {"headers", std::move(headers)}, {"body", *body}};
}

void WebPushCarrier::carry(const std::string& parcel_id, const Document& content, Done done) {
  if (!options_.key()) return done({.result = CarryResult::try_again, .error = "the server's push key is not made yet"});
  const auto request = request_of(parcel_id, content);
  if (!request) return done({.result = CarryResult::refused, .error = request.error().message});
  http_.carry(parcel_id, *request, [done = std::move(done)](CarryOutcome outcome) mutable {
    if (outcome.status == 401 || outcome.status == 403) outcome.result = CarryResult::try_again;
    if (outcome.status == 404 || outcome.status == 410) outcome.error = "the browser has unsubscribed";
    outcome.answer = nullptr;
    done(std::move(outcome));
  });
}

}  // namespace tocsin::delivery
