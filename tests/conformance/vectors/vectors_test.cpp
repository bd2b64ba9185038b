// Runs the vectors of a protocol: vectors_test MODEL FILE... Each file is one protocol's; README.md says how they are written. The last
// lines tell how many held of each protocol.
#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <iostream>
#include <limits>
#include <sstream>

#include "base/document.h"
#include "base/encoding.h"
#include "wire/aws/codec.h"

namespace tocsin::wire {
namespace {

std::string file_text(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// {"$base64": …} are bytes, {"$number": "NaN"} a number that JSON has not.
Document value_of(const Document& written) {
  if (written.is_array()) {
    Array out;
    for (const Document& each : written.get_array()) out.push_back(value_of(each));
    return Document(std::move(out));
  }
  if (!written.is_object()) return written;
  if (const auto bytes = text_at(written, "$base64")) return Document(boost::json::string(from_base64(*bytes).value_or("?")));
  if (const auto number = text_at(written, "$number"))
    return *number == "NaN"        ? std::numeric_limits<double>::quiet_NaN()
           : *number == "Infinity" ? std::numeric_limits<double>::infinity()
                                   : -std::numeric_limits<double>::infinity();
  Object out;
  for (const auto& [name, each] : written.get_object()) out[name] = value_of(each);
  return Document(std::move(out));
}

bool same(const Document& a, const Document& b) {
  if (as_number(a) && as_number(b))
    return (std::isnan(*as_number(a)) && std::isnan(*as_number(b))) ||
           (a.is_int64() && b.is_int64() ? a == b : *as_number(a) == *as_number(b));
  if (a.is_array() && b.is_array()) return std::ranges::equal(a.get_array(), b.get_array(), same);
  if (!a.is_object() || !b.is_object()) return a == b;
  if (a.get_object().size() != b.get_object().size()) return false;
  for (const auto& [name, each] : a.get_object())
    if (const Document* other = b.get_object().if_contains(name); !other || !same(each, *other)) return false;
  return true;
}

/// "body", or "hex" or "base64" of it; "repeat": [text, times] before "body".
std::string body_of(const Document& vector) {
  if (const auto hex = text_at(vector, "hex")) return from_hex(*hex).value_or("?");
  if (const auto base64 = text_at(vector, "base64")) return from_base64(*base64).value_or("?");
  std::string body;
  if (const Array& repeat = array_at(vector, "repeat"); repeat.size() == 2)
    for (std::int64_t i = 0; i < repeat[1].as_int64(); ++i) body += std::string_view(repeat[0].as_string());
  return body + text_or(vector, "body");
}

class Runner {
 public:
  Runner(const ServiceModel& model, const Document& file) : model_(model), protocol_text_(text_or(file, "protocol")), file_(file) {
    protocol_ = *protocol_of(protocol_text_.starts_with("json") ? "json" : protocol_text_, protocol_text_ == "json-1.1" ? "1.1" : "1.0");
  }

  bool run() {
    for (const Document& vector : array_at(file_, "requests")) request(vector);
    for (const Document& vector : array_at(file_, "responses")) response(vector);
    for (const Document& vector : array_at(file_, "both")) both(vector);
    for (const Document& vector : array_at(file_, "errors")) error(vector);
    std::cout << "vectors " << protocol_text_ << ": " << held_ << " held, " << failed_ << " failed\n";
    return failed_ == 0;
  }

 private:
  Route route_of(const Document& vector) {
    Route route{.service = &model_, .operation = model_.operation(text_or(vector, "operation", "Echo")), .protocol = protocol_};
    return route;
  }

  void hold(const Document& vector, bool held, const std::string& got) {
    ++(held ? held_ : failed_);
    if (!held) std::cout << protocol_text_ << ": " << to_json(vector).substr(0, 700) << "\n   got " << got.substr(0, 700) << "\n";
  }

  void request(const Document& vector) {
    HttpRequest request{.method = text_or(vector, "method", "POST"), .target = text_or(vector, "path", "/"), .body = body_of(vector)};
    const std::string prefix = text_or(file_, "bodyPrefix");
    if (!request.body.empty() && !truth_or(vector, "whole", false)) request.body = prefix + request.body + text_or(file_, "bodySuffix");
    request.path = request.target.substr(0, request.target.find('?'));
    if (const auto at = request.target.find('?'); at != std::string::npos) request.query = request.target.substr(at + 1);
    for (const auto& [name, value] : object_at(vector, "headers"))
      request.headers.add(std::string(name), std::string(std::string_view(value.as_string())));
    Route route = route_of(vector);
    if (route.operation->uri_text.find('{') != std::string::npos) {
      auto labels = route.operation->uri.match(request.path, request.query);
      if (!labels) return hold(vector, text_or(vector, "error") == "NoMatch", "no match of the path");
      route.labels = std::move(*labels);
    }
    const auto parsed = codec_of(protocol_).parse(route, request);
    if (const auto code = text_at(vector, "error"))
      return hold(vector, !parsed && parsed.error().code == *code, parsed ? to_json(*parsed) : parsed.error().code);
    const Document* wanted = find(vector, "document");
    hold(vector, parsed && wanted && same(*parsed, value_of(*wanted)),
         parsed ? to_json(*parsed) : parsed.error().code + ": " + parsed.error().message);
  }

  void response(const Document& vector) {
    const HttpResponse response = codec_of(protocol_).write(route_of(vector), value_of(*find(vector, "document")), "rid");
    compare(vector, response, !truth_or(vector, "whole", false));
  }

  void compare(const Document& vector, const HttpResponse& response, bool framed) {
    bool held = response.status == integer_or(vector, "status", 200);
    std::string wanted = body_of(vector);
    if (framed && find(vector, "body")) wanted = text_or(file_, "answerPrefix") + wanted + text_or(file_, "answerSuffix");
    held = held && response.body == wanted;
    std::string got = std::to_string(response.status) + " " + (find(vector, "hex") ? to_hex(response.body) : response.body);
    for (const auto& [name, value] : object_at(vector, "headers")) {
      held = held && response.headers.get(name) == std::string_view(value.as_string());
      got += " | " + std::string(name) + ": " + std::string(response.headers.get(name));
    }
    hold(vector, held, got);
  }

  /// The same bytes are a request's body and an answer's.
  void both(const Document& vector) {
    request(vector);
    response(vector);
  }

  void error(const Document& vector) {
    const WireError wrong{text_or(vector, "code"), text_or(vector, "message", "It <failed>."), 0, object_at(vector, "members")};
    compare(vector, codec_of(protocol_).write_error({&model_, protocol_}, wrong, "rid"), false);
  }

  const ServiceModel& model_;
  const std::string protocol_text_;
  const Document& file_;
  Protocol protocol_;
  int held_ = 0, failed_ = 0;
};

}  // namespace
}  // namespace tocsin::wire

int main(int count, char** arguments) {
  using namespace tocsin;
  auto model = wire::parse_service_model("vectors", wire::file_text(arguments[1]));
  if (!model) return std::cerr << model.error().message << "\n", 1;
  bool held = true;
  for (int i = 2; i < count; ++i) {
    const auto file = parse_json(wire::file_text(arguments[i]));
    if (!file) return std::cerr << arguments[i] << ": " << file.error().message << "\n", 1;
    held = wire::Runner(**model, *file).run() && held;
  }
  return held ? 0 : 1;
}
