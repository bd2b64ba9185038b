#include "diagnose/trace_map/trace.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "diagnose/trace_map/inferred_segment.h"

namespace tocsin::diagnose {
namespace {

constexpr int depth_max = 64;

double seconds_at(const Object& document, std::string_view key, double otherwise) {
  const Document* value = find(document, key);
  const auto number = value ? as_number(*value) : std::nullopt;
  return number.value_or(otherwise);
}

bool flag(const Object& document, std::string_view key) {
  const Document* value = find(document, key);
  return value && value->is_bool() && value->get_bool();
}

std::string text(const Object& document, std::string_view key) {
  const Document* value = find(document, key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Subsegments that were sent by themselves, by the id of what they belong into.
using Strays = std::multimap<std::string, Object>;

void embed(Object& entity, Strays& strays, int depth) {
  if (depth > depth_max) return;
  Document* held = entity.if_contains("subsegments");
  if (held && held->is_array())
    for (Document& child : held->get_array())
      if (child.is_object()) embed(child.get_object(), strays, depth + 1);
  const std::string id = text(entity, "id");
  for (auto found = strays.find(id); found != strays.end(); found = strays.find(id)) {
    Object child = std::move(found->second);
    strays.erase(found);
    for (const char* key : {"type", "trace_id", "parent_id"}) child.erase(key);
    embed(child, strays, depth + 1);
    Document& list = entity["subsegments"];
    if (!list.is_array()) list.emplace_array();
    list.get_array().push_back(std::move(child));
  }
}

/// A stray whose parent is not here is shown by itself; of strays in a ring any one.
Object take_outermost(Strays& strays) {
  std::set<std::string> ids;
  for (const auto& [parent, stray] : strays) ids.insert(text(stray, "id"));
  auto found = std::ranges::find_if(strays, [&](const auto& stray) { return !ids.contains(stray.first); });
  if (found == strays.end()) found = strays.begin();
  Object taken = std::move(found->second);
  strays.erase(found);
  return taken;
}

/// SDKs write "local" for work inside the service, which calls nobody.
std::string space_of(const Object& document) {
  std::string space = text(document, "namespace");
  return space == "aws" || space == "remote" ? space : "";
}

TraceEntity read_entity(const Object& document, int depth) {
  TraceEntity out{.id = text(document, "id"),
                  .parent_id = text(document, "parent_id"),
                  .name = text(document, "name"),
                  .space = space_of(document)};
  out.document = &document;
  out.start = seconds_at(document, "start_time", 0);
  out.end = seconds_at(document, "end_time", out.start);
  out.in_progress = flag(document, "in_progress") && !document.contains("end_time");
  const Object& http = object_at(document, "http");
  const Document* status = find(object_at(http, "response"), "status");
  const double code = status ? as_number(*status).value_or(0) : 0;
  out.throttle = flag(document, "throttle") || code == 429;
  out.error = flag(document, "error") || out.throttle || (code >= 400 && code < 500);
  out.fault = flag(document, "fault") || code >= 500;
  out.traced = flag(object_at(http, "request"), "traced") || flag(document, "traced");
  if (depth < depth_max)
    for (const Document& child : array_at(document, "subsegments"))
      if (child.is_object()) out.children.push_back(read_entity(child.get_object(), depth + 1));
  return out;
}

TraceSegment read_segment(const Object& document) {
  TraceSegment out{
      .entity = read_entity(document, 0), .type = text(document, "origin"), .account = text(object_at(document, "aws"), "account_id")};
  out.inferred = flag(document, "inferred");
  return out;
}

/// Who called whom: the entity by its id, and the segment that it belongs to.
using Owners = std::map<std::string, std::pair<std::size_t, const TraceEntity*>>;

Owners owners_of(const std::vector<TraceSegment>& segments) {
  Owners owners;
  for (std::size_t i = 0; i < segments.size(); ++i)
    each_entity(segments[i].entity, [&](const TraceEntity& entity) { owners.try_emplace(entity.id, i, &entity); });
  return owners;
}

void link(std::vector<TraceSegment>& segments, const Owners& owners, bool& partial) {
  for (std::size_t i = 0; i < segments.size(); ++i) {
    TraceSegment& segment = segments[i];
    if (segment.is_root()) continue;
    const auto owner = owners.find(segment.entity.parent_id);
    if (owner == owners.end() || owner->second.first == i) {
      partial = true;
      continue;
    }
    segment.caller = owner->second.first;
    const TraceEntity* call = owner->second.second;
    segment.call = call == &segments[segment.caller].entity ? nullptr : call;
  }
}

}  // namespace

const TraceSegment* Trace::root() const {
  const auto found = std::ranges::find_if(segments, &TraceSegment::is_root);
  return found == segments.end() ? nullptr : &*found;
}

Trace assemble_trace(std::string id, const std::vector<std::string>& documents) {
  Trace trace;
  trace.id = std::move(id);
  trace.document_count = static_cast<std::int64_t>(documents.size());
  Strays strays;
  for (const std::string& each : documents) {
    auto parsed = parse_json(each, 128);
    if (!parsed || !parsed->is_object()) continue;
    Object& object = parsed->get_object();
    if (text(object, "type") == "subsegment")
      strays.emplace(text(object, "parent_id"), std::move(object));
    else
      trace.documents_.push_back(std::make_unique<Document>(std::move(*parsed)));
  }
  for (const auto& document : trace.documents_) embed(document->get_object(), strays, 0);
  while (!strays.empty()) {
    trace.partial = true;
    auto document = std::make_unique<Document>(take_outermost(strays));
    embed(document->get_object(), strays, 0);
    trace.documents_.push_back(std::move(document));
  }
  std::set<std::string> answered;  // what calls have a segment of their own
  for (const auto& document : trace.documents_) answered.insert(text(document->get_object(), "parent_id"));
  const std::size_t sent = trace.documents_.size();
  for (std::size_t i = 0; i < sent; ++i)
    each_entity(read_entity(trace.documents_[i]->get_object(), 0), [&](const TraceEntity& entity) {
      if (entity.space.empty() || answered.contains(entity.id) || entity.in_progress) return;
      if (entity.traced)
        trace.partial = true;
      else
        trace.documents_.push_back(std::make_unique<Document>(inferred_segment(trace.id, entity)));
    });
  for (const auto& document : trace.documents_) trace.segments.push_back(read_segment(document->get_object()));
  std::ranges::stable_sort(trace.segments, {}, [](const TraceSegment& segment) { return segment.entity.start; });
  link(trace.segments, owners_of(trace.segments), trace.partial);
  if (!trace.segments.empty()) trace.start = trace.end = trace.segments.front().entity.start;
  for (const TraceSegment& segment : trace.segments)
    each_entity(segment.entity, [&](const TraceEntity& entity) {
      trace.start = std::min(trace.start, entity.start);
      trace.end = std::max(trace.end, entity.end);
      trace.partial |= entity.in_progress;
    });
  if (!trace.segments.empty() && !trace.root()) trace.partial = true;
  return trace;
}

}  // namespace tocsin::diagnose
