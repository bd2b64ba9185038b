#include "telemetry/traces/span_detail.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

namespace tocsin::telemetry {
namespace {

using wire::otlp::Span;
using wire::otlp::SpanKind;

constexpr std::size_t annotations_max = 50;

std::int64_t number_of(const Object& attributes, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (const Document* value = find(attributes, name); value && value->is_int64()) return value->get_int64();
  return 0;
}

void set_text(Object& into, std::string_view key, const std::string& value) {
  if (!value.empty()) into[key] = value;
}

std::string url_of(const Object& a) {
  if (std::string url = text_of(a, {"url.full", "http.url"}); !url.empty()) return url;
  std::string host = text_of(a, {"server.address", "http.host", "net.host.name", "http.server_name"});
  if (host.empty()) return {};
  const std::int64_t port = number_of(a, {"server.port", "net.host.port"});
  const std::string scheme = text_of(a, {"url.scheme", "http.scheme"});
  if (port != 0 && port != 80 && port != 443 && host.find(':') == std::string::npos) host += ":" + std::to_string(port);
  std::string path = text_of(a, {"http.target", "url.path"});
  if (const std::string query = text_of(a, {"url.query"}); !query.empty() && path.find('?') == std::string::npos) path += "?" + query;
  return (scheme.empty() ? "http" : scheme) + "://" + host + path;
}

std::int64_t status_of(const Span& span) { return number_of(span.attributes, {"http.response.status_code", "http.status_code"}); }

void describe_http(Object& document, const Span& span) {
  const Object& a = span.attributes;
  Object request, response;
  set_text(request, "method", text_of(a, {"http.request.method", "http.method"}));
  if (request.empty() && status_of(span) == 0) return;
  set_text(request, "url", url_of(a));
  set_text(request, "user_agent", text_of(a, {"user_agent.original", "http.user_agent"}));
  if (span.kind == SpanKind::server) {
    const std::string client = text_of(a, {"client.address", "http.client_ip"});
    set_text(request, "client_ip", client.empty() ? text_of(a, {"network.peer.address", "net.peer.ip", "net.sock.peer.addr"}) : client);
    if (!client.empty()) request["x_forwarded_for"] = true;
  }
  if (const std::int64_t status = status_of(span); status != 0) response["status"] = status;
  if (const std::int64_t length = number_of(a, {"http.response.body.size", "http.response_content_length"}); length != 0)
    response["content_length"] = length;
  Object http;
  if (!request.empty()) http["request"] = std::move(request);
  if (!response.empty()) http["response"] = std::move(response);
  document["http"] = std::move(http);
}

void describe_sql(Object& document, const Span& span) {
  static const std::map<std::string, std::string, std::less<>> not_sql = {{"redis", ""},    {"mongodb", ""},       {"cassandra", ""},
                                                                          {"dynamodb", ""}, {"elasticsearch", ""}, {"memcached", ""}};
  const Object& a = span.attributes;
  const std::string system = text_of(a, {"db.system.name", "db.system"});
  if (system.empty() || not_sql.contains(system)) return;
  Object sql{{"database_type", system}};
  const std::string host = text_of(a, {"server.address", "net.peer.name"}), database = text_of(a, {"db.namespace", "db.name"});
  set_text(sql, "url", host.empty() ? text_of(a, {"db.connection_string"}) : host + "/" + database);
  set_text(sql, "sanitized_query", text_of(a, {"db.query.text", "db.statement"}));
  set_text(sql, "user", text_of(a, {"db.user"}));
  document["sql"] = std::move(sql);
}

void describe_aws(Object& document, const Span& span) {
  if (aws_service_of(span).empty()) return;
  const Object& a = span.attributes;
  Object& aws = document["aws"].is_object() ? document["aws"].get_object() : document["aws"].emplace_object();
  set_text(aws, "operation", text_of(a, {"rpc.method", "aws.operation"}));
  set_text(aws, "request_id", text_of(a, {"aws.request_id", "aws.requestId"}));
  set_text(aws, "table_name", text_of(a, {"aws.table_name", "aws.dynamodb.table_name"}));
  set_text(aws, "queue_url", text_of(a, {"aws.queue_url", "aws.queue.url", "aws.sqs.queue.url"}));
  set_text(aws, "region", text_of(a, {"aws.region", "cloud.region"}));
  if (const Document* tables = find(a, "aws.dynamodb.table_names");
      tables && tables->is_array() && !tables->get_array().empty() && tables->get_array()[0].is_string())
    aws["table_name"] = tables->get_array()[0];
}

std::string annotation_name(std::string_view key) {
  std::string out(key);
  for (char& c : out)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.') c = '_';
  return out;
}

// annotation.KEY, and those that aws.xray.annotations names; the rest is metadata
void divide_attributes(Object& document, const Object& attributes) {
  Object annotations, metadata;
  const auto is_scalar = [](const Document& value) { return value.is_string() || value.is_bool() || value.is_number(); };
  std::vector<std::string> named;
  if (const Document* names = find(attributes, "aws.xray.annotations"); names && names->is_array())
    for (const Document& name : names->get_array())
      if (name.is_string()) named.emplace_back(name.get_string());
  for (const auto& [key, value] : attributes) {
    const std::string_view name = key;
    if (name == "aws.xray.annotations") continue;
    const bool prefixed = name.starts_with("annotation.");
    if ((prefixed || std::ranges::find(named, name) != named.end()) && is_scalar(value) && annotations.size() < annotations_max)
      annotations[annotation_name(prefixed ? name.substr(11) : name)] = value;
    else
      metadata[key] = value;
  }
  if (!annotations.empty()) document["annotations"] = std::move(annotations);
  if (!metadata.empty()) document["metadata"] = Object{{"default", std::move(metadata)}};
}

Document exceptions_of(const Span& span, const std::string& id) {
  Array exceptions;
  for (const wire::otlp::SpanEvent& event : span.events) {
    if (event.name != "exception" || exceptions.size() == 10) continue;
    Object exception{
        {"id", id}, {"type", text_of(event.attributes, {"exception.type"})}, {"message", text_of(event.attributes, {"exception.message"})}};
    if (span.kind == SpanKind::client) exception["remote"] = true;
    exceptions.push_back(std::move(exception));
  }
  if (exceptions.empty() && !span.status_message.empty()) exceptions.push_back(Object{{"id", id}, {"message", span.status_message}});
  return exceptions;
}

}  // namespace

std::string text_of(const Object& attributes, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const Document* value = find(attributes, name);
    if (value && value->is_string() && !value->get_string().empty()) return std::string(value->get_string());
  }
  return {};
}

std::string aws_service_of(const Span& span) {
  if (text_of(span.attributes, {"rpc.system", "rpc.system.name"}) == "aws-api") return text_of(span.attributes, {"rpc.service"});
  return text_of(span.attributes, {"aws.service"});
}

void describe_resource(Object& document, const wire::otlp::Resource& resource) {
  static const std::map<std::string, const char*, std::less<>> origins = {{"aws_ec2", "AWS::EC2::Instance"},
                                                                          {"aws_ecs", "AWS::ECS::Container"},
                                                                          {"aws_eks", "AWS::EKS::Container"},
                                                                          {"aws_elastic_beanstalk", "AWS::ElasticBeanstalk::Environment"},
                                                                          {"aws_lambda", "AWS::Lambda::Function"}};
  const Object& a = resource.attributes;
  if (const auto origin = origins.find(text_of(a, {"cloud.platform"})); origin != origins.end()) document["origin"] = origin->second;
  if (const std::string version = text_of(a, {"service.version"}); !version.empty()) document["service"] = Object{{"version", version}};
  Object aws, ec2;
  set_text(aws, "account_id", text_of(a, {"cloud.account.id"}));
  set_text(ec2, "instance_id", text_of(a, {"host.id"}));
  set_text(ec2, "availability_zone", text_of(a, {"cloud.availability_zone"}));
  if (!ec2.empty()) aws["ec2"] = std::move(ec2);
  if (!aws.empty()) document["aws"] = std::move(aws);
}

void describe_span(Object& document, const Span& span) {
  describe_http(document, span);
  describe_sql(document, span);
  describe_aws(document, span);
  set_text(document, "user", text_of(span.attributes, {"enduser.id", "user.id"}));
  divide_attributes(document, span.attributes);
}

void describe_outcome(Object& document, const Span& span) {
  const std::int64_t status = status_of(span);
  if (status == 429) document["throttle"] = true;
  if (status >= 400 && status < 500) document["error"] = true;
  if (status >= 500 || (status < 400 && span.status == wire::otlp::SpanStatus::error)) document["fault"] = true;
  if (!document.contains("error") && !document.contains("fault")) return;
  const std::string id(document.at("id").get_string());
  if (Document exceptions = exceptions_of(span, id); !exceptions.get_array().empty())
    document["cause"] = Object{{"exceptions", std::move(exceptions)}};
}

}  // namespace tocsin::telemetry
