// One HTTP request and one response, whole, as values.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::wire {

/// Header fields in order; names compare without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// Replaces all fields of that name.
  void set(std::string_view name, std::string value);
  /// The first field's value, "" when there is none.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

struct HttpRequest {
  std::string method;  ///< upper case, as sent
  std::string target;  ///< raw, as sent: path and query
  std::string path;    ///< raw (still percent-encoded), up to '?'
  std::string query;   ///< raw, after '?'
  Headers headers;
  std::string body;  ///< whole; chunks joined, Content-Encoding: gzip undone when the server was told to
  /// SHA-256 (hex) of the body as it was sent, when an encoding was undone; else empty. What signatures are checked against.
  std::string sent_body_sha256;
  bool tls = false;
  std::string peer_address;   ///< of the caller, without port
  std::string local_address;  ///< host:port that was reached, for URLs handed out when Host is missing
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
};

using Respond = std::move_only_function<void(HttpResponse)>;

/// Answers requests. `handle` is called on an I/O thread; `respond` may be called from any thread, exactly once; a connection that went
/// away swallows it.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void handle(HttpRequest request, Respond respond) = 0;
};

}  // namespace tocsin::wire
