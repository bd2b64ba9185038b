#include "api/xray/cause_shapes.h"

#include <boost/json.hpp>

namespace tocsin::api::xray {
namespace {

using diagnose::CauseKind;

Object identity(const std::string& name, const std::string& type, const std::string& account) {
  Object out{{"Name", name}, {"Names", Array{Document(name)}}};
  if (!account.empty()) out["AccountId"] = account;
  if (!type.empty()) out["Type"] = type;
  return out;
}

Object entity_shape(const diagnose::CauseEntity& entity, CauseKind kind) {
  Object out{{"Name", entity.name}};
  if (kind == CauseKind::response_time) {
    out["Coverage"] = entity.coverage;
  } else {
    Array exceptions;
    for (const diagnose::CauseException& exception : entity.exceptions)
      exceptions.push_back(Object{{"Name", exception.name}, {"Message", exception.message}});
    out["Exceptions"] = std::move(exceptions);
  }
  out["Remote"] = entity.remote;
  return out;
}

}  // namespace

Object service_id(const diagnose::TraceSegment& segment) { return identity(segment.entity.name, segment.type, segment.account); }

Array causes_shape(const diagnose::Trace& trace, CauseKind kind) {
  Array out;
  for (const diagnose::RootCause& cause : root_causes(trace, kind)) {
    Array services;
    for (const diagnose::CauseService& service : cause.services) {
      Object shape = identity(service.name, service.type, service.account);
      Array path;
      for (const diagnose::CauseEntity& entity : service.path) path.push_back(entity_shape(entity, kind));
      shape["EntityPath"] = std::move(path);
      shape["Inferred"] = service.inferred;
      services.push_back(std::move(shape));
    }
    out.push_back(Object{{"Services", std::move(services)}, {"ClientImpacting", cause.client_impacting}});
  }
  return out;
}

}  // namespace tocsin::api::xray
