#include "delivery/push/push_carrier.h"

#include <boost/json.hpp>

namespace tocsin::delivery {
namespace {

Object ntfy_request(const PushServer& server, const std::string& topic, const Document& content) {
  const std::string urgency = text_or(content, "urgency", "normal"), url = text_or(content, "url");
  Object message{{"topic", topic},
                 {"title", text_or(content, "title")},
                 {"message", text_or(content, "text")},
                 {"priority", urgency == "high"  ? 5
                              : urgency == "low" ? 2
                                                 : 3}};
  if (urgency == "high") message["tags"] = Array{"rotating_light"};
  if (!url.empty()) {
    message["click"] = url;
    message["actions"] = Array{Object{{"action", "view"}, {"label", "See and acknowledge"}, {"url", url}}};
  }
  Object headers{{"Content-Type", "application/json"}};
  if (!server.token.empty()) headers["Authorization"] = "Bearer " + server.token;
  return {{"method", "POST"}, {"url", server.url + "/"}, {"headers", std::move(headers)}, {"body", to_json(Document(std::move(message)))}};
}

Object gotify_request(const PushServer& server, const Document& content) {
  const std::string urgency = text_or(content, "urgency", "normal"), url = text_or(content, "url");
  Object message{{"title", text_or(content, "title")},
                 {"message", text_or(content, "text")},
                 {"priority", urgency == "high"  ? 9
                              : urgency == "low" ? 2
                                                 : 5}};
  if (!url.empty()) message["extras"] = Object{{"client::notification", Object{{"click", Object{{"url", url}}}}}};
  return {{"method", "POST"},
          {"url", server.url + "/message"},
          {"headers", Object{{"Content-Type", "application/json"}, {"X-Gotify-Key", server.token}}},
          {"body", to_json(Document(std::move(message)))}};
}

}  // namespace

Result<PushServer> parse_push_server(std::string_view text) {
  const auto bad = [](const char* words) { return fail(ErrorKind::invalid, words); };
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return bad("not of the form NAME=ntfy:URL[;token=TOKEN] or NAME=gotify:URL;token=TOKEN");
  PushServer out{.name = std::string(text.substr(0, equals)), .url = {}, .token = {}};
  text.remove_prefix(equals + 1);
  out.gotify = text.starts_with("gotify:");
  if (!out.gotify && !text.starts_with("ntfy:")) return bad("the server is neither ntfy nor gotify");
  text.remove_prefix(out.gotify ? 7 : 5);
  const std::size_t end = text.find(';');
  out.url = text.substr(0, end);
  if (end != std::string_view::npos && text.substr(end + 1).starts_with("token=")) out.token = text.substr(end + 7);
  while (out.url.ends_with('/')) out.url.pop_back();
  if (!out.url.starts_with("https://") && !out.url.starts_with("http://")) return bad("the server's URL is neither http nor https");
  if (out.name.find(':') != std::string::npos) return bad("the name holds a colon");
  if (out.gotify && out.token.empty()) return bad("gotify needs the token of an application: ;token=TOKEN");
  return out;
}

void PushCarrier::carry(const std::string& parcel_id, const Document& content, Done done) {
  const std::string to = text_or(content, "to");
  const std::size_t colon = to.find(':');
  const std::string name = to.substr(0, colon), topic = colon == std::string::npos ? "" : to.substr(colon + 1);
  const PushServer* server = nullptr;
  for (const PushServer& each : servers_())
    if (each.name == name) server = &each;
  if (!server) return done({.result = CarryResult::refused, .error = "no setting 'push' names the server " + name});
  if (!server->gotify && topic.empty()) return done({.result = CarryResult::refused, .error = "the address names no topic"});
  http_.carry(parcel_id, server->gotify ? gotify_request(*server, content) : ntfy_request(*server, topic, content),
              [done = std::move(done)](CarryOutcome outcome) mutable {
                if (outcome.status == 401 || outcome.status == 403) outcome.result = CarryResult::try_again;
                outcome.answer = nullptr;
                done(std::move(outcome));
              });
}

}  // namespace tocsin::delivery
