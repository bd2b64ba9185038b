// Which roles are a service's own.
#pragma once

#include "api/iam/answers.h"

namespace tocsin::api::iam {

bool is_service_linked(const Entity& role);
/// UnmodifiableEntity.
std::unexpected<ServiceError> protected_role(const Entity& role);

}  // namespace tocsin::api::iam
