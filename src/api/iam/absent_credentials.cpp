// Credentials of kinds that this server does not have: lists of them are empty, which clients that remove a user ask first.
#include <boost/json.hpp>

#include "api/iam/operations.h"

namespace tocsin::api::iam {
namespace {

/// Of a user that must be there.
Reply none_of(const IamRooms& rooms, const Call& call, const char* member, bool pages) {
  const bool names_a_user = find(call.input, "UserName") || call.principal.kind == PrincipalKind::user;
  if (names_a_user)
    if (const auto user = entity_of(rooms, call, EntityKind::user); !user) return std::unexpected(user.error());
  Object out{{member, Array{}}};
  if (pages) out["IsTruncated"] = false;
  return out;
}

}  // namespace

Reply list_ssh_public_keys(const IamRooms& rooms, const Call& call) { return none_of(rooms, call, "SSHPublicKeys", true); }
Reply list_signing_certificates(const IamRooms& rooms, const Call& call) { return none_of(rooms, call, "Certificates", true); }
Reply list_service_specific_credentials(const IamRooms& rooms, const Call& call) {
  return none_of(rooms, call, "ServiceSpecificCredentials", false);
}
Reply list_server_certificates(const IamRooms&, const Call&) {
  return Object{{"ServerCertificateMetadataList", Array{}}, {"IsTruncated", false}};
}

}  // namespace tocsin::api::iam
