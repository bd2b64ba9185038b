// AddTagsToResource, RemoveTagsFromResource, ListTagsForResource over all types of resources.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "api/call.h"
#include "api/ssm/reply.h"

namespace tocsin::api::ssm {

/// By ResourceType ("Parameter", "Document", "ManagedInstance", "Automation"): whether the resource is there. A type that is not listed is
/// not offered.
using ResourceExists = std::map<std::string, std::function<bool(const Scope&, const std::string& id)>>;

std::vector<Operation> tag_operations(remediate::ResourceTags& tags, ResourceExists exists);

}  // namespace tocsin::api::ssm
