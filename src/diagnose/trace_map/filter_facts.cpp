#include "diagnose/trace_map/filter_facts.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::diagnose {
namespace {

using Values = std::vector<FactValue>;

Values of_text(const Object& object, std::string_view key) {
  const Document* value = find(object, key);
  if (value && value->is_string()) return {std::string(value->get_string())};
  return {};
}

Values of_http(const Object& document, const std::string& key) {
  const Object& http = object_at(document, "http");
  const Object& request = object_at(http, "request");
  if (key == "http.url") return of_text(request, "url");
  if (key == "http.method") return of_text(request, "method");
  if (key == "http.useragent") return of_text(request, "user_agent");
  if (key == "http.clientip") return of_text(request, "client_ip");
  if (key != "http.status") return {};
  const Document* status = find(object_at(http, "response"), "status");
  const auto number = status ? as_number(*status) : std::nullopt;
  return number ? Values{*number} : Values{};
}

Values of_place(const Object& document, const std::string& key) {
  const Object& aws = object_at(document, "aws");
  if (key == "instance.id") return of_text(object_at(aws, "ec2"), "instance_id");
  if (key == "availabilityzone") return of_text(object_at(aws, "ec2"), "availability_zone");
  if (key == "user") return of_text(document, "user");
  if (key != "resource.arn") return {};
  Values out = of_text(document, "resource_arn");
  for (FactValue& value : of_text(aws, "resource_arn")) out.push_back(std::move(value));
  return out;
}

Values of_messages(const Object& document) {
  Values out;
  for (const Document& exception : array_at(object_at(document, "cause"), "exceptions"))
    if (auto message = text_at(exception, "message")) out.emplace_back(std::move(*message));
  return out;
}

Values of_entity(const TraceEntity& entity, const std::string& key) {
  if (key == "ok") return {!entity.in_progress && entity.ok()};
  if (key == "error") return {entity.error};
  if (key == "throttle") return {entity.throttle};
  if (key == "fault") return {entity.fault};
  if (key == "partial") return {entity.in_progress};
  if (key == "responsetime" || key == "duration") return {entity.seconds()};
  if (key == "message") return of_messages(*entity.document);
  if (key.starts_with("http.")) return of_http(*entity.document, key);
  return of_place(*entity.document, key);
}

Values of_segment(const TraceSegment& segment, const std::string& key) {
  if (key == "name") return {segment.entity.name};
  if (key == "type") return segment.type.empty() ? Values{} : Values{segment.type};
  if (key == "root") return {segment.is_root()};
  if (key == "inferred") return {segment.inferred};
  if (key == "remote") return {segment.type == "remote"};
  return of_entity(segment.entity, key);
}

Values of_trace(const Trace& trace, const std::string& key) {
  if (key == "partial") return {trace.partial};
  if (key == "duration") return {trace.seconds()};
  if (key == "throttle") return {std::ranges::any_of(trace.segments, [](const TraceSegment& segment) { return segment.entity.throttle; })};
  if (key == "inferred") return {std::ranges::any_of(trace.segments, &TraceSegment::inferred)};
  Values out;
  const auto add_all = [&](const TraceEntity& entity, Values values) {
    (void)entity;
    for (FactValue& value : values) out.push_back(std::move(value));
  };
  if (key == "name" || key == "type") {
    for (const TraceSegment& segment : trace.segments) add_all(segment.entity, of_segment(segment, key));
    return out;
  }
  if (key == "user" || key == "availabilityzone" || key == "instance.id" || key == "resource.arn" || key == "message") {
    for (const TraceSegment& segment : trace.segments)
      each_entity(segment.entity, [&](const TraceEntity& entity) { add_all(entity, of_entity(entity, key)); });
    return out;
  }
  const TraceSegment* root = trace.root();
  if (root) return of_segment(*root, key);
  return key == "ok" || key == "error" || key == "fault" || key == "root" ? Values{false} : Values{};
}

Values position(const std::string& key, std::size_t index, std::size_t count) {
  if (key == "index") return {static_cast<double>(index)};
  if (key == "first") return {index == 0};
  if (key == "last") return {index + 1 == count};
  return {};
}

void add_services(const RootCause& cause, std::vector<Facts>& out) {
  for (std::size_t i = 0; i < cause.services.size(); ++i)
    out.push_back([&service = cause.services[i], i, count = cause.services.size()](const std::string& key) -> Values {
      if (key == "name") return {service.name};
      if (key == "type") return {service.type};
      if (key == "inferred") return {service.inferred};
      return position(key, i, count);
    });
}

void add_entities(const std::vector<const CauseEntity*>& entities, std::vector<Facts>& out) {
  for (std::size_t i = 0; i < entities.size(); ++i)
    out.push_back([entity = entities[i], i, count = entities.size()](const std::string& key) -> Values {
      if (key == "name") return {entity->name};
      if (key == "remote") return {entity->remote};
      if (key == "coverage") return {entity->coverage};
      return position(key, i, count);
    });
}

void add_exceptions(const std::vector<const CauseException*>& exceptions, std::vector<Facts>& out) {
  for (std::size_t i = 0; i < exceptions.size(); ++i)
    out.push_back([exception = exceptions[i], i, count = exceptions.size()](const std::string& key) -> Values {
      if (key == "name") return {exception->name};
      if (key == "message") return {exception->message};
      return position(key, i, count);
    });
}

}  // namespace

Facts trace_facts(const Trace& trace) {
  return [&trace](const std::string& key) { return of_trace(trace, key); };
}

Facts segment_facts(const TraceSegment& segment) {
  return [&segment](const std::string& key) { return of_segment(segment, key); };
}

Facts call_facts(const TraceSegment& callee) {
  return [&callee](const std::string& key) {
    const TraceEntity& call = callee.call ? *callee.call : callee.entity;
    Values values = of_entity(call, key);
    return values.empty() ? of_segment(callee, key) : values;
  };
}

std::vector<Facts> cause_facts(const RootCause& cause, const std::string& element) {
  std::vector<Facts> out;
  if (element == "service") return add_services(cause, out), out;
  std::vector<const CauseEntity*> entities;
  std::vector<const CauseException*> exceptions;
  for (const CauseService& service : cause.services)
    for (const CauseEntity& entity : service.path) {
      entities.push_back(&entity);
      for (const CauseException& exception : entity.exceptions) exceptions.push_back(&exception);
    }
  if (element == "entity") return add_entities(entities, out), out;
  return add_exceptions(exceptions, out), out;
}

std::vector<FactValue> annotation_facts(const Trace& trace, const std::string& key) {
  Values out;
  for (const TraceSegment& segment : trace.segments)
    each_entity(segment.entity, [&](const TraceEntity& entity) {
      const Document* value = find(object_at(*entity.document, "annotations"), key);
      if (!value) return;
      if (value->is_bool())
        out.emplace_back(value->get_bool());
      else if (const auto number = as_number(*value))
        out.emplace_back(*number);
      else if (value->is_string())
        out.emplace_back(std::string(value->get_string()));
    });
  return out;
}

bool is_like(const RootCause& cause, const Document& wanted) {
  const Array& services = array_at(wanted, "Services");
  if (services.size() != cause.services.size()) return false;
  for (std::size_t i = 0; i < services.size(); ++i) {
    const CauseService& service = cause.services[i];
    if (const auto name = text_at(services[i], "Name"); name && *name != service.name) return false;
    if (const auto type = text_at(services[i], "Type"); type && *type != service.type) return false;
    const Array& path = array_at(services[i], "EntityPath");
    if (!path.empty() && path.size() != service.path.size()) return false;
    for (std::size_t k = 0; k < path.size(); ++k)
      if (const auto name = text_at(path[k], "Name"); name && *name != service.path[k].name) return false;
  }
  return true;
}

}  // namespace tocsin::diagnose
