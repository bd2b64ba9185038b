#include <boost/json.hpp>

#include "access/credentials/authorization_message.h"
#include "api/sts/operations.h"

namespace tocsin::api::sts {

// https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
Reply decode_authorization_message(const StsRooms& rooms, const Call& call) {
  const auto message = access::open_authorization_message(rooms.secrets, call.scope.account, text_or(call.input, "EncodedMessage"));
  if (!message) return refuse("InvalidAuthorizationMessageException", "The specified message is not valid.");
  return Object{{"DecodedMessage", *message}};
}

}  // namespace tocsin::api::sts
