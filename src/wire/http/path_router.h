// Which handler answers which path: exact paths, then the longest prefix, then the default. The list of unsigned paths stands where the
// router is filled.
#pragma once

#include <map>
#include <string>

#include "wire/http/http_message.h"
#include "wire/http/web_socket.h"

namespace tocsin::wire {

/// Filled before the server starts, constant afterwards. Handlers must outlive it.
class PathRouter final : public HttpHandler, public WebSocketHandler {
 public:
  /// `otherwise` answers what no path names (the AWS dispatcher).
  explicit PathRouter(HttpHandler& otherwise) : otherwise_(&otherwise) {}

  /// The raw path "/healthz" itself.
  void exact(std::string path, HttpHandler& handler) { http_.exact[std::move(path)] = &handler; }
  /// "/status/" serves everything below it; "/status" serves itself and what is below "/status/".
  void prefix(std::string path, HttpHandler& handler) { http_.prefixes[std::move(path)] = &handler; }
  void exact_web_socket(std::string path, WebSocketHandler& handler) { web_sockets_.exact[std::move(path)] = &handler; }
  void prefix_web_socket(std::string path, WebSocketHandler& handler) { web_sockets_.prefixes[std::move(path)] = &handler; }

  void handle(HttpRequest request, Respond respond) override;
  /// Refuses with 404 where there is no web socket.
  void upgrade(HttpRequest request, Accept accept, Respond refuse) override;

 private:
  template <typename Handler>
  struct Table {
    std::map<std::string, Handler*, std::less<>> exact;
    std::map<std::string, Handler*, std::less<>> prefixes;
    Handler* find(std::string_view path) const;
  };

  Table<HttpHandler> http_;
  Table<WebSocketHandler> web_sockets_;
  HttpHandler* otherwise_;
};

}  // namespace tocsin::wire
