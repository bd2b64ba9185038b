// Logs in the forms of AWS services. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Transformation-BuiltIn.html
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <span>

#include "base/encoding.h"
#include "telemetry/logs/transformers/grok.h"
#include "telemetry/logs/transformers/processors.h"

namespace tocsin::telemetry::transformers {
namespace {

constexpr std::array<std::string_view, 33> cloudfront_fields = {"date",
                                                                "time",
                                                                "x-edge-location",
                                                                "sc-bytes",
                                                                "c-ip",
                                                                "cs-method",
                                                                "cs(Host)",
                                                                "cs-uri-stem",
                                                                "sc-status",
                                                                "cs(Referer)",
                                                                "cs(User-Agent)",
                                                                "cs-uri-query",
                                                                "cs(Cookie)",
                                                                "x-edge-result-type",
                                                                "x-edge-request-id",
                                                                "x-host-header",
                                                                "cs-protocol",
                                                                "cs-bytes",
                                                                "time-taken",
                                                                "x-forwarded-for",
                                                                "ssl-protocol",
                                                                "ssl-cipher",
                                                                "x-edge-response-result-type",
                                                                "cs-protocol-version",
                                                                "fle-status",
                                                                "fle-encrypted-fields",
                                                                "c-port",
                                                                "time-to-first-byte",
                                                                "x-edge-detailed-result-type",
                                                                "sc-content-type",
                                                                "sc-content-len",
                                                                "sc-range-start",
                                                                "sc-range-end"};
constexpr std::array<std::string_view, 10> route53_fields = {"version",    "queryTimestamp",  "hostZoneId", "queryName",
                                                             "queryType",  "responseCode",    "protocol",   "edgeLocation",
                                                             "resolverIp", "ednsClientSubnet"};
constexpr std::array<std::string_view, 14> vpc_fields = {"version", "accountId", "interfaceId", "srcAddr",  "dstAddr",
                                                         "srcPort", "dstPort",   "protocol",    "packets",  "bytes",
                                                         "start",   "end",       "action",      "logStatus"};

std::vector<std::string> words_of(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  std::vector<std::string> words;
  for (std::size_t at = text.find_first_not_of(blanks); at != std::string_view::npos; at = text.find_first_not_of(blanks, at)) {
    const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

/// A number when it is one as a whole, else the text.
Document value_of(const std::string& text) {
  std::int64_t integer = 0;
  const char* end = text.data() + text.size();
  if (auto [at, error] = std::from_chars(text.data(), end, integer); error == std::errc() && at == end) return integer;
  double number = 0;
  if (!text.empty() && (std::isdigit(static_cast<unsigned char>(text[0])) || text[0] == '-'))
    if (auto [at, error] = std::from_chars(text.data(), end, number); error == std::errc() && at == end) return number;
  return Document(percent_decode(text));
}

Compiled of_words(std::span<const std::string_view> names, std::string_view stays_text) {
  return Process([names, stays_text](Object& event, std::string_view message, const TransformedFrom&) {
    const auto words = words_of(message);
    if (words.size() != names.size()) return false;
    for (std::size_t i = 0; i < names.size(); ++i) event[names[i]] = names[i] == stays_text ? Document(words[i]) : value_of(words[i]);
    return true;
  });
}

/// [{"name": a, "value": b}] as {a: b}; [{"name": a}] as {"name": a}.
void list_to_object(Document* list) {
  if (!list || !list->is_array()) return;
  Object object;
  for (const Document& each : list->get_array()) {
    if (!each.is_object()) continue;
    const auto name = text_at(each, "name");
    const Document* value = find(each, "value");
    if (name && value)
      object[*name] = *value;
    else
      for (const auto& [key, inner] : each.get_object()) object[key] = inner;
  }
  *list = std::move(object);
}

}  // namespace

Compiled parse_cloudfront(const Document&) { return of_words(cloudfront_fields, "c-ip"); }
Compiled parse_route53(const Document&) { return of_words(route53_fields, "hostZoneId"); }
Compiled parse_vpc(const Document&) { return of_words(vpc_fields, "accountId"); }

Compiled parse_waf(const Document&) {
  return Process([](Object& event, std::string_view message, const TransformedFrom&) {
    auto parsed = parse_json(message);
    if (!parsed || !parsed->is_object()) return false;
    event = std::move(parsed->get_object());
    if (Document* request = event.if_contains("httpRequest"); request && request->is_object())
      list_to_object(request->get_object().if_contains("headers"));
    list_to_object(event.if_contains("labels"));
    return true;
  });
}

Compiled parse_postgres(const Document&) {
  auto line = std::make_shared<const re2::RE2>(
      R"(^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \w+):([^:]*):([^@:]*)@([^:]*):\[(\d+)\]:\s*(\w+):.*)", re2::RE2::Quiet);
  return Process([line](Object& event, std::string_view message, const TransformedFrom&) {
    std::array<std::string, 6> parts;
    if (!re2::RE2::PartialMatch({message.data(), message.size()}, *line, &parts[0], &parts[1], &parts[2], &parts[3], &parts[4], &parts[5]))
      return false;
    constexpr std::array<std::string_view, 6> names = {"logTime", "srcIp", "userName", "dbName", "processId", "logLevel"};
    for (std::size_t i = 0; i < names.size(); ++i) event[names[i]] = parts[i];
    return true;
  });
}

}  // namespace tocsin::telemetry::transformers
