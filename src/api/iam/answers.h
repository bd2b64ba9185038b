// What IAM's operations have in common: who is meant, documents of entities, pages, the service's errors.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "api/iam/service.h"

namespace tocsin::api::iam {

using access::Entity;
using access::EntityKind;

/// The store's error as IAM's shape: NoSuchEntity → NoSuchEntityException.
std::unexpected<ServiceError> refused(const Error& error);

/// The entity that the member names; for a user without name, the caller.
std::expected<Entity, ServiceError> entity_of(const IamRooms& rooms, const Call& call, EntityKind kind);
/// UserName, GroupName, RoleName.
std::string name_member(EntityKind kind);

Document user_document(const Entity& user);
Document group_document(const Entity& group);
Document role_document(const Entity& role);
/// With description and tags only where the service gives them.
Document policy_document(const IamRooms& rooms, const access::ManagedPolicy& policy, const std::string& account, bool whole);

Array tags_document(const access::Tags& tags);
/// Sorted by key; `tags` replaces and adds. LimitExceeded beyond fifty.
std::expected<access::Tags, ServiceError> with_tags(access::Tags old, const Document& input);
access::Tags without_tags(access::Tags old, const Document& input);

/// A page of a list whose elements have keys in ascending order: those after Marker, at most MaxItems, with IsTruncated and Marker.
using KeyedItems = std::vector<std::pair<std::string, Document>>;
Reply page_of(const IamRooms& rooms, const Call& call, Object out, const char* member, const KeyedItems& items);
/// Where the page begins; nullopt for a marker that is not ours.
std::optional<std::string> marker_of(const IamRooms& rooms, const Call& call);

/// Valid as an identity policy, and not longer than `characters_max` without blanks.
std::expected<void, ServiceError> check_policy(const std::string& document, access::PolicyKind kind, std::size_t characters_max,
                                               const char* quota);
std::size_t characters_of(const std::string& document);

}  // namespace tocsin::api::iam
