#include "wire/http/path_router.h"

namespace tocsin::wire {
namespace {

bool lies_below(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  return path.size() == prefix.size() || prefix.ends_with('/') || path[prefix.size()] == '/';
}

}  // namespace

template <typename Handler>
Handler* PathRouter::Table<Handler>::find(std::string_view path) const {
  if (const auto found = exact.find(path); found != exact.end()) return found->second;
  Handler* best = nullptr;
  std::size_t best_length = 0;
  for (const auto& [prefix, handler] : prefixes) {
    if (!lies_below(path, prefix) || prefix.size() < best_length) continue;
    best = handler;
    best_length = prefix.size();
  }
  return best;
}

void PathRouter::handle(HttpRequest request, Respond respond) {
  HttpHandler* handler = http_.find(request.path);
  (handler ? handler : otherwise_)->handle(std::move(request), std::move(respond));
}

void PathRouter::upgrade(HttpRequest request, Accept accept, Respond refuse) {
  if (WebSocketHandler* handler = web_sockets_.find(request.path))
    return handler->upgrade(std::move(request), std::move(accept), std::move(refuse));
  HttpResponse answer{.status = 404, .body = "no web socket at this path\n"};
  answer.headers.add("Content-Type", "text/plain; charset=utf-8");
  refuse(std::move(answer));
}

}  // namespace tocsin::wire
