// userIdentity: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
#pragma once

#include <string>

#include "base/document.h"
#include "model/principal.h"

namespace tocsin::api {

Document user_identity(const Principal& principal);
/// What LookupEvents shows and finds as Username.
std::string username_of(const Principal& principal);

}  // namespace tocsin::api
