#include "api/ssm/tag_operations.h"

#include <boost/json.hpp>

namespace tocsin::api::ssm {
namespace {

using remediate::ResourceTags;
using remediate::TaggedResource;

std::expected<TaggedResource, ServiceError> resource_of(const Call& call, const ResourceExists& exists) {
  TaggedResource resource{text_or(call.input, "ResourceType"), text_or(call.input, "ResourceId")};
  const auto type = exists.find(resource.type);
  if (type == exists.end()) return refuse("InvalidResourceType", "The resource type " + resource.type + " isn't offered by this server.");
  if (!type->second(call.scope, resource.id))
    return refuse("InvalidResourceId", "The resource ID isn't valid. Verify that you entered the correct ID and try again.");
  return resource;
}

}  // namespace

std::vector<Operation> tag_operations(ResourceTags& tags, ResourceExists exists) {
  const auto known = std::make_shared<ResourceExists>(std::move(exists));
  const Handle add = [&tags, known](const Call& call) -> Reply {
    const auto resource = resource_of(call, *known);
    if (!resource) return std::unexpected(resource.error());
    if (const auto added = tags.add(call.scope, *resource, tags_at(call.input, "Tags")); !added) return to_service_error(added.error());
    return Object{};
  };
  const Handle remove = [&tags, known](const Call& call) -> Reply {
    const auto resource = resource_of(call, *known);
    if (!resource) return std::unexpected(resource.error());
    tags.remove(call.scope, *resource, texts_at(call.input, "TagKeys"));
    return Object{};
  };
  const Handle list = [&tags, known](const Call& call) -> Reply {
    const auto resource = resource_of(call, *known);
    if (!resource) return std::unexpected(resource.error());
    return Object{{"TagList", to_array(tags.list(call.scope, *resource))}};
  };
  return {{"AddTagsToResource", add}, {"RemoveTagsFromResource", remove}, {"ListTagsForResource", list}};
}

}  // namespace tocsin::api::ssm
