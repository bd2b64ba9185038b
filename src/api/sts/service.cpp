#include "api/sts/service.h"

#include "api/sts/operations.h"

namespace tocsin::api {

Service make_sts_service(StsRooms rooms) {
  const auto with_rooms = [rooms](Reply (*operation)(const StsRooms&, const Call&)) -> Handle {
    return [rooms, operation](const Call& call) { return operation(rooms, call); };
  };
  return {"sts",
          {{"AssumeRole", with_rooms(sts::assume_role)},
           {"AssumeRoleWithWebIdentity", sts::assume_role_with_web_identity(rooms)},
           {"DecodeAuthorizationMessage", with_rooms(sts::decode_authorization_message)},
           {"GetFederationToken", with_rooms(sts::get_federation_token)},
           {"GetSessionToken", with_rooms(sts::get_session_token)},
           {"GetCallerIdentity", with_rooms(sts::get_caller_identity)},
           {"GetAccessKeyInfo", with_rooms(sts::get_access_key_info)}}};
}

}  // namespace tocsin::api
