#include <algorithm>
#include <boost/json.hpp>

#include "api/sts/operations.h"

namespace tocsin::api::sts {
namespace {

bool is_account(const std::string& text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Reply get_caller_identity(const StsRooms&, const Call& call) {
  return Object{{"UserId", call.principal.principal_id}, {"Account", call.principal.account}, {"Arn", call.principal.arn}};
}

Reply get_access_key_info(const StsRooms& rooms, const Call& call) {
  const std::string id = text_or(call.input, "AccessKeyId");
  if (const auto key = rooms.keys.find(id)) return Object{{"Account", key->account}};
  if (const auto session = rooms.sessions.find(id)) return Object{{"Account", session->principal.account}};
  // with --dev a key of twelve digits names its account
  if (is_account(id) && id == call.principal.access_key_id) return Object{{"Account", id}};
  return refuse("ValidationError", "The access key " + id + " is not known to this server.");
}

}  // namespace tocsin::api::sts
