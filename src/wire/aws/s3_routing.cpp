#include "wire/aws/s3_routing.h"

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "wire/aws/router.h"

namespace tocsin::wire {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

bool has(const Parameters& parameters, std::string_view name) {
  return std::ranges::any_of(parameters, [&](const auto& parameter) { return parameter.first == name; });
}

Parameters constants_of(const OperationModel& operation) {
  const std::size_t at = operation.uri_text.find('?');
  return at == std::string::npos ? Parameters{} : parse_form(std::string_view(operation.uri_text).substr(at + 1));
}

/// What stands in the query of some operations alone: "acl", "uploads", "uploadId" …
std::set<std::string> subresources(const ServiceModel& service) {
  std::set<std::string> out;
  for (const auto& [name, operation] : service.operations()) {
    for (const auto& [constant, value] : constants_of(operation)) out.insert(constant);
    if (operation.input)
      for (const Member& member : operation.input->members)
        if (member.required && member.location == Location::query_string) out.insert(std::string(member.wire_name()));
  }
  out.erase("x-id");
  return out;
}

struct Address {
  std::string bucket, key;
};

std::string bucket_in_host(std::string_view host) {
  host = host.substr(0, host.find(':'));
  for (const std::string_view after : {".s3.", ".s3-", ".localhost"}) {
    const std::size_t at = host.find(after);
    if (at != std::string_view::npos && at > 0) return std::string(host.substr(0, at));
  }
  return {};
}

Address address_of(const HttpRequest& request) {
  Address address{.bucket = bucket_in_host(request.headers.get("Host")), .key = {}};
  std::string_view path = request.path;
  if (path.starts_with('/')) path.remove_prefix(1);
  if (address.bucket.empty()) {
    const std::size_t slash = path.find('/');
    address.bucket = percent_decode(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  address.key = percent_decode(path);
  return address;
}

/// How many of the things that it asks for are there; -1 when one is not, or there is something that is another's.
int fit(const OperationModel& operation, const HttpRequest& request, const Parameters& query, const Address& address, const std::set<std::string>& others) {
  const bool wants_key = operation.uri_text.find("{Key+}") != std::string::npos;
  const bool wants_bucket = operation.uri_text.find("{Bucket}") != std::string::npos;
  if (operation.http_method != request.method || wants_key == address.key.empty() || wants_bucket == address.bucket.empty()) return -1;
  const std::string_view path = std::string_view(operation.uri_text).substr(0, operation.uri_text.find('?'));
  if (path != (wants_key ? "/{Bucket}/{Key+}" : wants_bucket ? "/{Bucket}" : "/")) return -1;
  int found = 0;
  std::set<std::string> own;
  for (const auto& [name, value] : constants_of(operation)) {
    own.insert(name);
    if (name == "x-id") continue;
    const auto given = std::ranges::find(query, name, &Parameters::value_type::first);
    if (given == query.end() || (!value.empty() && given->second != value)) return -1;
    ++found;
  }
  for (const Member& member : operation.input ? operation.input->members : std::vector<Member>{}) {
    if (member.location == Location::query_string) own.insert(std::string(member.wire_name()));
    if (!member.required || (member.location != Location::query_string && member.location != Location::header)) continue;
    if (!(member.location == Location::header ? request.headers.has(member.wire_name()) : has(query, member.wire_name()))) return -1;
    ++found;
  }
  for (const auto& [name, value] : query)
    if (others.contains(name) && !own.contains(name)) return -1;
  return found;
}

}  // namespace

bool is_for_s3(const HttpRequest& request) { return credential_service(request) == "s3"; }

std::optional<S3Route> s3_route(const HttpRequest& request, const ServiceModel& service) {
  static const std::set<std::string> others = subresources(service);
  const Parameters query = parse_form(request.query);
  const Address address = address_of(request);
  const OperationModel* best = nullptr;
  int best_fit = -1;
  for (const auto& [name, operation] : service.operations()) {
    const int found = fit(operation, request, query, address, others);
    if (found <= best_fit) continue;
    best = &operation;
    best_fit = found;
  }
  if (!best) return std::nullopt;
  S3Route route{.operation = best, .labels = {}};
  if (!address.bucket.empty()) route.labels.emplace_back("Bucket", address.bucket);
  if (!address.key.empty()) route.labels.emplace_back("Key", address.key);
  return route;
}

}  // namespace tocsin::wire
