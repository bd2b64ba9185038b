// An operation's answer as who calls it inside the server gets it: no list is packed.
#pragma once

#include <string>

#include "api/call.h"
#include "wire/aws/packed_lists.h"
#include "wire/aws/service_models.h"

namespace tocsin::api {

inline Reply whole_answer(Reply reply, const std::string& operation) {
  static const wire::ServiceModels models;
  const wire::Shape* shape = models.find("cloudwatch")->operation(operation)->output;
  if (reply && shape) wire::unpack_lists(*reply, *shape);
  return reply;
}

}  // namespace tocsin::api
