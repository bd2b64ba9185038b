#include "wire/http/response_text.h"

#include <strings.h>

#include "base/text_time.h"

namespace tocsin::wire {
namespace {

bool is_ours(const std::string& name) {
  for (const char* ours : {"Content-Length", "Connection", "Transfer-Encoding", "Date", "x-tocsin-body-stream"})
    if (strcasecmp(name.c_str(), ours) == 0) return true;
  return false;
}

void append_field(std::string& out, const Headers::Field& field) {
  for (const std::string* part : {&field.first, &field.second}) {
    for (const char c : *part) out += (c == '\r' || c == '\n' || c == '\0') ? ' ' : c;
    out += part == &field.first ? ": " : "\r\n";
  }
}

bool has_no_body(int status) { return status == 204 || status == 304 || status < 200; }

}  // namespace

std::string_view status_words(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

std::string response_head(const HttpResponse& response, ResponseForm form, Instant now) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out += status_words(response.status);
  out += "\r\n";
  for (const Headers::Field& field : response.headers.fields())
    if (!is_ours(field.first)) append_field(out, field);
  out += "Date: " + to_http_date(now) + "\r\n";
  if (form.chunked)
    out += form.http_1_0 ? "" : "Transfer-Encoding: chunked\r\n";
  else if (!has_no_body(response.status))
    out += "Content-Length: " + (form.told_length < 0 ? std::to_string(response.body.size()) : std::to_string(form.told_length)) + "\r\n";
  if (!form.keep_alive) out += "Connection: close\r\n";
  if (form.keep_alive && form.http_1_0) out += "Connection: keep-alive\r\n";
  return out + "\r\n";
}

std::string switching_head(const Headers& headers) {
  std::string out = "HTTP/1.1 101 Switching Protocols\r\n";
  for (const Headers::Field& field : headers.fields()) append_field(out, field);
  return out + "\r\n";
}

}  // namespace tocsin::wire
