#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/sns/operations.h"
#include "api/sns/topic_address.h"

namespace tocsin::api::sns {
namespace {

constexpr int numbers_per_page = 100;

/// Runs `act(number)` on the call's phone number.
template <typename Act>
Reply with_number(const Call& call, Act act) {
  const std::string number = text_or(call.input, "phoneNumber");
  if (!communicate::is_phone_number(number))
    return bad_parameter(fmt::format("PhoneNumber Reason: input incorrectly formatted: {}", number));
  return act(number);
}

}  // namespace

Reply set_sms_attributes(Topics& topics, const Call& call) {
  const auto set = topics.sms().set(call.scope, map_at(call.input, "attributes"));
  if (!set) return refuse(set.error());
  return Object{};
}

Reply get_sms_attributes(Topics& topics, const Call& call) {
  communicate::TextMap shown = topics.sms().get(call.scope);
  shown.emplace("DefaultSMSType", "Promotional");
  if (const Array& names = array_at(call.input, "attributes"); !names.empty())
    std::erase_if(shown, [&](const auto& entry) {
      for (const Document& name : names)
        if (name.as_string() == std::string_view(entry.first)) return false;
      return true;
    });
  return Object{{"attributes", to_document(shown)}};
}

Reply check_if_phone_number_is_opted_out(Topics& topics, const Call& call) {
  return with_number(call, [&](const std::string& number) -> Reply {
    return Object{{"isOptedOut", topics.sms().is_opted_out(call.scope, number)}};
  });
}

Reply list_phone_numbers_opted_out(Topics& topics, const ListTokens& tokens, const Call& call) {
  std::string after;
  if (const auto token = text_at(call.input, "nextToken"); token && !token->empty()) {
    const auto opened = tokens.open(call, *token);
    if (!opened) return bad_parameter("NextToken");
    after = *opened;
  }
  Array numbers;
  const auto found = topics.sms().opted_out(call.scope, after, numbers_per_page);
  for (const std::string& number : found) numbers.emplace_back(number);
  Object out{{"phoneNumbers", std::move(numbers)}};
  if (found.size() == numbers_per_page) out["nextToken"] = tokens.seal(call, found.back());
  return out;
}

Reply opt_in_phone_number(Topics& topics, const Call& call) {
  return with_number(call, [&](const std::string& number) -> Reply {
    const auto done = topics.sms().opt_in(call.scope, number);
    if (!done) return refuse(done.error());
    return Object{};
  });
}

}  // namespace tocsin::api::sns
