#include "api/ssm/service.h"

namespace tocsin::api {

Service make_ssm_service(std::vector<std::vector<Operation>> groups) {
  Service service{.name = "ssm"};
  for (auto& group : groups)
    for (Operation& operation : group) service.operations.push_back(std::move(operation));
  return service;
}

}  // namespace tocsin::api
